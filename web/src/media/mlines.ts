/**
 * The m-lines of this page's offer, in the order that the server expects.
 *
 * First what the page sends: its source, then its talkback microphone. Then nine pictures, six microphones, the
 * interpretation (two, for a hand-over), talkback and, for interpreters, the partner; then one multiview picture per
 * source for moderators. They are fixed until the page leaves.
 *
 * The camera is sent as three simulcast layers: `h` goes on air alone or beside one other, `m` to the tiles of a grid, `l`
 * to multiviews and to receivers with little bandwidth.
 */

import type { DevicesDoc, Role } from "../wire";

/** What a page may send: the camera, the microphone of its source, the microphone for talkback. */
export type Sent = "camera" | "microphone" | "talkback";

export interface MLine {
  kind: "video" | "audio";
  /** Null: received. */
  sent: Sent | null;
}

const PICTURE_SLOTS = 9;
const MIC_SLOTS = 6;
const INTERPRETATION_SLOTS = 2;
const TALKBACK_SLOTS = 1;
const PARTNER_SLOTS = 1;
/** The longer sides of the layers `l` and `m`. */
const SMALL_LAYER_PX = 320;
const MIDDLE_LAYER_PX = 640;

/**
 * What a page sends, in the order of its m-lines. `feeds`: it sends a source. An interpreter's is sound alone. `measures`:
 * it feeds none, and sends a test picture that nobody is shown.
 */
export function sentBy(role: Role, feeds: boolean, looksOn = false, measures = false): Sent[] {
  const source: Sent[] = role === "interpreter" ? ["microphone"] : ["camera", "microphone"];
  const talks = role !== "viewer" && role !== "stage" && !looksOn;
  const sent: Sent[] = feeds ? source : measures ? ["camera"] : [];
  return [...sent, ...(talks ? (["talkback"] as const) : [])];
}

/** The m-lines of a page. `views`: the number of multiview pictures; `hasPartner`: an interpreter hears the partner. */
export function mLines(sent: readonly Sent[], views: number, hasPartner = false): MLine[] {
  const partners = hasPartner ? PARTNER_SLOTS : 0;
  return [
    ...sent.map((what): MLine => ({ kind: what === "camera" ? "video" : "audio", sent: what })),
    ...received("video", PICTURE_SLOTS),
    ...received("audio", MIC_SLOTS + INTERPRETATION_SLOTS + TALKBACK_SLOTS + partners),
    ...received("video", views),
  ];
}

/** The m-lines of a further input: it receives nothing, and has no talkback. */
export const INPUT_LINES: readonly MLine[] = [
  { kind: "video", sent: "camera" },
  { kind: "audio", sent: "microphone" },
];

function received(kind: MLine["kind"], count: number): MLine[] {
  return Array.from({ length: count }, () => ({ kind, sent: null }));
}

type Encoding = Required<
  Pick<RTCRtpEncodingParameters, "scaleResolutionDownBy" | "maxBitrate" | "maxFramerate">
>;

/** What an overloaded page sends instead of its whole picture. */
export type Reduction = NonNullable<DevicesDoc["reduced"]>;

/** The large layer: its longer side, frames a second of all layers at most, and its bit rate. */
interface SentSize {
  px: number;
  fps: number;
  maxBitrate: number;
}

const SMALL_MAX_BPS = 200_000;
const MIDDLE_MAX_BPS = 600_000;
const LARGE_MAX_BPS = 2_500_000;
const LARGE_ENCODING: RTCRtpEncodingParameters = {
  rid: "h",
  active: true,
  scaleResolutionDownBy: 1,
  maxBitrate: LARGE_MAX_BPS,
  maxFramerate: 30,
};
/** For a camera no larger than `l`: the browser then sends only that layer. */
const ONLY_LAYER_MAX_BPS = 600_000;

const WHOLE: SentSize = { px: Number.POSITIVE_INFINITY, fps: 30, maxBitrate: LARGE_MAX_BPS };
const REDUCED: Readonly<Record<Reduction, SentSize>> = {
  "720p15": { ...WHOLE, fps: 15 },
  "540p15": { px: 960, fps: 15, maxBitrate: 1_200_000 },
  "360p10": { px: MIDDLE_LAYER_PX, fps: 10, maxBitrate: MIDDLE_MAX_BPS },
};

export const sentSize = (reduced: Reduction | null): SentSize =>
  reduced === null ? WHOLE : REDUCED[reduced];

/**
 * The camera's encodings. The small one comes first: Chromium allocates bandwidth from the front, and pads up to the
 * maximum of all but the last (measured: with `h` in front, 2.5 Mbit/s whatever the picture shows).
 */
export function simulcastEncodings(): RTCRtpEncodingParameters[] {
  return [
    { rid: "l", active: true, ...smallEncoding(undefined, undefined) },
    { rid: "m", active: true, ...middleEncoding(undefined, undefined) },
    LARGE_ENCODING,
  ];
}

/** Those of a shared screen. Nobody can read it in `m`, whose bit rate `h` would lack on a narrow line. */
export function screenEncodings(): RTCRtpEncodingParameters[] {
  return [{ rid: "l", active: true, ...smallEncoding(undefined, undefined) }, LARGE_ENCODING];
}

/**
 * What fits the encoding of `rid` to a camera of this size, and to what the page can encode in time.
 *
 * A reduced picture keeps all its layers, so that no receiver has to change to another one: the middle and the large one
 * may then be of one size.
 */
export function fittedEncoding(
  rid: string | undefined,
  width: number | undefined,
  height: number | undefined,
  reduced: Reduction | null = null,
): Encoding {
  const { px, fps, maxBitrate } = sentSize(reduced);
  const slowed = (fitted: Encoding) => ({ ...fitted, maxFramerate: Math.min(fitted.maxFramerate, fps) });
  if (rid === "l") return slowed(smallEncoding(width, height));
  if (rid === "m") return slowed(middleEncoding(width, height));
  const scale = width && height ? scaleTo(px, width, height) : 1;
  return { scaleResolutionDownBy: scale, maxBitrate, maxFramerate: fps };
}

/**
 * The encoding of `l` for a camera of this size. Of a small picture Chromium sends only the first encoding, which must
 * then be neither scaled down nor limited to the bitrate of a multiview picture.
 */
export function smallEncoding(width: number | undefined, height: number | undefined): Encoding {
  const scale = width && height ? scaleTo(SMALL_LAYER_PX, width, height) : 4;
  return scale > 1
    ? { scaleResolutionDownBy: scale, maxBitrate: SMALL_MAX_BPS, maxFramerate: 15 }
    : { scaleResolutionDownBy: 1, maxBitrate: ONLY_LAYER_MAX_BPS, maxFramerate: 30 };
}

/** The same for `m`. Of a camera no longer than `m` Chromium sends the first two encodings: `m` is then the largest. */
export function middleEncoding(width: number | undefined, height: number | undefined): Encoding {
  const scale = width && height ? scaleTo(MIDDLE_LAYER_PX, width, height) : 2;
  const maxBitrate = scale > 1 ? MIDDLE_MAX_BPS : LARGE_MAX_BPS;
  return { scaleResolutionDownBy: scale, maxBitrate, maxFramerate: 30 };
}

function scaleTo(longerSide: number, width: number, height: number): number {
  return Math.max(1, Math.max(width, height) / longerSide);
}

/**
 * The offer with Opus in stereo: received wherever it is sent so, and sent in the first audio m-line that sends, where
 * `sends`. Browsers decode to one channel unless the offer asks for two, and encode two only where the answer asks for
 * them, which the server does where the offer announces them (RFC 7587 section 6.1).
 */
export function withStereo(sdp: string, sends: boolean): string {
  let waits = sends;
  return sdp
    .split(/(?=^m=)/m)
    .map((section) => {
      if (!section.startsWith("m=audio")) return section;
      if (/^a=recvonly/m.test(section)) return withOpus(section, "stereo=1");
      if (!waits || !/^a=sendonly/m.test(section)) return section;
      waits = false;
      return withOpus(section, "sprop-stereo=1");
    })
    .join("");
}

/** The section with this parameter of Opus, which it may have with another value. */
function withOpus(section: string, parameter: string): string {
  const [, format] = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im.exec(section) ?? [];
  if (format === undefined) return section;
  const [name] = parameter.split("=");
  return section.replace(new RegExp(`^(a=fmtp:${format} )(.*)`, "m"), (_, begin: string, list: string) => {
    const others = list
      .trim()
      .split(/;\s*/)
      .filter((each) => !each.startsWith(`${name}=`));
    return `${begin}${[...others, parameter].join(";")}`;
  });
}

/**
 * The offer with NACK for Opus. Browsers support it but do not offer it. On a lossy path the jitter buffer is long
 * enough for the retransmission to be in time.
 */
export function withAudioNack(sdp: string): string {
  return sdp.replace(/^a=rtpmap:(\d+) opus\/48000\/2\r\n/gim, "$&a=rtcp-fb:$1 nack\r\n");
}

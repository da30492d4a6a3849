/**
 * The m-lines of this page's one offer, in the order in which the server knows them.
 *
 * What a page sends comes first; then the programme, the second picture, four microphones and talkback; then one small
 * picture a source for those who watch them all. They are laid out once and stay until the page leaves.
 *
 * The camera is sent twice: `h` is what goes on air, `l` what is shown in small and to those whose line is thin.
 */

export interface Line {
  kind: "video" | "audio";
  direction: "sendonly" | "recvonly";
}

const MICROPHONES = 4;
const TALKBACK = 1;
/** Pixels along the longer side of `l`. */
const SMALL = 320;

const send = (kind: Line["kind"]): Line => ({ kind, direction: "sendonly" });
const receive = (kind: Line["kind"]): Line => ({ kind, direction: "recvonly" });

/** The lines for a page that feeds a source or not, and sees so many others in small. */
export function lines(feeds: boolean, views: number): Line[] {
  return [
    ...(feeds ? [send("video"), send("audio")] : []),
    receive("video"),
    receive("video"),
    ...Array.from({ length: MICROPHONES + TALKBACK }, () => receive("audio")),
    ...Array.from({ length: views }, () => receive("video")),
  ];
}

type Encoding = Required<
  Pick<RTCRtpEncodingParameters, "scaleResolutionDownBy" | "maxBitrate" | "maxFramerate">
>;

/** In bits a second: enough for each, not more than a hall's uplink is worth. */
const LITTLE = 200_000;
const MUCH = 2_500_000;
/** Of a camera whose picture is no larger than `l`, which is then all there is. */
const ALONE = 600_000;

/**
 * How the camera is encoded. The small one comes first: Chromium fills a thin line from the front, and pads it up to
 * what all but the last would like to have (measured: with `h` in front, to 2.5 Mb/s whatever there is to see).
 */
export function encodings(): RTCRtpEncodingParameters[] {
  return [
    { rid: "l", active: true, ...small(undefined, undefined) },
    { rid: "h", active: true, scaleResolutionDownBy: 1, maxBitrate: MUCH, maxFramerate: 30 },
  ];
}

/**
 * How `l` is encoded of a camera of this size. Of a picture that is small itself Chromium sends only the first
 * encoding: that one must then be neither smaller still nor held to what is enough for a picture among many.
 */
export function small(width: number | undefined, height: number | undefined): Encoding {
  const scale = width && height ? Math.max(1, Math.max(width, height) / SMALL) : 4;
  return scale > 1
    ? { scaleResolutionDownBy: scale, maxBitrate: LITTLE, maxFramerate: 15 }
    : { scaleResolutionDownBy: 1, maxBitrate: ALONE, maxFramerate: 30 };
}

/**
 * An offer in which lost sound may be asked for again, like lost pictures. Browsers can do that and do not offer it; on a
 * line that loses packets the page keeps back enough for it to be in time.
 */
export function withAudioNack(sdp: string): string {
  return sdp.replace(/^a=rtpmap:(\d+) opus\/48000\/2\r\n/gim, "$&a=rtcp-fb:$1 nack\r\n");
}

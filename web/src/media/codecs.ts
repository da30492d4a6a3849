/**
 * Codecs of pictures, by their names in SDP: which this page is sent, and which it sends.
 *
 * Pictures pass the server as they come, so a browser that has not the codec of a picture is not sent it. Where one needs
 * that, the server asks pages that have the choice for a codec which all can show (`codec_wanted` of their source).
 */

import type { SourceDoc } from "../wire";

/** What the server agreed, in its answer, to send pictures in. All lines agree on the same; empty where it sends none. */
export function agreed(answer: string): ReadonlySet<string> {
  const line = answer
    .split(/^(?=m=)/m)
    .find((each) => each.startsWith("m=video") && /^a=sendonly/m.test(each));
  const names = [...(line ?? "").matchAll(/^a=rtpmap:\d+ ([\w-]+)\//gm)].map((found) => found[1] ?? "");
  return new Set(names.filter((name) => name !== "rtx"));
}

/** The codec of a source's picture, if this page is not sent it; `receives` is empty before anything was agreed. */
export function undecodable(source: SourceDoc | undefined, receives: ReadonlySet<string>): string | null {
  const codec = source?.codec ?? null;
  return codec !== null && receives.size > 0 && !receives.has(codec) ? codec : null;
}

/** As people write it. */
export function codecName(codec: string): string {
  return codec === "H264" ? "H.264" : codec;
}

interface Named {
  mimeType: string;
}

/** `codecs` with the wanted one first. What repairs it has a place of its own and follows the order by itself. */
export function first<Codec extends Named>(wanted: string, codecs: readonly Codec[]): Codec[] {
  const is = (codec: Named) => isCalled(codec, wanted);
  return [...codecs.filter(is), ...codecs.filter((codec) => !is(codec))];
}

type Encoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };

/** Ask for a codec in every encoding, as all of a simulcast must have the same; null leaves it to the browser. */
export function choose(parameters: RTCRtpSendParameters, wanted: string | null): void {
  const codec = wanted === null ? undefined : parameters.codecs.find((each) => isCalled(each, wanted));
  for (const encoding of parameters.encodings as Encoding[]) {
    // What is agreed on first is sent by itself, and not to be begun anew for being asked for.
    if (codec && codec !== parameters.codecs[0]) {
      const { mimeType, clockRate, sdpFmtpLine } = codec;
      encoding.codec = sdpFmtpLine ? { mimeType, clockRate, sdpFmtpLine } : { mimeType, clockRate };
    } else delete encoding.codec;
  }
}

/** Whether it is sent so. A browser that does not know the field leaves it out. */
export function isChosen(parameters: RTCRtpSendParameters, wanted: string | null): boolean {
  if (wanted === null) return true;
  return (parameters.encodings as Encoding[]).every(
    ({ codec = parameters.codecs[0] }) => codec && isCalled(codec, wanted),
  );
}

function isCalled(codec: Named, name: string): boolean {
  return codec.mimeType.toLowerCase() === `video/${name.toLowerCase()}`;
}

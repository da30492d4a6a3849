/**
 * Video codecs, by their names in SDP: those that this page receives, and the one that it sends.
 *
 * The server does not transcode, so a browser that cannot decode a picture is not sent it. The server then asks the
 * sending page for a codec that all receivers can decode (`codec_wanted` of its source).
 */

import type { SourceDoc } from "../wire";

/** The video codecs in the server's answer. All its m-lines have the same; empty where it sends no video. */
export function negotiatedCodecs(answer: string): ReadonlySet<string> {
  const line = answer
    .split(/^(?=m=)/m)
    .find((each) => each.startsWith("m=video") && /^a=sendonly/m.test(each));
  const names = [...(line ?? "").matchAll(/^a=rtpmap:\d+ ([\w-]+)\//gm)].map((found) => found[1] ?? "");
  return new Set(names.filter((name) => name !== "rtx"));
}

/** The codec of a source's picture if this page cannot decode it, else null. `receives` is empty before the answer. */
export function undecodable(source: SourceDoc | undefined, receives: ReadonlySet<string>): string | null {
  const codec = source?.codec ?? null;
  return codec !== null && receives.size > 0 && !receives.has(codec) ? codec : null;
}

/** The name as people write it. */
export function codecName(codec: string): string {
  return codec === "H264" ? "H.264" : codec;
}

interface Named {
  mimeType: string;
}

/** `codecs` with the wanted one first. RTX has entries of its own, which browsers pair by themselves. */
export function wantedFirst<Codec extends Named>(wanted: string, codecs: readonly Codec[]): Codec[] {
  const is = (codec: Named) => hasCodecName(codec, wanted);
  return [...codecs.filter(is), ...codecs.filter((codec) => !is(codec))];
}

type Encoding = RTCRtpEncodingParameters & { codec?: RTCRtpCodec };

/** Set the codec of every encoding: all simulcast layers must have the same. Null leaves it to the browser. */
export function setCodec(parameters: RTCRtpSendParameters, wanted: string | null): void {
  const codec = wanted === null ? undefined : parameters.codecs.find((each) => hasCodecName(each, wanted));
  for (const encoding of parameters.encodings as Encoding[]) {
    // The first negotiated codec is sent anyway. Setting it would restart the encoder for nothing.
    if (codec && codec !== parameters.codecs[0]) {
      const { mimeType, clockRate, sdpFmtpLine } = codec;
      encoding.codec = sdpFmtpLine ? { mimeType, clockRate, sdpFmtpLine } : { mimeType, clockRate };
    } else delete encoding.codec;
  }
}

/** Whether every encoding is sent in this codec. A browser that does not know the field leaves it out. */
export function isCodecSet(parameters: RTCRtpSendParameters, wanted: string | null): boolean {
  if (wanted === null) return true;
  return (parameters.encodings as Encoding[]).every(
    ({ codec = parameters.codecs[0] }) => codec && hasCodecName(codec, wanted),
  );
}

function hasCodecName(codec: Named, name: string): boolean {
  return codec.mimeType.toLowerCase() === `video/${name.toLowerCase()}`;
}

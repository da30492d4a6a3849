import assert from "node:assert/strict";
import { test } from "node:test";
import {
  codecName,
  isCodecSet,
  negotiatedCodecs,
  setCodec,
  undecodable,
  wantedFirst,
} from "../src/media/codecs";
import { source } from "./build";

const VP8 = { mimeType: "video/VP8", clockRate: 90_000, payloadType: 96 };
const RTX = { mimeType: "video/rtx", clockRate: 90_000, payloadType: 97, sdpFmtpLine: "apt=96" };
const H264 = {
  mimeType: "video/H264",
  clockRate: 90_000,
  payloadType: 106,
  sdpFmtpLine: "packetization-mode=1;profile-level-id=42e01f",
};

function answer(...names: string[]): string {
  const codecs = (them: string[]) => them.map((name, i) => `a=rtpmap:${96 + i} ${name}/90000\r\n`).join("");
  const sent = `m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=recvonly\r\n${codecs(["VP8", "H264"])}`;
  const sound = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n";
  return `v=0\r\n${sent}${sound}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n${codecs(names)}`;
}

function sending(codecs: object[], rids = ["l", "h"]): RTCRtpSendParameters {
  const encodings = rids.map((rid) => ({ rid }));
  return { codecs, encodings, transactionId: "1", headerExtensions: [], rtcp: {} } as RTCRtpSendParameters;
}

test("the received codecs are those of the server's sending m-lines, not of its receiving ones", () => {
  assert.deepEqual([...negotiatedCodecs(answer("VP8", "rtx"))], ["VP8"]);
  assert.deepEqual([...negotiatedCodecs(answer("VP8", "rtx", "H264"))], ["VP8", "H264"]);
  assert.deepEqual([...negotiatedCodecs("v=0\r\n")], []);
});

test("once codecs are negotiated, a picture in any other codec is undecodable", () => {
  const h264 = source("Krefeld", { codec: "H264" });
  assert.equal(undecodable(h264, new Set(["VP8"])), "H264");
  assert.equal(undecodable(h264, new Set(["VP8", "H264"])), null);
  assert.equal(undecodable(h264, new Set()), null);
  assert.equal(undecodable(source("Krefeld"), new Set(["VP8"])), null);
  assert.equal(undecodable(undefined, new Set(["VP8"])), null);
});

test("codec names are written as people know them", () => {
  assert.deepEqual(["H264", "VP8"].map(codecName), ["H.264", "VP8"]);
});

test("the wanted codec comes first, and the others keep their order", () => {
  assert.deepEqual(wantedFirst("VP8", [H264, RTX, VP8]), [VP8, H264, RTX]);
  assert.deepEqual(wantedFirst("AV1", [H264, VP8]), [H264, VP8]);
});

test("the wanted codec is set in every layer, unless it is the first negotiated one", () => {
  const parameters = sending([H264, VP8]);
  setCodec(parameters, "VP8");
  const vp8 = { mimeType: "video/VP8", clockRate: 90_000 };
  assert.deepEqual(parameters.encodings, [
    { rid: "l", codec: vp8 },
    { rid: "h", codec: vp8 },
  ]);
  assert.ok(isCodecSet(parameters, "VP8"));
  setCodec(parameters, null);
  assert.deepEqual(parameters.encodings, [{ rid: "l" }, { rid: "h" }]);
  const already = sending([VP8, H264]);
  setCodec(already, "VP8");
  assert.deepEqual(already.encodings, [{ rid: "l" }, { rid: "h" }]);
});

test("in a browser without the field the codec counts as set only by the order of codecs", () => {
  assert.ok(!isCodecSet(sending([H264, VP8]), "VP8"));
  assert.ok(isCodecSet(sending([VP8, H264]), "VP8"));
  assert.ok(isCodecSet(sending([H264, VP8]), null));
});

test("a codec that was not negotiated cannot be set", () => {
  const parameters = sending([H264]);
  setCodec(parameters, "VP8");
  assert.deepEqual(parameters.encodings, [{ rid: "l" }, { rid: "h" }]);
});

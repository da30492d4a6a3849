import assert from "node:assert/strict";
import { test } from "node:test";
import { mLines, simulcastEncodings, smallEncoding, withAudioNack } from "../src/media/mlines";

test("the camera is sent in two layers, the small one first, and only the large one in full", () => {
  const [little, large, ...more] = simulcastEncodings();
  assert.deepEqual([little?.rid, large?.rid, more], ["l", "h", []]);
  assert.equal(large?.scaleResolutionDownBy, 1);
  assert.ok((little?.maxBitrate ?? 0) < (large?.maxBitrate ?? 0) / 10);
});

test("the small layer is 320 pixels long for any camera, and never larger than the camera", () => {
  const scale = (width?: number, height?: number) => smallEncoding(width, height).scaleResolutionDownBy;
  assert.equal(scale(1280, 720), 4);
  assert.equal(scale(720, 1280), 4);
  assert.equal(scale(1920, 1080), 6);
  assert.equal(scale(320, 180), 1);
  assert.equal(scale(160, 90), 1);
  assert.equal(scale(undefined, undefined), 4);
});

test("a small camera is not limited to the bitrate of a multiview picture", () => {
  const alone = smallEncoding(320, 180);
  const among = smallEncoding(1280, 720);
  assert.ok(alone.maxBitrate > 2 * among.maxBitrate);
  assert.equal(alone.maxFramerate, 30);
});

test("the offer has NACK for Opus, whatever its payload type", () => {
  const offer =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n";
  const asked = offer.replace("a=rtpmap:63", "a=rtcp-fb:111 nack\r\na=rtpmap:63");
  assert.equal(withAudioNack(offer), asked);
});

test("the m-lines are the page's own, then programme, second, four microphones, talkback, then the views", () => {
  const receiver = mLines(false, 2);
  const kinds = ["video", "video", "audio", "audio", "audio", "audio", "audio", "video", "video"];
  assert.deepEqual(
    receiver.map(({ kind }) => kind),
    kinds,
  );
  assert.ok(receiver.every(({ direction }) => direction === "recvonly"));
  assert.deepEqual(mLines(true, 0).slice(0, 3), [
    { kind: "video", direction: "sendonly" },
    { kind: "audio", direction: "sendonly" },
    { kind: "video", direction: "recvonly" },
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fittedEncoding,
  type MLine,
  middleEncoding,
  mLines,
  type Reduction,
  sentBy,
  simulcastEncodings,
  smallEncoding,
  withAudioNack,
  withStereo,
} from "../src/media/mlines";

test("the camera is sent in three layers, the small one first, and only the large one in full", () => {
  const [little, middle, large, ...more] = simulcastEncodings();
  assert.deepEqual([little?.rid, middle?.rid, large?.rid, more], ["l", "m", "h", []]);
  assert.equal(large?.scaleResolutionDownBy, 1);
  assert.equal(middle?.scaleResolutionDownBy, 2);
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

test("the middle layer is 640 pixels long, and of a camera no longer than that it is the largest", () => {
  const [hd, vga] = [middleEncoding(1920, 1080), middleEncoding(640, 480)];
  assert.equal(hd.scaleResolutionDownBy, 3);
  assert.equal(vga.scaleResolutionDownBy, 1);
  assert.ok(vga.maxBitrate > 2 * hd.maxBitrate);
  assert.deepEqual(fittedEncoding("m", 1920, 1080), hd);
  assert.deepEqual(fittedEncoding("h", 1920, 1080), {
    scaleResolutionDownBy: 1,
    maxBitrate: simulcastEncodings()[2]?.maxBitrate,
    maxFramerate: 30,
  });
});

test("a small camera is not limited to the bitrate of a multiview picture", () => {
  const alone = smallEncoding(320, 180);
  const among = smallEncoding(1280, 720);
  assert.ok(alone.maxBitrate > 2 * among.maxBitrate);
  assert.equal(alone.maxFramerate, 30);
});

test("an overloaded page sends fewer frames of each layer first, then a smaller large one", () => {
  const sent = (rid: string, reduced: Reduction | null, width = 1280, height = 720) => {
    const fitted = fittedEncoding(rid, width, height, reduced);
    return [Math.max(width, height) / fitted.scaleResolutionDownBy, fitted.maxFramerate];
  };
  const steps = [null, "720p15", "540p15", "360p10"] as const;
  assert.deepEqual(
    steps.map((step) => sent("h", step)),
    [
      [1280, 30],
      [1280, 15],
      [960, 15],
      [640, 10],
    ],
  );
  assert.deepEqual(
    steps.map((step) => sent("m", step)),
    [
      [640, 30],
      [640, 15],
      [640, 15],
      [640, 10],
    ],
  );
  assert.deepEqual(
    steps.map((step) => sent("l", step)[1]),
    [15, 15, 15, 10],
  );
  // A phone upright, and a camera that is small already.
  assert.deepEqual(sent("h", "540p15", 1080, 1920), [960, 15]);
  assert.deepEqual(sent("m", "360p10", 640, 480), [640, 10]);
});

test("the offer has NACK for Opus, whatever its payload type", () => {
  const offer =
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n";
  const asked = offer.replace("a=rtpmap:63", "a=rtcp-fb:111 nack\r\na=rtpmap:63");
  assert.equal(withAudioNack(offer), asked);
});

test("a page that measures its line sends a picture without a source, and its talkback microphone as ever", () => {
  assert.deepEqual(sentBy("venue", false, false, true), ["camera", "talkback"]);
  assert.deepEqual(sentBy("venue", true, false, true), sentBy("venue", true));
  assert.deepEqual(sentBy("venue", false), ["talkback"]);
});

test("stereo is asked for wherever sound is received, and announced in the first line that sends it", () => {
  const section = (direction: string, stereo = "") =>
    `m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=${direction}\r\na=rtpmap:111 opus/48000/2\r\n` +
    `a=fmtp:111 minptime=10;useinbandfec=1${stereo}\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n`;
  const video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n";
  const offer = (sent = "", received = "") =>
    `v=0\r\n${video}${section("sendonly", sent)}${section("sendonly")}${section("recvonly", received)}`;
  assert.equal(withStereo(offer(), true), offer(";sprop-stereo=1", ";stereo=1"));
  assert.equal(withStereo(offer(), false), offer("", ";stereo=1"));
  assert.equal(withStereo(offer("", ";stereo=0"), false), offer("", ";stereo=1"));
});

test("the m-lines are the page's own, then nine pictures, nine or ten sounds, then the views", () => {
  const [pictures, sounds, views] = [Array(9).fill("video"), Array(9).fill("audio"), Array(2).fill("video")];
  const kinds = (lines: MLine[]) => lines.map(({ kind }) => kind);
  assert.deepEqual(kinds(mLines([], 2)), [...pictures, ...sounds, ...views]);
  assert.deepEqual(kinds(mLines(["microphone", "talkback"], 0, true)), [
    ...["audio", "audio"],
    ...pictures,
    ...sounds,
    "audio",
  ]);
});

test("a place sends its source and talkback, a desk talkback alone, a viewer nothing", () => {
  assert.deepEqual(sentBy("venue", true), ["camera", "microphone", "talkback"]);
  assert.deepEqual(sentBy("venue", false), ["talkback"]);
  assert.deepEqual(sentBy("interpreter", true), ["microphone", "talkback"]);
  assert.deepEqual(sentBy("moderator", false), ["talkback"]);
  assert.deepEqual(sentBy("viewer", false), []);
  assert.deepEqual(sentBy("moderator", false, true), []);
});

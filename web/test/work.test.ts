import assert from "node:assert/strict";
import { test } from "node:test";
import { encoderOf } from "../src/media/load/encoder";
import { workBetween, workCounts } from "../src/media/load/work";

/** Stats as Chromium gives them, of a hall after so many seconds. */
function stats(seconds: number, { fps = 30, encode_s = 0.01, dropped = 0, lost = 0, cpu = 0 } = {}) {
  const limited = { none: seconds * (1 - cpu), cpu: seconds * cpu, bandwidth: 0, other: 0 };
  const sent = { type: "outbound-rtp", kind: "video", qualityLimitationDurations: limited };
  const slow = Math.min(fps, 15);
  return [
    { id: "S", type: "media-source", kind: "video", frames: 30 * seconds },
    { ...sent, id: "h", framesEncoded: fps * seconds, totalEncodeTime: fps * seconds * encode_s },
    { ...sent, id: "l", framesEncoded: slow * seconds, totalEncodeTime: slow * seconds * encode_s },
    {
      id: "I",
      type: "inbound-rtp",
      kind: "video",
      framesReceived: 30 * seconds,
      framesDropped: dropped * seconds,
      totalDecodeTime: 0.1 * seconds,
      packetsReceived: 200 * seconds,
      packetsLost: lost * seconds,
    },
    { id: "A", type: "inbound-rtp", kind: "audio", packetsReceived: 50 * seconds, packetsLost: 50 * seconds },
  ];
}

const between = (options: Parameters<typeof stats>[1], fps = 30) =>
  workBetween(workCounts(stats(10, options)), workCounts(stats(15, options)), 5, fps, null);

test("work is what was done between two readings, of the busiest encoder", () => {
  const work = between({ cpu: 0.4 });
  assert.equal(work.encoded, 1);
  assert.ok(Math.abs((work.encoder ?? 0) - 0.3) < 1e-9);
  assert.ok(Math.abs((work.decoder ?? 0) - 0.1) < 1e-9);
  assert.ok(Math.abs((work.cpu ?? 0) - 0.4) < 1e-9);
  assert.deepEqual([work.bandwidth, work.dropped, work.lag_ms], [0, 0, null]);
});

test("frames that were not encoded are missing only where the page meant to send them", () => {
  assert.equal(between({ fps: 15 }).encoded, 0.5);
  assert.equal(between({ fps: 15 }, 15).encoded, 1);
});

test("dropped frames count unless packets were lost", () => {
  assert.equal(between({ dropped: 6 }).dropped, 0.2);
  assert.equal(between({ dropped: 6, lost: 10 }).dropped, null);
});

test("what a browser does not count is not known, and a new stream begins anew", () => {
  const bare = [{ id: "h", type: "outbound-rtp", kind: "video", framesEncoded: 30 }];
  const none = workBetween(workCounts(bare), workCounts(bare), 5, 30, null);
  assert.deepEqual(Object.values(none), [null, null, null, null, null, null, null]);
  const fresh = workBetween(workCounts([]), workCounts(stats(5)), 5, 30, null);
  assert.deepEqual([fresh.cpu, fresh.encoder, fresh.dropped], [null, null, null]);
});

test("the encoder is that of the largest layer that is sent", () => {
  const layer = { type: "outbound-rtp", kind: "video", encoderImplementation: "libvpx", framesPerSecond: 30 };
  const found = encoderOf([
    { ...layer, id: "l", frameWidth: 320, frameHeight: 180 },
    { ...layer, id: "m", frameWidth: 640, frameHeight: 360, powerEfficientEncoder: false },
    { ...layer, id: "h", frameWidth: 1280, frameHeight: 720, framesPerSecond: 0 },
  ]);
  assert.deepEqual(found, { name: "libvpx", isHardware: false, width: 640, height: 360, fps: 30 });
  assert.equal(encoderOf([{ ...layer, id: "x", encoderImplementation: "unknown", frameWidth: 9 }]), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { JitterBufferTarget } from "../src/media/jitterbuffer";

const RTT = 60;

/** What is kept back after looks two seconds apart, at each of which so many of 200 more packets were asked for again. */
function kept(rtt: number, ...asked: number[]): (number | null)[] {
  const target = new JitterBufferTarget();
  let all = 0;
  return asked.map((some, place) => {
    all += some;
    return target.update({ nacked: all, received: 200 * (place + 1), rtt }, 10_000 + 2_000 * place);
  });
}

test("on a good line nothing is kept back, however many cuts there are", () => {
  assert.deepEqual(kept(RTT, 0, 1, 5, 0), [null, null, null, null]);
});

test("on a lossy one there is time for two repairs", () => {
  assert.deepEqual(kept(RTT, 0, 10), [null, 80 + 2 * RTT]);
  assert.deepEqual(kept(10, 10), [100]);
  assert.deepEqual(kept(1_000, 10), [400]);
});

test("a line counts as lossy for a minute", () => {
  const calm = Array.from({ length: 40 }, () => 0);
  const found = kept(RTT, 10, ...calm);
  assert.equal(found[29], 200);
  assert.equal(found[30], null);
});

test("few packets are not judged yet, and count with those that come", () => {
  const target = new JitterBufferTarget();
  assert.equal(target.update({ nacked: 8, received: 150, rtt: RTT }, 0), null);
  assert.equal(target.update({ nacked: 8, received: 210, rtt: RTT }, 2_000), 200);
});

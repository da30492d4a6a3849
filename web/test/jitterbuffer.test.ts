import assert from "node:assert/strict";
import { test } from "node:test";
import { JitterBufferTarget } from "../src/media/jitterbuffer";

const RTT = 60;

/** The targets after updates two seconds apart, each with 200 more packets of which so many were NACKed. */
function targets(rtt: number, ...nacked: number[]): (number | null)[] {
  const target = new JitterBufferTarget();
  let all = 0;
  return nacked.map((some, place) => {
    all += some;
    return target.update({ nacked: all, received: 200 * (place + 1), rtt }, 10_000 + 2_000 * place);
  });
}

test("on a good path the target is left to the browser, however many cuts there are", () => {
  assert.deepEqual(targets(RTT, 0, 1, 5, 0), [null, null, null, null]);
});

test("on a lossy path the target has time for two retransmissions", () => {
  assert.deepEqual(targets(RTT, 0, 10), [null, 80 + 2 * RTT]);
  assert.deepEqual(targets(10, 10), [100]);
  assert.deepEqual(targets(1_000, 10), [400]);
});

test("a path counts as lossy for a minute", () => {
  const calm = Array.from({ length: 40 }, () => 0);
  const found = targets(RTT, 10, ...calm);
  assert.equal(found[29], 200);
  assert.equal(found[30], null);
});

test("too few packets are judged together with later ones", () => {
  const target = new JitterBufferTarget();
  assert.equal(target.update({ nacked: 8, received: 150, rtt: RTT }, 0), null);
  assert.equal(target.update({ nacked: 8, received: 210, rtt: RTT }, 2_000), 200);
});

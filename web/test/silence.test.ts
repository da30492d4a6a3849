import assert from "node:assert/strict";
import { test } from "node:test";
import { PATH_LOST_AFTER_MS, SilenceDetector } from "../src/media/path/silence";

/** The silence after these counts, a tenth of a second apart. */
function after(...counts: (number | undefined)[]): number {
  const detector = new SilenceDetector();
  return counts.reduce<number>((_, count, n) => detector.update(count, 10_000 + n * 100), 0);
}

test("a growing count is no silence, and one that stays the same is", () => {
  assert.equal(after(5, 6, 7), 0);
  assert.equal(after(5, 6, 6, 6), 200);
  assert.equal(after(5, 6, 6, 6, 7), 0);
});

test("a path without any packet yet is not silent", () => {
  assert.equal(after(5, 5, 5, 5), 0);
  assert.equal(after(undefined, undefined, undefined), 0);
});

test("a smaller count is of another path, and a missing one is ignored", () => {
  assert.equal(after(5, 6, 6, 2), 0);
  assert.equal(after(5, 6, undefined, 6), 100);
});

test("a suspension of the page does not count as silence", () => {
  const detector = new SilenceDetector();
  for (const [count, now] of [
    [1, 0],
    [2, 100],
    [2, 200],
  ] as const)
    detector.update(count, now);
  assert.equal(detector.update(2, 5_000), 100);
  assert.equal(detector.update(2, 5_100), 200);
});

test("a path is lost soon enough to stay on air, but not for one missing keepalive", () => {
  assert.ok(PATH_LOST_AFTER_MS > 2 * 150 && PATH_LOST_AFTER_MS < 400);
});

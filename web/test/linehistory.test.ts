import assert from "node:assert/strict";
import { test } from "node:test";
import {
  curve,
  HISTORY_MS,
  type LineSample,
  SAMPLE_INTERVAL_MS,
  topOf,
  withSample,
} from "../src/media/path/linehistory";

const SIZE = { width: 300, height: 100 };
const sample = (at: number, more: Partial<LineSample> = {}): LineSample => ({
  at,
  trip: 20,
  loss: 0,
  up: 900,
  down: 2_100,
  ...more,
});

/** Ten minutes and more, a sample every two seconds. */
function day(of: (n: number) => Partial<LineSample> = () => ({})): LineSample[] {
  let all: LineSample[] = [];
  for (let n = 0; n <= 400; n++) all = withSample(all, sample(n * SAMPLE_INTERVAL_MS, of(n)));
  return all;
}

const points = (path: string) =>
  [...path.matchAll(/[ML](\d+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);

test("ten minutes are kept, and no more", () => {
  const all = day();
  assert.equal(all.length, HISTORY_MS / SAMPLE_INTERVAL_MS);
  assert.equal(all.at(-1)?.at, 800_000);
});

test("time runs to the right edge, and values up to the top of a round scale", () => {
  const drawn = points(curve(day(), "trip", 800_000, SIZE));
  assert.deepEqual(drawn.at(-1), [300, 80]);
  assert.ok(drawn.every(([, y]) => y === 80));
  assert.equal(topOf(day(), "trip"), 100);
  assert.equal(topOf(day(), "down"), 5_000);
  assert.equal(
    topOf(
      day(() => ({ trip: 99_999 })),
      "trip",
    ),
    10_000,
  );
  assert.deepEqual(
    points(
      curve(
        day(() => ({ trip: 99_999 })),
        "trip",
        800_000,
        SIZE,
      ),
    ).at(-1),
    [300, 0],
  );
});

test("a short burst of loss is seen in a narrow plot", () => {
  const burst = day((n) => ({ loss: n === 300 ? 0.2 : 0 }));
  const drawn = points(curve(burst, "loss", 800_000, { width: 60, height: 100 }));
  assert.ok(drawn.length <= 61);
  assert.equal(Math.min(...drawn.map(([, y]) => y ?? 0)), 0);
});

test("where nothing was measured the line is broken", () => {
  const away = day((n) => (n > 200 && n < 250 ? { trip: null } : {}));
  assert.equal(curve(away, "trip", 800_000, SIZE).split("M").length - 1, 2);
  const asleep = day().filter(({ at }) => at < 400_000 || at > 500_000);
  assert.equal(curve(asleep, "trip", 800_000, SIZE).split("M").length - 1, 2);
  assert.equal(curve([], "trip", 0, SIZE), "");
});

test("a clock that is set back begins anew", () => {
  assert.deepEqual(
    withSample([sample(5_000), sample(7_000)], sample(6_000)).map(({ at }) => at),
    [5_000, 6_000],
  );
});

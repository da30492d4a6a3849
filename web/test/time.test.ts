import assert from "node:assert/strict";
import { test } from "node:test";
import {
  city,
  clockLength,
  clockScale,
  countdown,
  endOf,
  leftOf,
  sameClock,
  toneOf,
  wall,
} from "../src/show/time";
import { item } from "./build";

const at = (iso: string): number => Date.parse(iso);

test("a countdown reads 0:00 when the time is up and counts up with a plus from then on", () => {
  const read = [61_000, 60_001, 59_999, 1, 0, -999, -1000, -61_000].map(countdown);
  assert.deepEqual(read, ["1:01", "1:01", "1:00", "0:01", "0:00", "0:00", "+0:01", "+1:01"]);
});

test("lengths show hours only where there are any", () => {
  assert.deepEqual([0, 59, 600, 3661].map(clockLength), ["0:00", "0:59", "10:00", "1:01:01"]);
});

test("a longer countdown has a smaller font scale, down to a day of overrun", () => {
  const fits = ["0:07", "12:30", "+12:30", "1:02:05", "+1:02:05", "+12:02:05"].map(clockScale);
  assert.equal(fits[0], 1);
  assert.equal(fits[1], 1);
  assert.deepEqual(
    [...fits].sort((a, b) => b - a),
    fits,
  );
  // The width in em: a figure of a wide face has 0.7, + has 0.84, : has 0.4.
  assert.ok((fits[4] ?? 1) * (0.84 + 5 * 0.7 + 2 * 0.4) < 3.3);
  assert.ok((fits[5] ?? 1) > 0.5, "and still far larger than other text");
});

test("the tone changes at the item's own warning times", () => {
  const talk = item("talk", { warn_s: 120, danger_s: 30 });
  const tones = [121_000, 120_000, 30_000, 0, -1].map((left) => toneOf(talk, left));
  assert.deepEqual(tones, ["calm", "warn", "danger", "danger", "over"]);
});

test("an item's time is up at its actual start and length, however far its expected end has moved", () => {
  const actual = { start: "2018-09-15T10:00:00+02:00", end: null };
  const late = item("talk", { actual, expected: { start: null, end: "2018-09-15T10:14:00+02:00" } });
  assert.equal(endOf(late), at("2018-09-15T10:10:00+02:00"));
  const cut = item("talk", { actual, expected: { start: null, end: "2018-09-15T10:05:00+02:00" } });
  assert.equal(endOf(cut), at("2018-09-15T10:05:00+02:00"));
});

test("an item that has just begun has all of its time left, though the page's clock moves by quarter seconds", () => {
  const start = "2018-09-15T10:00:00.100+02:00";
  const talk = item("talk", { length_s: 600, actual: { start, end: null }, expected: { start, end: null } });
  const shown = [-250, -100, 0, 1, 999, 1_000, 599_999, 600_000, 600_999, 601_000].map((since) =>
    countdown(leftOf(talk, at(start) + since) ?? Number.NaN),
  );
  assert.deepEqual(shown, [
    ...["10:00", "10:00", "10:00", "10:00", "10:00", "9:59"],
    ...["0:01", "0:00", "0:00", "+0:01"],
  ]);
});

test("an item that has not begun counts to its expected end", () => {
  const expected = { start: "2018-09-15T10:00:00+02:00", end: "2018-09-15T10:10:00+02:00" };
  const talk = item("talk", { expected });
  assert.equal(leftOf(talk, at("2018-09-15T09:59:00+02:00")), 660_000);
  assert.equal(leftOf(item("talk", { expected: { start: null, end: null } }), 0), null);
});

test("one instant is shown in each city's own time, summer and winter", () => {
  const noon = at("2018-09-15T10:00:00Z");
  assert.equal(wall(noon, "Europe/Berlin"), "12:00");
  assert.equal(wall(noon, "Asia/Tokyo", true), "19:00:00");
  assert.equal(wall(at("2018-12-15T10:00:00Z"), "Europe/Berlin"), "11:00");
  assert.equal(wall(at("2018-09-15T22:00:00Z"), "Europe/Berlin"), "00:00");
});

test("two zones differ only if their clocks show different times", () => {
  const noon = at("2018-09-15T10:00:00Z");
  assert.equal(sameClock("Europe/Berlin", "Europe/Paris", noon), true);
  assert.equal(sameClock("Europe/Berlin", "Asia/Tokyo", noon), false);
  assert.equal(city("America/New_York"), "New York");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arranged,
  isToCome,
  type Line,
  landing,
  placeNow,
  rest,
  stepped,
} from "../src/pages/desk/edit/order";
import type { ItemDoc } from "../src/wire";
import { item, show } from "./build";

const ITEMS = [
  item("one", { status: "done" }),
  item("two", { status: "on-air" }),
  item("three", { status: "next" }),
  item("four", { status: "skipped" }),
  item("five"),
];
const RUNNING = show(ITEMS, { item: "two", last: "two", next: "three" });
const ids = (items: readonly ItemDoc[]): string => items.map(({ id }) => id).join(" ");
/** Lines that follow each other, of these heights. */
function lines(...heights: [string, number][]): Line[] {
  let bottom = 100;
  return heights.map(([id, height]) => {
    const top = bottom;
    bottom += height;
    return { id, top, bottom };
  });
}

test("only what is below the item on air can change places", () => {
  assert.equal(ids(rest(RUNNING)), "three four five");
  assert.equal(ids(rest(show(ITEMS.slice(2), { phase: "before" }))), "three four five");
  const gap = show([item("one", { status: "done" }), item("two")], { last: "one" });
  assert.equal(ids(rest(gap)), "two", "between two items too");
  assert.deepEqual(
    ITEMS.map(({ id }) => isToCome(RUNNING, id)),
    [false, false, true, true, true],
  );
});

test("a line that is moved stands where it would be", () => {
  assert.equal(ids(arranged(ITEMS, { item: "five", before: "three" })), "one two five three four");
  assert.equal(ids(arranged(ITEMS, { item: "three", before: null })), "one two four five three");
  assert.equal(ids(arranged(ITEMS, placeNow(RUNNING, "three"))), ids(ITEMS));
  assert.equal(ids(arranged(ITEMS, { item: "gone", before: null })), ids(ITEMS));
});

test("a step stops below the item on air and at the end", () => {
  let place = placeNow(RUNNING, "five");
  const seen = [];
  for (const by of [1, -1, -1, -1, 1] as const) {
    place = stepped(RUNNING, place, by);
    seen.push(place.before);
  }
  assert.deepEqual(seen, [null, "four", "three", "three", "four"]);
});

test("a dragged line passes another one at its middle", () => {
  const three = lines(["a", 40], ["b", 40], ["c", 40]);
  assert.equal(landing(three, "a", 159).before, "b", "not yet at the middle of b");
  assert.equal(landing(three, "a", 161).before, "c");
  assert.equal(landing(three, "a", 900).before, null);
  assert.equal(landing(three, "c", 121).before, "b");
  assert.equal(landing(three, "c", 119).before, "a");
  assert.equal(landing(three, "c", -50).before, "a", "above the list it is first of those to come");
});

test("lines of different heights do not change places back and forth under a pointer at rest", () => {
  const before = lines(["low", 30], ["high", 200]);
  const down = landing(before, "low", 231);
  assert.equal(down.before, null);
  assert.deepEqual(landing(lines(["high", 200], ["low", 30]), "low", 231), down);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { outcome } from "../src/show/outcome";
import type { ItemDoc } from "../src/wire";
import { item, show } from "./build";

const at = (clock: string): string => `2018-09-15T${clock}:00+02:00`;
const coming = (id: string, start: string, end: string, more: Partial<ItemDoc> = {}): ItemDoc =>
  item(id, { expected: { start: at(start), end: at(end) }, ...more });
const onAir = (end: string, length_s: number): ItemDoc =>
  coming("a", "10:00", end, { status: "on-air", length_s, actual: { start: at("10:00"), end: null } });
const running = (...items: ItemDoc[]) => show(items, { item: "a", last: "a" });
const ids = (items: ItemDoc[]): string[] => items.map(({ id }) => id);

const hard = coming("c", "10:30", "10:45", { hard: true });

test("an item without time before a hard start is reported with that start", () => {
  const before = running(onAir("10:29", 29 * 60), coming("b", "10:29", "10:30"), hard);
  const dropped = coming("b", "10:30", "10:30", { status: "skipped", skipped_because: "no-time" });
  const found = outcome(before, running(onAir("10:30", 30 * 60), dropped, hard));
  assert.deepEqual(ids(found.dropped), ["b"]);
  assert.deepEqual([found.limit?.item.id, found.limit?.at], ["c", Date.parse(at("10:30"))]);
  assert.deepEqual([found.moved, found.isCut], [[], false]);
  const back = outcome(running(onAir("10:30", 30 * 60), dropped, hard), before);
  assert.deepEqual([ids(back.dropped), ids(back.back)], [[], ["b"]]);
});

test("an item with less time than before is reported with the time it has left", () => {
  const before = running(onAir("10:15", 900), coming("b", "10:15", "10:30"), hard);
  const after = running(onAir("10:20", 1200), coming("b", "10:20", "10:30"), hard);
  const found = outcome(before, after);
  assert.deepEqual(
    found.squeezed.map(({ item: { id }, left_ms }) => [id, left_ms]),
    [["b", 600_000]],
  );
  assert.deepEqual([ids(found.moved), found.moved_ms], [["b"], 300_000]);
});

test("an item on air that a hard start shortens is reported", () => {
  const gone = coming("b", "10:30", "10:30", { status: "skipped", skipped_because: "no-time" });
  const found = outcome(
    running(onAir("10:30", 30 * 60), gone, hard),
    running(onAir("10:30", 31 * 60), gone, hard),
  );
  assert.deepEqual([found.isCut, found.dropped], [true, []]);
});

test("passed-over items are reported apart from those without time", () => {
  const before = running(onAir("10:15", 900), coming("b", "10:15", "10:20"), coming("d", "10:20", "10:30"));
  const passed = coming("b", "10:15", "10:20", { status: "skipped", skipped_because: "passed" });
  const after = show([onAir("10:05", 900), passed, coming("d", "10:05", "10:15", { status: "on-air" })], {
    item: "d",
    last: "d",
  });
  assert.deepEqual([ids(outcome(before, after).passed), outcome(before, after).dropped], [["b"], []]);
});

test("a change too small to see is not reported", () => {
  const before = running(onAir("10:15", 900), coming("b", "10:15", "10:30"));
  const after = running(onAir("10:15", 900), {
    ...coming("b", "10:15", "10:30"),
    expected: { start: "2018-09-15T10:15:29+02:00", end: "2018-09-15T10:30:29+02:00" },
  });
  assert.deepEqual(outcome(before, after).moved, []);
});

test("an item that was removed is named, and one that was made shorter is not squeezed", () => {
  const before = running(
    onAir("10:15", 900),
    coming("b", "10:15", "10:30", { length_s: 900 }),
    coming("d", "10:30", "10:40"),
  );
  const after = running(onAir("10:15", 900), coming("b", "10:15", "10:20", { length_s: 300 }));
  const found = outcome(before, after);
  assert.deepEqual([ids(found.gone), found.squeezed], [["d"], []]);
});

test("times that change in both directions, as in another order, are not added up", () => {
  const before = running(onAir("10:15", 900), coming("b", "10:15", "10:30"), coming("d", "10:30", "10:40"));
  const after = running(onAir("10:15", 900), coming("d", "10:15", "10:25"), coming("b", "10:25", "10:40"));
  assert.deepEqual(outcome(before, after).moved, []);
});

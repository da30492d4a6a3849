import assert from "node:assert/strict";
import { test } from "node:test";
import { changes, movedTo } from "../src/pages/desk/foresight/changes";
import type { ItemDoc, Preview, State } from "../src/wire";
import { item, show } from "./build";

const at = (clock: string): string => `2018-09-15T${clock}:00+02:00`;
const coming = (id: string, start: string, more: Partial<ItemDoc> = {}): ItemDoc =>
  item(id, { expected: { start: at(start), end: null }, ...more });

const day = show([
  coming("a", "10:00", { status: "on-air", actual: { start: at("10:00"), end: null } }),
  coming("b", "10:15", { status: "next" }),
  coming("c", "10:30", { status: "skipped", skipped_because: "asked" }),
]);

/** The day as it is. */
function same(before: State): Preview {
  const items = before.items.map(({ id, status, expected }) => [id, { status, expected }]);
  const { source, reason } = before.program;
  const { ends, offset_s } = before.show;
  return { items: Object.fromEntries(items), program: { source, reason }, dropped: [], ends, offset_s };
}

test("a command that changes no time and no picture changes nothing", () => {
  assert.equal(changes(day, same(day)).isAny, false);
});

test("what would be skipped, brought back and moved is told apart", () => {
  const preview = same(day);
  preview.dropped = ["b"];
  preview.items.b = { status: "skipped", expected: { start: null, end: null } };
  preview.items.c = { status: "coming", expected: { start: at("10:20"), end: null } };
  const found = changes(day, preview);
  assert.deepEqual(
    [found.dropped, found.back].map((items) => items.map(({ id }) => id)),
    [["b"], ["c"]],
  );
  const [a, b, c] = day.items as [ItemDoc, ItemDoc, ItemDoc];
  assert.deepEqual(
    [a, b, c].map((each) => movedTo(each, preview)),
    [null, null, Date.parse(at("10:20"))],
  );
});

test("a source that would stand in is named, and one that stands in already is not", () => {
  const preview = { ...same(day), program: { source: "berlin", reason: "fallback" as const } };
  assert.equal(changes(day, preview).standIn, "berlin");
  const before = { ...day, program: { ...day.program, ...preview.program } };
  assert.equal(changes(before, preview).standIn, null);
});

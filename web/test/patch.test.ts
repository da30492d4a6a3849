import assert from "node:assert/strict";
import { test } from "node:test";
import { patched } from "../src/link/patch";

const state = { show: { item: "a" }, items: [{ id: "a" }, { id: "b" }], far: { away: [1] } };

test("a change replaces what is at its path and shares everything else", () => {
  const next = patched(state, [{ path: ["items", 1, "id"], value: "c", drop: false, shift: null }]);
  assert.deepEqual(next.items, [{ id: "a" }, { id: "c" }]);
  assert.equal(state.items[1]?.id, "b");
  assert.equal(next.items[0], state.items[0]);
  assert.equal(next.far, state.far);
});

test("a key can be added and dropped", () => {
  const added = patched<Record<string, unknown>>(state, [
    { path: ["show", "held"], value: true, drop: false, shift: null },
  ]);
  assert.deepEqual(added.show, { item: "a", held: true });
  const dropped = patched(added, [{ path: ["show", "held"], value: null, drop: true, shift: null }]);
  assert.deepEqual(dropped.show, { item: "a" });
});

test("a path that leads nowhere is an error, not a state that is half right", () => {
  assert.throws(
    () => patched(state, [{ path: ["nobody", "here"], value: 1, drop: false, shift: null }]),
    TypeError,
  );
});

test("items are shifted together, in the server's own notation", () => {
  const at = (start: string | null, end: string | null) => ({ id: "x", expected: { start, end } });
  const agenda = {
    items: [
      at("2026-03-14T10:00:00+01:00", "2026-03-14T10:10:00+01:00"),
      at("2026-03-14T10:10:00+01:00", "2026-03-14T10:20:00.250+01:00"),
      at(null, null),
      at("2026-03-14T23:59:59+09:00", "2026-03-15T00:00:00-03:30"),
    ],
  };
  const shift = { first: 1, last: 3, ms: 1_000 };
  const next = patched(agenda, [{ path: ["items"], value: null, drop: false, shift }]);
  assert.equal(next.items[0], agenda.items[0]);
  assert.deepEqual(
    next.items.slice(1).map((item) => item.expected),
    [
      { start: "2026-03-14T10:10:01+01:00", end: "2026-03-14T10:20:01.250+01:00" },
      { start: null, end: null },
      { start: "2026-03-15T00:00:00+09:00", end: "2026-03-15T00:00:01-03:30" },
    ],
  );
});

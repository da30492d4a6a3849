import assert from "node:assert/strict";
import { test } from "node:test";
import { patched } from "../src/link/patch";

const state = { show: { item: "a" }, items: [{ id: "a" }, { id: "b" }], far: { away: [1] } };

test("a change replaces what is at its path and shares everything else", () => {
  const next = patched(state, [{ path: ["items", 1, "id"], value: "c", drop: false }]);
  assert.deepEqual(next.items, [{ id: "a" }, { id: "c" }]);
  assert.equal(state.items[1]?.id, "b");
  assert.equal(next.items[0], state.items[0]);
  assert.equal(next.far, state.far);
});

test("a key can be added and dropped", () => {
  const added = patched<Record<string, unknown>>(state, [
    { path: ["show", "held"], value: true, drop: false },
  ]);
  assert.deepEqual(added.show, { item: "a", held: true });
  const dropped = patched(added, [{ path: ["show", "held"], value: null, drop: true }]);
  assert.deepEqual(dropped.show, { item: "a" });
});

test("a path that leads nowhere is an error, not a state that is half right", () => {
  assert.throws(() => patched(state, [{ path: ["nobody", "here"], value: 1, drop: false }]), TypeError);
});

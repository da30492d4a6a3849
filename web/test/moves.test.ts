import assert from "node:assert/strict";
import { test } from "node:test";
import { blockedMoves, cannotMark, cannotTake, endsBy, isMarked, nextGoesTo } from "../src/show/moves";
import { en } from "../src/texts/en";
import type { ItemDoc, State } from "../src/wire";
import { action, item, show, source } from "./build";

const items = [item("a", { status: "on-air" }), item("b", { status: "next" })];

test("before the show only Start, Hold and Go to can be pressed", () => {
  const why = blockedMoves(show(items, { phase: "before" }), null, en);
  assert.equal(why.start, null);
  assert.equal(why.goto, null);
  assert.equal(why.hold, null);
  assert.deepEqual([why.next, why.previous, why.extend], Array(3).fill(en.blocked.notStarted));
});

test("between items no length can be changed, but the show can go on", () => {
  const why = blockedMoves(show(items, { phase: "running", item: null, last: "b" }), null, en);
  assert.equal(why.extend, en.blocked.noItem);
  assert.deepEqual([why.next, why.previous, why.hold], [null, null, null]);
});

test("Undo is possible once a command has changed the show", () => {
  assert.equal(blockedMoves(show(items), null, en).undo, en.blocked.nothingToUndo);
  assert.equal(blockedMoves(show(items, { undo: action("next") }), null, en).undo, null);
});

test("after the end the show can still go back", () => {
  const why = blockedMoves(show(items, { phase: "ended", last: "b" }), null, en);
  assert.equal(why.next, en.blocked.ended);
  assert.equal(why.previous, null);
});

test("without a connection every button is disabled, and says so", () => {
  const why = Object.values(blockedMoves(show(items, { item: "a", last: "a" }), en.blocked.offline, en));
  assert.ok(why.every((reason) => reason === en.blocked.offline));
});

test("a source that is not connected or already alone on air cannot be taken", () => {
  const berlin = source("Berlin");
  const state = show(items);
  assert.equal(cannotTake(state, "berlin", berlin, null, en), null);
  assert.equal(
    cannotTake(state, "berlin", { ...berlin, state: "absent" }, null, en),
    en.blocked.absent("Berlin"),
  );
  const alone = { ...state, program: { ...state.program, source: "berlin" } };
  assert.equal(cannotTake(alone, "berlin", berlin, null, en), en.blocked.onAir("Berlin"));
  const beside = { ...state, program: { ...state.program, source: "berlin", with: ["tokio"] } };
  assert.equal(cannotTake(beside, "berlin", berlin, null, en), null);
});

test("an item or source on air cannot be marked; a mark can always be removed", () => {
  const state = show(items, { item: "a" });
  const why = (kind: "item" | "source", id: string, barred: string | null = null, of = state) =>
    cannotMark(of, kind, id, id, barred, en);
  assert.equal(why("item", "b"), null);
  assert.equal(why("item", "a"), en.itemIsOnAir);
  assert.equal(why("source", "berlin"), null);
  assert.equal(why("source", "berlin", en.blocked.offline), en.blocked.offline);
  const alone = { ...state, program: { ...state.program, source: "berlin" } };
  assert.equal(why("source", "berlin", null, alone), en.blocked.onAir("berlin"));
  const marked = { ...alone, show: { ...alone.show, armed: { kind: "source", id: "berlin" } as const } };
  assert.equal(why("source", "berlin", null, marked), null);
  assert.equal(isMarked(marked, "item", "berlin"), false, "an item may have the id of a source");
  const beside = { ...state, program: { ...state.program, source: "krefeld", with: ["berlin"] } };
  assert.equal(why("source", "berlin", null, beside), en.blocked.onAir("berlin"));
});

test("Next goes to the marked item, whatever source is in preview", () => {
  const goesTo = (armed: State["show"]["armed"], next: string | null = "b") =>
    nextGoesTo(show(items, { item: "a", next, armed }))?.id;
  assert.equal(goesTo(null), "b");
  assert.equal(goesTo({ kind: "source", id: "a" }), "b");
  assert.equal(goesTo({ kind: "item", id: "b" }, null), "b");
  assert.equal(goesTo(null, null), undefined, "it ends the event");
});

test("items can be marked only while Next can be pressed", () => {
  const why = (phase: State["show"]["phase"]) =>
    cannotMark(show(items, { phase }), "item", "b", "b", null, en);
  assert.deepEqual(
    [why("before"), why("held"), why("ended")],
    [en.blocked.markBeforeStart, null, en.blocked.ended],
  );
});

test("shortening by a minute ends the event only if the last item has less left", () => {
  const begun = Date.parse("2018-09-15T12:00:00+02:00");
  const last = item("b", { status: "on-air", actual: { start: "2018-09-15T12:00:00+02:00", end: null } });
  const at = (minutes: number, ...more: ItemDoc[]) =>
    endsBy(show([last, ...more], { item: "b" }), 60, begun + minutes * 60_000);
  assert.deepEqual([at(8.9), at(9.1), at(9.1, item("c"))], [false, true, false]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { beginOf } from "../src/show/agenda";
import { type Coming, coming, overdueStart } from "../src/show/coming";
import { instant } from "../src/show/time";
import { item, show } from "./build";

const iso = (clock: string): string => `2018-09-15T${clock}:00+02:00`;
const at = (clock: string): number => Date.parse(iso(clock));
const times = (start: string) => ({ start: iso(start), end: null });

/** Start was due at ten and is overdue; the state is of `now`. */
function unstarted(now: string) {
  const next = at(now) > at("10:00") ? now : "10:00";
  const late = at(next) - at("10:00");
  const second = { start: new Date(at("10:15") + late).toISOString(), end: null };
  const items = [
    item("a", { status: "next", planned: times("10:00"), expected: times(next) }),
    item("b", { planned: times("10:15"), expected: second }),
    item("c", { planned: times("13:00"), expected: times("13:00") }),
  ];
  return show(items, { phase: "before", next: "a", next_at: iso(next), due_at: iso("10:00") });
}

test("a start counts down, and an overdue one counts as soon for ten minutes", () => {
  const seen = (now: string): Coming | null => coming(unstarted(now), at(now));
  assert.deepEqual(seen("09:59"), { kind: "counts", at: at("10:00"), left: 60_000 });
  assert.deepEqual(seen("10:00"), { kind: "soon", at: at("10:00") });
  assert.deepEqual(seen("10:10"), { kind: "soon", at: at("10:00") });
  assert.deepEqual(seen("12:20"), { kind: "waits", at: at("10:00") });
  assert.equal(overdueStart(unstarted("09:59"), at("09:59")), null);
  assert.equal(overdueStart(unstarted("12:20"), at("12:20")), at("10:00"));
});

test("until Start the agenda shows the plan, not the times if it were pressed now", () => {
  const begins = (now: string) => {
    const state = unstarted(now);
    return state.items.map((one) => beginOf(state, one));
  };
  assert.deepEqual(begins("09:30"), [at("10:00"), at("10:15"), at("13:00")]);
  assert.deepEqual(begins("12:20"), [at("10:00"), at("10:15"), at("13:00")]);
});

test("an item that moved to the first place, or was delayed, has its new time", () => {
  const items = [item("b", { status: "next", planned: times("10:15"), expected: times("12:20") })];
  const state = show(items, { phase: "before", next: "b", next_at: iso("12:20"), due_at: iso("10:00") });
  assert.equal(beginOf(state, items[0] ?? item("")), at("10:00"));
});

test("during an overrun the next item counts as soon, for ten minutes", () => {
  const items = [item("a", { status: "on-air", actual: times("10:00"), length_s: 600 }), item("b")];
  const seen = (now: string) =>
    coming(show(items, { item: "a", last: "a", next: "b", next_at: iso(now) }), at(now))?.kind;
  assert.deepEqual(["10:20", "10:21"].map(seen), ["soon", "waits"]);
});

test("on hold between items the time of the next is unknown", () => {
  const held = show([item("b")], { phase: "held", held: true, last: "a", next: "b", next_at: iso("11:00") });
  assert.deepEqual(coming(held, at("11:00")), { kind: "waits", at: null });
  assert.equal(coming(show([], { phase: "ended" }), at("11:00")), null);
  assert.equal(instant(held.show.due_at), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type GuestPhase, guestPhase, turnComes } from "../src/show/guest/phase";
import type { ItemDoc, ItemStatus, SourceDoc, State } from "../src/wire";
import { item, show, source } from "./build";

const iso = (clock: string): string => `2018-09-15T${clock.length === 5 ? `${clock}:00` : clock}+02:00`;
const at = (clock: string): number => Date.parse(iso(clock));
const ME = { id: "uchida", joined: true, feeds: true };

/** Each of ten minutes: welcome, Uchida, panel, and Uchida again. `rows`: status and start of each. */
function day(
  rows: readonly (readonly [ItemStatus, string])[],
  more: Partial<State["show"]> = {},
  tally: SourceDoc["tally"] = "off",
): State {
  const ids = ["welcome", "talk", "panel", "questions"];
  const items = rows.map(([status, start], n): ItemDoc => {
    const begun = status === "on-air" || status === "done";
    return item(ids[n] ?? "", {
      status,
      planned: { start: iso(start), end: null },
      expected: { start: iso(start), end: null },
      actual: { start: begun ? iso(start) : null, end: null },
      source: n % 2 ? "uchida" : "krefeld",
    });
  });
  const now = items.find((one) => one.status === "on-air");
  const next = items.find((one) => one.status === "next");
  return show(
    items,
    {
      item: now?.id ?? null,
      last: now?.id ?? items.findLast((one) => one.status === "done")?.id ?? null,
      next: next?.id ?? null,
      next_at: next?.expected.start ?? null,
      ...more,
    },
    { uchida: source("Uchida", { tally }) },
  );
}

/** A short name of a phase: kind, seconds, item, and the item before it. */
function brief(phase: GuestPhase): string {
  switch (phase.kind) {
    case "waiting":
    case "soon": {
      const left = phase.left === null ? "?" : phase.left / 1000;
      const turn = phase.turn ? `${phase.turn.item.id} after ${phase.turn.after?.id ?? "nothing"}` : "-";
      return `${phase.kind} ${left} ${turn}${phase.again ? " again" : ""}`;
    }
    case "on-air":
      return `on-air ${phase.left === null ? "?" : phase.left / 1000} ${phase.tone}`;
    case "overtime":
      return `overtime ${phase.over / 1000}`;
    case "thanks":
      return phase.wasOn ? "thanks" : "over";
    default:
      return phase.kind;
  }
}

const seen = (state: State, clock: string, page = ME): string => brief(guestPhase(state, at(clock), page));

const FIRST = [
  ["on-air", "10:00"],
  ["next", "10:10"],
  ["coming", "10:20"],
] as const;
const first = (more?: Partial<State["show"]>, tally?: SourceDoc["tally"]) => day([...FIRST], more, tally);
const own = (next: ItemStatus = "next") =>
  day(
    [
      ["done", "10:00"],
      ["on-air", "10:10"],
      [next, "10:20"],
    ],
    {},
    "on-air",
  );

test("a page that has not joined checks its devices, whatever is on air", () => {
  assert.equal(seen(own(), "10:15", { ...ME, joined: false }), "check");
});

test("from the green room to thanks, second by second where it changes", () => {
  assert.equal(seen(first(), "10:00:00"), "waiting 600 talk after welcome");
  assert.equal(seen(first(), "10:08:59"), "waiting 61 talk after welcome");
  assert.equal(seen(first(), "10:09:00"), "soon 60 talk after welcome");
  assert.equal(seen(first(), "10:09:59"), "soon 1 talk after welcome");
  assert.equal(seen(own(), "10:10:00"), "on-air 600 calm");
  assert.equal(seen(own(), "10:18:00"), "on-air 120 warn");
  assert.equal(seen(own(), "10:19:30"), "on-air 30 danger");
  assert.equal(seen(own(), "10:20:00"), "on-air 0 danger");
  assert.equal(brief(guestPhase(own(), at("10:20:00") + 250, ME)), "overtime 0.25");
  assert.equal(seen(own(), "10:21:05"), "overtime 65");
  const after = day([
    ["done", "10:00"],
    ["done", "10:10"],
    ["on-air", "10:21"],
  ]);
  assert.equal(seen(after, "10:21:06"), "thanks");
});

test("a guest whose slides fill the screen is on air", () => {
  const state = own();
  state.sources = { uchida: source("Uchida"), "uchida/slides": source("Slides", { tally: "on-air" }) };
  assert.equal(seen(state, "10:10:00"), "on-air 600 calm");
});

test("with another slot the guest is back in the green room", () => {
  const after = day([
    ["done", "10:00"],
    ["done", "10:10"],
    ["on-air", "10:20"],
    ["next", "10:30"],
  ]);
  assert.equal(seen(after, "10:25"), "waiting 300 questions after panel again");
  assert.equal(seen(after, "10:29:30"), "soon 30 questions after panel again");
});

test("while the item before overruns, the guest may be on at any moment, however long", () => {
  const late = (now: string) =>
    seen(
      day([
        ["on-air", "10:00"],
        ["next", now],
      ]),
      now,
    );
  assert.equal(late("10:10:30"), "soon 0 talk after welcome");
  assert.equal(late("10:25"), "soon 0 talk after welcome");
});

test("a delay takes the change back until a minute before the new time", () => {
  const later = day([
    ["on-air", "10:00"],
    ["next", "10:15"],
  ]);
  assert.equal(seen(later, "10:09:30"), "waiting 330 talk after welcome");
  assert.equal(seen(later, "10:14:00"), "soon 60 talk after welcome");
});

test("previous puts the guest back on air, and goto past the guest ends the slot", () => {
  const back = day(
    [
      ["done", "10:00"],
      ["on-air", "10:22"],
      ["next", "10:32"],
    ],
    {},
    "on-air",
  );
  assert.equal(seen(back, "10:23"), "on-air 540 calm");
  const past = day([
    ["done", "10:00"],
    ["skipped", "10:10"],
    ["on-air", "10:12"],
  ]);
  assert.equal(seen(past, "10:13"), "waiting ? -");
});

test("the item before the turn is the one on air, if a moderator has marked the turn", () => {
  const marked = day([
    ["on-air", "10:00"],
    ["skipped", "10:10"],
    ["coming", "10:20"],
    ["next", "10:10"],
  ]);
  assert.equal(seen(marked, "10:05"), "waiting 300 questions after welcome");
});

test("skipped items are not named as the item before", () => {
  const state = day([
    ["on-air", "10:00"],
    ["skipped", "10:10"],
    ["skipped", "10:10"],
    ["coming", "10:20"],
  ]);
  assert.equal(seen(state, "10:00"), "waiting 1200 questions after welcome");
});

test("in preview a moderator may take the guest at any moment", () => {
  assert.equal(seen(first({}, "preview"), "10:01"), "soon ? -");
});

test("taken during another item, the guest is on air without a clock, also if that item overruns", () => {
  assert.equal(seen(first({ taken: "uchida" }, "on-air"), "10:05"), "on-air ? calm");
  assert.equal(seen(first({ taken: "uchida" }, "on-air"), "10:12"), "on-air ? calm");
});

test("a guest whose item is on air without the guest is due", () => {
  const missing = day([
    ["done", "10:00"],
    ["on-air", "10:10"],
  ]);
  assert.equal(seen(missing, "10:12"), "due");
});

test("a page whose guest is on air from another window is not on air", () => {
  assert.equal(seen(own(), "10:12", { ...ME, feeds: false }), "waiting ? -");
  assert.equal(seen(first(), "10:09:30", { ...ME, feeds: false }), "waiting 30 talk after welcome");
});

test("before Start it counts to the planned time, and an overdue Start says nothing of the second item", () => {
  const rows = (start: string, second: string) =>
    [
      ["next", start],
      ["coming", second],
    ] as [ItemStatus, string][];
  const before = { phase: "before", due_at: iso("10:00") } as const;
  assert.equal(seen(day(rows("10:00", "10:10"), before), "09:30"), "waiting 2400 talk after welcome");
  assert.equal(seen(day(rows("10:20", "10:30"), before), "10:20"), "waiting ? talk after welcome");
});

test("a first item of the guest's own is soon when Start is due, and unknown after ten minutes", () => {
  const mine = (now: string) => {
    const state = day([["next", now < "10:00" ? "10:00" : now]], { phase: "before", due_at: iso("10:00") });
    for (const one of state.items) one.source = "uchida";
    return seen(state, now);
  };
  assert.equal(mine("09:59"), "soon 60 welcome after nothing");
  assert.equal(mine("10:05"), "soon 0 welcome after nothing");
  assert.equal(mine("10:30"), "waiting ? welcome after nothing");
});

test("on hold between items nobody knows when, but the item on air still leads to the turn", () => {
  const held = { phase: "held", held: true } as const;
  const gap = day(
    [
      ["done", "10:00"],
      ["next", "10:30"],
    ],
    held,
  );
  assert.equal(seen(gap, "10:30"), "waiting ? talk after welcome");
  assert.equal(seen(first(held), "10:05"), "waiting 300 talk after welcome");
});

test("after the show it is over, also for a guest who was never on", () => {
  const ended = (was: ItemStatus) =>
    seen(
      day(
        [
          ["done", "10:00"],
          [was, "10:10"],
        ],
        { phase: "ended" },
      ),
      "11:00",
    );
  assert.equal(ended("done"), "thanks");
  assert.equal(ended("skipped"), "over");
});

test("a panel is closed when the turn comes, and one that was opened since stays open on air", () => {
  assert.equal(turnComes("waiting", "soon"), true);
  assert.equal(turnComes("thanks", "on-air"), true, "a moderator may take anybody at once");
  for (const [before, kind] of [
    ["soon", "on-air"],
    ["overtime", "on-air"],
    ["waiting", "due"],
    ["due", "on-air"],
    ["on-air", "waiting"],
  ] as const)
    assert.equal(turnComes(before, kind), false, `${before} to ${kind}`);
});

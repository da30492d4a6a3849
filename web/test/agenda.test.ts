import assert from "node:assert/strict";
import { test } from "node:test";
import { destinationOf, fromNowOn, hasPrevious, nextTurn, sourceName, tallyOf } from "../src/show/agenda";
import type { Welcome } from "../src/wire";
import { destination, item, show, source } from "./build";

const done = { status: "done" } as const;

test("the tally of a place is the most urgent of its sources' tallies", () => {
  const sources = { tokio: source("Tokio"), "tokio/lectern": source("Tokio · lectern", { tally: "next" }) };
  assert.equal(tallyOf(show([], {}, sources), ["tokio", "tokio/lectern"]), "next");
  assert.equal(tallyOf(show([], {}, sources), ["tokio"]), "off");
  assert.equal(tallyOf(show([], {}, sources), ["nobody"]), "off");
});

test("a seat is named by its booth", () => {
  const state = show([], {}, { tokio: source("Tokio") });
  state.event.booths = [{ id: "kabine", name: "Kabine 1", languages: ["de", "ja"], seats: 2 }];
  assert.equal(sourceName(state, "kabine/Sato", "Slate"), "Kabine 1 · Sato");
  assert.equal(sourceName(state, "tokio", "Slate"), "Tokio");
  assert.equal(sourceName(state, "slate", "Slate"), "Slate");
  assert.equal(sourceName(state, "gone", "Slate"), "gone");
});

test("a place's next turn is the next item to come that has one of its sources on screen", () => {
  const agenda = show([
    item("a", { source: "tokio", ...done }),
    item("b", { source: "krefeld", status: "on-air" }),
    item("c", { source: "tokio", status: "skipped" }),
    item("d", { source: "krefeld", with: ["tokio/lectern"], status: "next" }),
  ]);
  assert.equal(nextTurn(agenda, "tokio")?.id, "d");
  assert.equal(nextTurn(agenda, "berlin"), null);
});

test("a place finds its destination by its id, other pages by role and id", () => {
  const state = {
    ...show([]),
    destinations: { tokio: destination("Tokio"), "viewer:viewer": destination("Programme") },
  };
  const as = (role: Welcome["role"], id: string): Welcome => ({
    type: "welcome",
    rehearsal: false,
    now_ms: 0,
    speed: 1,
    session: "00",
    address: "",
    protocol: 1,
    boot: "",
    peer: "",
    role,
    id,
    name: "",
    read_only: false,
    sources: [],
    views: [],
    ice_servers: [],
  });
  assert.equal(destinationOf(state, as("venue", "tokio"))?.name, "Tokio");
  assert.equal(destinationOf(state, as("viewer", "viewer"))?.name, "Programme");
  assert.equal(destinationOf(state, as("guest", "uchida")), null);
});

test("the short agenda omits items that are done or skipped", () => {
  const agenda = show([item("a", done), item("b", { status: "skipped" }), item("c"), item("d"), item("e")]);
  assert.deepEqual(
    fromNowOn(agenda, 2).map(({ id }) => id),
    ["c", "d"],
  );
});

test("Back goes to an item that was not skipped, or nowhere", () => {
  const items = [item("a", { status: "skipped" }), item("b", done), item("c", { status: "on-air" })];
  assert.equal(hasPrevious(show(items, { item: "c", last: "c" })), true);
  assert.equal(hasPrevious(show(items, { item: "b", last: "b" })), false);
  const passed = [
    item("a", { status: "skipped", skipped_because: "passed" }),
    item("b", { status: "on-air" }),
  ];
  assert.equal(hasPrevious(show(passed, { item: "b", last: "b" })), true);
  assert.equal(hasPrevious(show(items, { last: null })), false);
  assert.equal(hasPrevious(show(items, { last: "b" })), true);
});

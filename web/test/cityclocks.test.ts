import assert from "node:assert/strict";
import { test } from "node:test";
import { cityClocks, homeOf } from "../src/show/stage/cityclocks";
import { driftAt } from "../src/show/stage/drift";
import { wall, weekdayElsewhere } from "../src/show/time";
import type { PlaceDoc, State } from "../src/wire";
import { show } from "./build";

const place = (id: string, timezone: string, kind: PlaceDoc["kind"] = "venue"): PlaceDoc => ({
  id,
  kind,
  name: id,
  note: "",
  timezone,
  language: "de",
  listen: null,
  contact: "",
  sources: [id],
});

function event(places: PlaceDoc[], host: string | null = "krefeld"): State {
  const state = show([]);
  return { ...state, event: { ...state.event, places, host } };
}

const HALLS = [
  place("tokio", "Asia/Tokyo"),
  place("krefeld", "Europe/Berlin"),
  place("berlin", "Europe/Berlin"),
];
const SUMMER = Date.parse("2018-09-15T10:00:00Z");

test("each city has a clock, the hall's own first; halls with the same time share one", () => {
  const state = event(HALLS);
  const names = (wanted: string | null) =>
    cityClocks(state, homeOf(state, wanted), SUMMER).map(({ name }) => name);
  assert.deepEqual(names(null), ["krefeld · berlin", "tokio"], "the host's");
  assert.deepEqual(names("berlin"), ["berlin · krefeld", "tokio"]);
  assert.deepEqual(names("tokio"), ["tokio", "krefeld · berlin"]);
  assert.deepEqual(names("nowhere"), ["krefeld · berlin", "tokio"]);
});

test("without a host the event's own time is first", () => {
  const names = (places: PlaceDoc[]) => cityClocks(event(places, null), null, SUMMER).map(({ name }) => name);
  assert.deepEqual(names(HALLS), ["krefeld · berlin", "tokio"]);
  assert.deepEqual(names([place("tokio", "Asia/Tokyo")]), ["Berlin", "tokio"], "where no hall has it");
});

test("guests have a clock only where no hall has their time, and many halls are counted", () => {
  const guests = [place("uchida", "Asia/Tokyo", "guest"), place("smith", "America/New_York", "guest")];
  const clocks = cityClocks(event([...HALLS, ...guests]), HALLS[1] ?? null, SUMMER);
  assert.deepEqual(
    clocks.map(({ name }) => name),
    ["krefeld · berlin", "tokio", "New York"],
  );
  const many = ["a", "b", "c", "d", "e"].map((id) => place(id, "Europe/Berlin"));
  assert.equal(cityClocks(event(many, "c"), many[2] ?? null, SUMMER)[0]?.name, "c · a · b +2");
});

test("two cities share a clock only while their clocks agree", () => {
  const both = [place("berlin", "Europe/Berlin"), place("tunis", "Africa/Tunis")];
  const count = (at: string) => cityClocks(event(both, "berlin"), both[0] ?? null, Date.parse(at)).length;
  // Tunis has no summer time. In Berlin it ended at 01:00 UTC.
  assert.deepEqual([count("2026-10-25T00:59:59Z"), count("2026-10-25T01:00:00Z")], [2, 1]);
});

test("a city where it is another day says which", () => {
  const evening = Date.parse("2018-09-15T15:30:00Z");
  const there = (zone: string, language: string) =>
    weekdayElsewhere(evening, zone, "Europe/Berlin", language);
  assert.equal(there("Asia/Tokyo", "de"), "So");
  assert.equal(there("Asia/Tokyo", "ja"), "日");
  assert.equal(there("America/New_York", "de"), null);
  assert.equal(wall(evening, "Asia/Tokyo"), "00:30");
});

test("what stands for days moves within hours to everywhere around its place, and never far", () => {
  const places = Array.from({ length: 322 }, (_, minute) => driftAt(minute * 60_000));
  assert.ok(places.every(({ x, y }) => Math.abs(x) <= 1 && Math.abs(y) <= 1));
  const span = (of: "x" | "y") =>
    Math.max(...places.map((p) => p[of])) - Math.min(...places.map((p) => p[of]));
  assert.ok(span("x") > 1.8 && span("y") > 1.8);
  assert.ok(new Set(places.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size > 80);
  assert.deepEqual(driftAt(59_999), driftAt(0), "once a minute");
  assert.notDeepEqual(driftAt(60_000), driftAt(0));
});

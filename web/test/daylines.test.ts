import assert from "node:assert/strict";
import { test } from "node:test";
import { dayLines, zoneChoices } from "../src/show/day/lines";
import type { ItemDoc, PlaceDoc, State } from "../src/wire";
import { item, show } from "./build";

const at = (iso: string) => ({ start: iso, end: null });

function planned(id: string, start: string, more: Partial<ItemDoc> = {}): ItemDoc {
  return item(id, { planned: at(start), expected: at(start), ...more });
}

const lines = (items: ItemDoc[], zone = "Europe/Berlin", language = "de") =>
  dayLines(show(items), zone, language).map(({ item: { id }, at: when, was, kind, date }) => ({
    id,
    at: when && new Date(when).toISOString().slice(11, 16),
    was: was && new Date(was).toISOString().slice(11, 16),
    kind,
    date,
  }));

test("a line that moved has the time it was planned for; one that moved within the minute has not", () => {
  const [on, late, slightly] = lines([
    planned("on", "2018-09-15T10:00:00+02:00", { status: "on-air", actual: at("2018-09-15T10:00:20+02:00") }),
    planned("late", "2018-09-15T10:10:00+02:00", {
      expected: at("2018-09-15T10:14:00+02:00"),
      status: "next",
    }),
    planned("slightly", "2018-09-15T10:20:00+02:00", { expected: at("2018-09-15T10:20:50+02:00") }),
  ]);
  assert.deepEqual([on?.kind, on?.at, on?.was], ["now", "08:00", null]);
  assert.deepEqual([late?.kind, late?.at, late?.was], ["next", "08:14", "08:10"]);
  assert.deepEqual([slightly?.kind, slightly?.was], ["coming", null]);
});

test("what was dropped since is told at its planned time, and what the file leaves out is not", () => {
  const found = lines([
    planned("dropped", "2018-09-15T10:00:00+02:00", {
      status: "skipped",
      skipped_because: "no-time",
      expected: at("2018-09-15T11:00:00+02:00"),
    }),
    planned("never", "2018-09-15T10:10:00+02:00", { status: "skipped", skipped_because: "file" }),
  ]);
  assert.deepEqual(
    found.map(({ id, at: when, was, kind }) => [id, when, was, kind]),
    [["dropped", "08:00", null, "cancelled"]],
  );
});

test("each day has its date once, by the reader's own calendar", () => {
  const items = [
    planned("noon", "2018-09-15T12:00:00+02:00"),
    planned("evening", "2018-09-15T16:30:00+02:00"),
    planned("night", "2018-09-15T17:30:00+02:00"),
  ];
  const dates = (zone: string, language: string) => lines(items, zone, language).map(({ date }) => date);
  assert.deepEqual(dates("Europe/Berlin", "de"), ["Samstag, 15. September 2018", null, null]);
  // In Tokio it is past midnight from 17:00 on.
  assert.deepEqual(dates("Asia/Tokyo", "ja"), ["2018年9月15日土曜日", null, "2018年9月16日日曜日"]);
});

test("an event that runs on another day than planned has no struck times", () => {
  const rerun = planned("one", "2018-09-15T10:00:00+02:00", { actual: at("2026-11-29T15:00:00+01:00") });
  assert.equal(lines([rerun])[0]?.was, null);
});

test("through the hour that repeats, times follow the clocks of each city", () => {
  const items = [
    planned("first", "2026-10-25T02:30:00+02:00"),
    planned("again", "2026-10-25T02:30:00+01:00", { expected: at("2026-10-25T03:30:00+01:00") }),
  ];
  assert.deepEqual(
    lines(items).map(({ at: when, was }) => [when, was]),
    [
      ["00:30", null],
      ["02:30", "01:30"],
    ],
  );
});

test("a reader chooses among the own time and those of the event's cities, each once", () => {
  const venue = (id: string, timezone: string): PlaceDoc => ({
    ...{ id, kind: "venue", name: id, note: "", timezone, language: "de", listen: null, contact: "" },
    sources: [id],
  });
  const state: State = show([planned("one", "2018-09-15T10:00:00+02:00")]);
  state.event.places = [venue("krefeld", "Europe/Berlin"), venue("tokio", "Asia/Tokyo")];
  const names = (own: string) =>
    zoneChoices(state, own, "here").map(({ name, isOwn }) => (isOwn ? `${name}!` : name));
  assert.deepEqual(names("America/New_York"), ["here!", "krefeld", "tokio"]);
  assert.deepEqual(names("Asia/Tokyo"), ["tokio!", "krefeld"]);
  assert.deepEqual(names("Europe/Paris"), ["krefeld!", "tokio"], "another name for the same time");
});

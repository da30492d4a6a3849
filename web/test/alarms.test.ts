import assert from "node:assert/strict";
import { test } from "node:test";
import { alarms, missing } from "../src/show/alarms";
import { deviceFaults } from "../src/show/devices";
import type { SourceDoc, State } from "../src/wire";
import { item, show, source } from "./build";

type Program = Partial<State["program"]>;

const silent = { state: "stalled", why: "silent" } as const;

/** Krefeld and Tokio are on air, Berlin is next; `more` overrides sources by id. */
function state(
  more: Record<string, Partial<SourceDoc>>,
  program: Program = {},
  taken: string | null = null,
): State {
  const items = [
    item("a", { source: "krefeld", with: ["tokio"], status: "on-air" }),
    item("b", { source: "berlin", status: "next" }),
  ];
  const names = ["krefeld", "tokio", "berlin", "uchida"];
  const sources = Object.fromEntries(names.map((name) => [name, source(name, more[name])]));
  const made = show(items, { item: "a", last: "a", next: "b", taken }, sources);
  return { ...made, program: { ...made.program, source: "krefeld", with: ["tokio"], ...program } };
}

function raised(of: State): string[] {
  return alarms(of, new Map()).map(({ source: id, where }) => `${id} ${where}`);
}

test("there is no alarm while all sources that matter are live", () => {
  assert.deepEqual(raised(state({ uchida: { state: "absent", why: "left" } })), []);
});

test("a source missing on air comes before one missing next", () => {
  const found = raised(state({ berlin: { state: "absent", why: null }, tokio: silent }));
  assert.deepEqual(found, ["tokio on-air", "berlin next"]);
});

test("a source with a stand-in is still missing, and so is a stand-in that fails", () => {
  const standIn: Program = { source: "uchida", with: [], reason: "fallback" };
  assert.deepEqual(raised(state({ krefeld: silent }, standIn)), ["krefeld on-air"]);
  assert.deepEqual(raised(state({ krefeld: silent, uchida: silent }, standIn)), [
    "krefeld on-air",
    "uchida on-air",
  ]);
});

test("during a manual take only the taken source counts as on air", () => {
  const taken: Program = { source: "uchida", with: [], reason: "take" };
  assert.deepEqual(raised(state({ krefeld: silent }, taken, "uchida")), []);
  assert.deepEqual(raised(state({ uchida: silent }, taken, "uchida")), ["uchida on-air"]);
});

test("a taken source that failed is still missing while another stands in", () => {
  const standIn: Program = { source: "krefeld", with: [], reason: "fallback" };
  assert.deepEqual(raised(state({ uchida: silent, tokio: silent }, standIn, "uchida")), ["uchida on-air"]);
});

test("an open microphone that is not heard is missing on air; a source marked as next is missing there", () => {
  assert.deepEqual(raised(state({ uchida: { ...silent, mic: true } })), ["uchida on-air"]);
  assert.deepEqual(raised(state({ uchida: { ...silent, tally: "next" } })), ["uchida next"]);
});

test("the slate is never missing, and nothing is after the end", () => {
  const slate: Program = { source: "slate", with: [], reason: "take" };
  assert.deepEqual(raised(state({ krefeld: silent }, slate, "slate")), []);
  const over = state({ krefeld: silent });
  assert.deepEqual(raised({ ...over, show: { ...over.show, phase: "ended" } }), []);
});

test("the time since which a source is missing is known only if the page saw it happen", () => {
  const before = missing(null, state({ berlin: silent }), 1000);
  const after = missing(before, state({ berlin: silent, tokio: silent }), 2000);
  const later = missing(after, state({ berlin: silent, tokio: { state: "absent", why: "left" } }), 3000);
  assert.deepEqual([later.get("berlin"), later.get("tokio")], [null, 2000]);
  const [alarm] = alarms(state({ tokio: silent }), later);
  assert.equal(alarm?.since, 2000);
  const back = missing(later, state({}), 4000);
  assert.equal(missing(back, state({ tokio: silent }), 5000).get("tokio"), 5000);
});

test("a missing or stand-in device raises an alarm on air and next, and is named", () => {
  const devices = {
    camera: "stand-in",
    microphone: "works",
    muted: false,
    sound: null,
    limit: null,
    reduced: null,
  } as const;
  const lost = {
    camera: "works",
    microphone: "lost",
    muted: false,
    sound: null,
    limit: null,
    reduced: null,
  } as const;
  assert.deepEqual(raised(state({ krefeld: { devices }, berlin: { devices: lost }, uchida: { devices } })), [
    "krefeld on-air",
    "berlin next",
  ]);
  assert.deepEqual(deviceFaults(source("Krefeld", { devices })), [{ kind: "camera", status: "stand-in" }]);
  assert.deepEqual(deviceFaults(source("Krefeld")), []);
});

test("a muted source raises an alarm once the show has opened its microphone", () => {
  const devices = {
    camera: "works",
    microphone: "works",
    muted: true,
    sound: null,
    limit: null,
    reduced: null,
  } as const;
  assert.deepEqual(raised(state({ krefeld: { devices, mic: false } })), []);
  assert.deepEqual(raised(state({ krefeld: { devices, mic: true } })), ["krefeld on-air"]);
});

test("a device that is not wanted, or is still opening, raises no alarm", () => {
  const devices = {
    camera: "none",
    microphone: "opening",
    muted: false,
    sound: null,
    limit: null,
    reduced: null,
  } as const;
  assert.deepEqual(raised(state({ krefeld: { devices } })), []);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { micOf, reasonOf } from "../src/show/light";
import type { DevicesDoc, SourceDoc, State } from "../src/wire";
import { item, show, source } from "./build";

const WORKS: DevicesDoc = {
  camera: "works",
  microphone: "works",
  muted: false,
  sound: null,
  limit: null,
  reduced: null,
};
const NOTHING: DevicesDoc = {
  camera: "none",
  microphone: "missing",
  muted: false,
  sound: null,
  limit: null,
  reduced: null,
};
const LECTERN = item("talk", { source: "tokio/lectern", with: ["uchida"], status: "on-air" });

/** "Talk" is on air: the lectern, with a guest as second picture. */
function running(program: Partial<State["program"]>, sources: State["sources"], taken: string | null = null) {
  const state = show([LECTERN], { item: "talk", taken }, sources);
  return { ...state, program: { ...state.program, ...program } };
}

const ON_AIR = source("Krefeld", { tally: "on-air" });
const GONE = source("Tokio · lectern", { state: "absent", why: "left" });

test("a tally by the agenda has no reason", () => {
  const lit = { krefeld: ON_AIR, berlin: source("Berlin", { tally: "next" }) };
  const state = running({ source: "krefeld", reason: "agenda" }, lit);
  assert.equal(reasonOf(state, "krefeld", WORKS), null);
  assert.equal(reasonOf(state, "berlin", WORKS), null);
  assert.equal(reasonOf(state, "nobody", WORKS), null);
});

test("a stand-in names the source that it replaces", () => {
  const state = running(
    { source: "krefeld", reason: "fallback" },
    { krefeld: ON_AIR, "tokio/lectern": GONE },
  );
  assert.deepEqual(reasonOf(state, "krefeld", WORKS), { kind: "stand-in", of: "tokio/lectern" });
});

test("a stand-in for a taken source names it only where that is known", () => {
  const lit = { krefeld: ON_AIR, "tokio/lectern": source("Tokio · lectern") };
  const program = { source: "krefeld", reason: "fallback" } as const;
  assert.deepEqual(reasonOf(running(program, lit, "uchida"), "krefeld", null), {
    kind: "stand-in",
    of: "uchida",
  });
  assert.deepEqual(reasonOf(running(program, lit), "krefeld", WORKS), { kind: "stand-in", of: null });
});

test("a source on air by take or voice has that reason, a second picture has none", () => {
  const lit = { krefeld: ON_AIR, uchida: source("Uchida", { tally: "on-air" }) };
  const by = (reason: "take" | "voice") => running({ source: "krefeld", with: ["uchida"], reason }, lit);
  assert.deepEqual(reasonOf(by("take"), "krefeld", WORKS), { kind: "take" });
  assert.deepEqual(reasonOf(by("voice"), "krefeld", WORKS), { kind: "voice" });
  assert.equal(reasonOf(by("voice"), "uchida", WORKS), null);
});

test("a source in preview is marked", () => {
  const state = show([], {}, { berlin: source("Berlin", { tally: "preview" }) });
  assert.deepEqual(reasonOf(state, "berlin", WORKS), { kind: "marked" });
});

test("a source due on air but not on air has the obstacle as its reason", () => {
  const why = (guest: Partial<SourceDoc>, devices: DevicesDoc | null, reason: State["program"]["reason"]) =>
    reasonOf(running({ source: "krefeld", reason }, { uchida: source("Uchida", guest) }), "uchida", devices);
  const absent = { state: "connecting", why: "joined" } as const;
  assert.deepEqual(why(absent, NOTHING, "fallback"), { kind: "due", why: "no-devices" });
  assert.deepEqual(why(absent, { ...NOTHING, microphone: "stand-in" }, "fallback"), {
    kind: "due",
    why: "not-arriving",
  });
  assert.deepEqual(why(absent, null, "fallback"), { kind: "due", why: "not-arriving" });
  assert.deepEqual(why({}, WORKS, "fallback"), { kind: "due", why: "soon" });
  assert.deepEqual(why({}, WORKS, "take"), { kind: "due", why: "take" });
});

test("a source that is not in the item on air is not due", () => {
  const state = running({ source: "krefeld", reason: "fallback" }, { berlin: source("Berlin") });
  assert.equal(reasonOf(state, "berlin", WORKS), null);
});

test("a microphone is open only if the show opens it, it exists, is not muted, and arrives", () => {
  const open = source("Uchida", { mic: true });
  const cases: [SourceDoc, DevicesDoc | null, ReturnType<typeof micOf>][] = [
    [source("Uchida"), WORKS, "closed"],
    [open, WORKS, "open"],
    [open, null, "open"],
    [open, { ...WORKS, microphone: "stand-in" }, "open"],
    [open, { ...WORKS, muted: true, sound: null, limit: null, reduced: null }, "muted"],
    [open, { ...WORKS, microphone: "interrupted" }, "interrupted"],
    [open, { ...NOTHING, muted: true, sound: null, limit: null, reduced: null }, "no-microphone"],
    [open, { ...WORKS, microphone: "hung" }, "no-microphone"],
    [{ ...open, state: "stalled", why: "silent" }, WORKS, "not-arriving"],
    [{ ...open, state: "stalled", why: "no-keyframe" }, WORKS, "open"],
    [{ ...open, state: "absent", why: "left" }, null, "not-arriving"],
  ];
  for (const [at, devices, mic] of cases)
    assert.equal(micOf(at, devices), mic, JSON.stringify([at, devices]));
  assert.equal(micOf(undefined, WORKS), "closed");
});

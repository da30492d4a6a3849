import assert from "node:assert/strict";
import { test } from "node:test";
import {
  INFO_ON_STAGE_MS,
  isMicOpen,
  messageKey,
  messagesFor,
  messagesOnStage,
  shownMessages,
  sounds,
} from "../src/show/messages";
import type { MessageDoc, Role, State } from "../src/wire";
import { show, source } from "./build";

function said(text: string, minute: number): MessageDoc {
  return {
    id: text,
    preset: null,
    seen: {},
    unread: [],
    text,
    level: "info",
    at: `2018-09-15T10:0${minute}:00+02:00`,
  };
}

const STATE: State = {
  ...show([]),
  messages: { tokio: said("Louder", 1), all: said("Five minutes", 3), uchida: said("Welcome", 2) },
};

function texts(role: Role, id: string): string[] {
  return messagesFor(STATE, role, id).map((note) => note.text);
}

test("halls and guests see messages to them and to all, the latest first", () => {
  assert.deepEqual(texts("venue", "tokio"), ["Five minutes", "Louder"]);
  assert.deepEqual(texts("guest", "uchida"), ["Five minutes", "Welcome"]);
  assert.deepEqual(texts("venue", "berlin"), ["Five minutes"]);
});

test("a stage display sees messages to all, and viewers see none", () => {
  assert.deepEqual(texts("stage", "stage"), ["Five minutes"]);
  assert.deepEqual(texts("viewer", "viewer"), []);
  assert.deepEqual(texts("moderator", "moderator"), []);
});

test("a stage display with the id of a hall does not see the hall's messages", () => {
  assert.deepEqual(texts("stage", "tokio"), ["Five minutes"]);
});

test("the desk lists all messages by time, also when clocks are set back", () => {
  const night: State = {
    ...STATE,
    messages: {
      all: { ...said("later", 0), at: "2018-10-28T02:10:00+01:00" },
      tokio: { ...said("earlier", 0), at: "2018-10-28T02:50:00+02:00" },
    },
  };
  assert.deepEqual(
    shownMessages(night).map((note) => note.text),
    ["later", "earlier"],
  );
});

test("the same text sent again is another message, shown although the first was closed", () => {
  const note = { to: "tokio", ...said("Louder", 1) };
  assert.equal(messageKey({ ...note }), messageKey(note));
  assert.notEqual(messageKey({ ...note, ...said("Louder", 2) }), messageKey(note));
  assert.notEqual(messageKey({ ...note, to: "all" }), messageKey(note));
});

test("a booth sees messages to all booths, and no other role does", () => {
  const state: State = { ...show([]), messages: { booths: said("English from now on", 1) } };
  const seen = (role: Role, id: string) => messagesFor(state, role, id).length;
  assert.deepEqual(
    [seen("interpreter", "kabine"), seen("venue", "tokio"), seen("guest", "uchida"), seen("stage", "stage")],
    [1, 0, 0, 0],
  );
});

test("a stage display shows an info for half a minute, and what is urgent until it is removed", () => {
  const state: State = { ...show([]), messages: { all: said("Lunch", 1), stage: said("Wrap up", 2) } };
  const at = Date.parse(said("", 2).at);
  const on = (now: number) =>
    messagesOnStage(state, { role: "stage", id: "krefeld" }, now).map((note) => note.text);
  assert.deepEqual(on(at), ["Wrap up"]);
  assert.deepEqual(on(at + INFO_ON_STAGE_MS - 1), ["Wrap up"]);
  assert.deepEqual(on(at + INFO_ON_STAGE_MS), []);
  state.messages.stage = { ...said("Wrap up", 2), level: "urgent" };
  assert.deepEqual(on(at + 10 * INFO_ON_STAGE_MS), ["Wrap up"]);
});

test("beside an open microphone only an urgent message sounds; a hall hears all in its headphones", () => {
  const note = (level: MessageDoc["level"]) => ({ to: "all", ...said("Louder", 1), level });
  const guest = { role: "guest" as const, id: "uchida" };
  for (const level of ["info", "warn", "urgent"] as const) {
    assert.equal(sounds(note(level), guest, false), true);
    assert.equal(sounds(note(level), guest, true), level === "urgent");
    assert.equal(sounds(note(level), { role: "venue", id: "tokio" }, true), true);
  }
});

test("a microphone is open by the show, or since its seat is switched on", () => {
  const state = show([]);
  state.sources = { uchida: source("Miki Uchida", { mic: true }), tokio: source("Tokio") };
  const seat = { state: "live" as const, since: null, sound: null };
  state.booths = {
    kabine: {
      to: null,
      output: null,
      relay: null,
      asks: null,
      handover_ends: null,
      seats: { Anna: { ...seat, open: true }, Ben: { ...seat, open: false } },
    },
  };
  const open = ["uchida", "tokio", "kabine/Anna", "kabine/Ben", ""].map((id) => isMicOpen(state, id));
  assert.deepEqual(open, [true, false, true, false, false]);
});

test("a stage display shows what is said to the speaker while its own hall is on air", () => {
  const state: State = { ...show([]), messages: { speaker: said("Louder", 1) } };
  state.program = { ...state.program, source: "tokio/lectern", with: ["uchida"] };
  const on = (id: string) => messagesFor(state, "stage", id).length;
  assert.deepEqual([on("tokio"), on("krefeld"), on("uchida")], [1, 0, 1]);
  assert.equal(on(""), 1, "the server sends it only while a hall is on air");
});

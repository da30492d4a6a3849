import assert from "node:assert/strict";
import { test } from "node:test";
import { messageKey, messagesFor, shownMessages } from "../src/show/messages";
import type { MessageDoc, Role, State } from "../src/wire";
import { show } from "./build";

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

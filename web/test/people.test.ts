import assert from "node:assert/strict";
import { test } from "node:test";
import { actionWords, deskName, did, personName, whose } from "../src/pages/desk/people/words";
import { de } from "../src/texts/de";
import { en } from "../src/texts/en";
import { ja } from "../src/texts/ja";
import { action, item, show, source } from "./build";

const state = show([item("a", { title: "Grußwort" })], {}, { tokio: source("Tokio") });

test("a person without a name is called by the desk, and a script a program", () => {
  assert.equal(personName("Anna", 1, en), "Anna");
  assert.equal(personName("", 2, en), "Desk 2");
  assert.equal(personName("", "2", de), "Regieplatz 2");
  assert.equal(personName("", null, ja), ja.people.program);
  const desk = { number: 1, name: "Anna", since: "", read_only: false, editing: null };
  assert.equal(deskName(desk, en), "Anna");
  assert.equal(deskName({ ...desk, number: null, name: "", read_only: true }, en), en.people.onlooker);
});

test("an action says what it was about", () => {
  const words = (command: string, about = {}) => actionWords(action(command, about), state, en);
  assert.equal(words("extend", { seconds: 300 }), "+5 min");
  assert.equal(words("extend", { seconds: -60 }), "−1 min");
  assert.equal(words("delay", { item: "a", seconds: 300 }), "Grußwort: +5 min");
  assert.equal(words("goto", { item: "a" }), "Go to: Grußwort");
  assert.equal(words("skip", { item: "gone" }), "Skip: gone");
  assert.equal(words("take", { source: "tokio" }), "Take: Tokio");
  assert.equal(words("mic", { source: "tokio", open: false }), "Tokio: microphone closed");
  assert.equal(words("message", { to: "stage" }), `Message: ${en.recipients.stage}`);
  assert.equal(words("hold"), "Hold");
  assert.equal(words("of-a-newer-server"), "of-a-newer-server");
  assert.equal(words("extend", { seconds: 300, undo: true }), "Undo: +5 min");
});

test("it says whose it was and when, in the event's time", () => {
  const five = action("extend", { seconds: 300 });
  assert.equal(whose(five, state, en), "+5 min, Anna 10:21");
  assert.equal(did(five, state, en), "Anna · +5 min · 10:21");
  assert.equal(did({ ...five, name: "" }, state, de), "Regieplatz 1 · +5 min · 10:21");
});

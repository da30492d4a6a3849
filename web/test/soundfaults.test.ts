import assert from "node:assert/strict";
import { test } from "node:test";
import { shownFault, soundFault } from "../src/show/soundfaults";
import type { SourceDoc, State } from "../src/wire";
import { show, source } from "./build";

const HALL = { id: "krefeld", kind: "venue" } as State["event"]["places"][number];
const GUEST = { id: "uchida", kind: "guest" } as State["event"]["places"][number];

function withSound(sound: NonNullable<SourceDoc["devices"]>["sound"], mic: boolean): SourceDoc {
  return source("S", {
    mic,
    devices: { camera: "works", microphone: "works", muted: false, sound, limit: null, reduced: null },
  });
}

test("a hall's sound is judged while its microphone is open, a guest's before as well", () => {
  const state = show([]);
  state.event.places = [HALL, GUEST];
  const fault = (id: string, sound: "hum" | "no-sound", mic: boolean) =>
    soundFault(state, id, withSound(sound, mic));
  assert.equal(fault("krefeld/main", "hum", true), "hum");
  assert.equal(fault("krefeld/main", "hum", false), null);
  assert.equal(fault("uchida", "hum", false), "hum");
});

test("missing sound counts once the microphone is open, or is being checked", () => {
  for (const isHall of [true, false]) {
    assert.equal(shownFault("no-sound", false, isHall), null);
    assert.equal(shownFault("no-sound", true, isHall), "no-sound");
  }
});

test("good sound, and sound that nobody has measured, is no fault", () => {
  assert.equal(shownFault("good", true, true), null);
  assert.equal(soundFault(show([]), "krefeld", source("S", { mic: true })), null);
});

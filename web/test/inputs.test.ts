import assert from "node:assert/strict";
import { test } from "node:test";
import { InputChoices } from "../src/media/inputs/choice";
import { type InputFacts, noteOf, phaseOf } from "../src/media/inputs/phase";
import { displayOptions, Screen } from "../src/media/inputs/screen";
import { INPUT_LINES, screenEncodings } from "../src/media/mlines";
import { settled } from "./browser";

const OFF: InputFacts = {
  kind: "screen",
  started: false,
  running: false,
  screen: "off",
  isSilent: false,
  camera: "opening",
  conflict: null,
  connected: false,
  canShare: true,
};
const SENT: InputFacts = { ...OFF, started: true, running: true, screen: "works", connected: true };

function both(facts: InputFacts): [string, string | null] {
  return [phaseOf(facts), noteOf(facts)];
}

test("a screen is shared again by a person after a reload", () => {
  assert.deepEqual(both(OFF), ["off", null]);
  assert.deepEqual(both({ ...OFF, started: true }), ["again", "askAgain"]);
});

test("a screen that was ended outside of the page is a fault, and one that was not chosen is none", () => {
  assert.deepEqual(both({ ...OFF, started: true, screen: "ended" }), ["faulty", "ended"]);
  assert.deepEqual(both({ ...OFF, screen: "refused" }), ["off", "refused"]);
});

test("a shared screen is sent once it is connected, and a minimised window is a fault", () => {
  assert.deepEqual(both({ ...SENT, connected: false }), ["opening", null]);
  assert.deepEqual(both(SENT), ["sending", null]);
  assert.deepEqual(both({ ...SENT, screen: "paused" }), ["faulty", "paused"]);
  assert.deepEqual(both({ ...SENT, isSilent: true }), ["sending", "silent"]);
});

test("a browser that cannot share a screen says so, and still sends a camera", () => {
  assert.deepEqual(both({ ...OFF, canShare: false }), ["off", "unsupported"]);
  const camera: InputFacts = { ...SENT, kind: "camera", camera: "works", canShare: false };
  assert.deepEqual(both(camera), ["sending", null]);
  assert.deepEqual(both({ ...camera, camera: "lost" }), ["faulty", null]);
});

test("what another page sends is said", () => {
  assert.deepEqual(both({ ...OFF, started: true, conflict: "replaced" }), ["off", "replaced"]);
  assert.deepEqual(both({ ...SENT, conflict: "waiting" }), ["faulty", "waiting"]);
});

test("the sound of the whole computer is offered only without that of the page itself", () => {
  const { audio, systemAudio } = displayOptions(true, true);
  assert.equal((audio as Record<string, unknown>).restrictOwnAudio, true);
  assert.equal(systemAudio, "include");
  assert.equal(displayOptions(true, false).systemAudio, "exclude");
  assert.equal(displayOptions(false, true).audio, false);
});

test("an input sends picture and sound and receives nothing, and a screen is sent without the middle layer", () => {
  assert.deepEqual(
    INPUT_LINES.map(({ kind, sent }) => [kind, sent]),
    [
      ["video", "camera"],
      ["audio", "microphone"],
    ],
  );
  assert.deepEqual(
    screenEncodings().map(({ rid }) => rid),
    ["l", "h"],
  );
});

test("the choice of each input is kept, and a damaged store is an empty one", () => {
  const stored = new Map([["key", "{"]]);
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  } as unknown as Storage;
  const choices = new InputChoices(storage, "key");
  const fresh = choices.of("tokio/slides");
  assert.equal(fresh.started, false);
  choices.remember("tokio/slides", { ...fresh, started: true });
  choices.remember("tokio/lectern", { ...fresh, kind: "camera" });
  assert.equal(choices.of("tokio/slides").started, true);
  assert.equal(choices.of("tokio/lectern").kind, "camera");
});

class FakeTrack {
  muted = false;
  stopped = false;
  contentHint = "";
  onended: (() => void) | null = null;
  stop(): void {
    this.stopped = true;
  }
}

function displays(track: FakeTrack): MediaDevices {
  const stream = { getVideoTracks: () => [track], getAudioTracks: () => [], getTracks: () => [track] };
  return { getDisplayMedia: async () => stream } as unknown as MediaDevices;
}

test("a screen is sent sharp, and the page is told when it was ended elsewhere", async () => {
  const track = new FakeTrack();
  let ended = 0;
  const screen = new Screen(displays(track), () => ++ended);
  assert.equal(await screen.share(false), true);
  assert.deepEqual([track.contentHint, screen.status.value], ["detail", "works"]);
  track.onended?.();
  assert.deepEqual([ended, screen.status.value, screen.track.value], [1, "ended", null]);
});

test("a screen that is chosen after Stop was pressed is closed", async () => {
  const track = new FakeTrack();
  const screen = new Screen(displays(track), () => undefined);
  const sharing = screen.share(false);
  screen.stop();
  assert.equal(await sharing, false);
  await settled();
  assert.deepEqual([track.stopped, screen.track.value], [true, null]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { state } from "../src/link/session";
import type { Call, JoinOptions } from "../src/media/call";
import { Devices, LIST_INTERVAL_MS } from "../src/media/devices";
import { InputChoices } from "../src/media/inputs/choice";
import { FurtherInput } from "../src/media/inputs/furtherinput";
import { FurtherInputs } from "../src/media/inputs/furtherinputs";
import { type InputFacts, needsPerson, noteOf, phaseOf } from "../src/media/inputs/phase";
import { displayOptions, Screen } from "../src/media/inputs/screen";
import { INPUT_LINES, screenEncodings } from "../src/media/mlines";
import type { PlaceDoc, Welcome } from "../src/wire";
import { camera, FakeBrowser, settled } from "./browser";
import { show } from "./build";

const OFF: InputFacts = {
  kind: "screen",
  started: false,
  running: false,
  screen: "off",
  isSilent: false,
  hasCamera: true,
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
  assert.deepEqual((["off", "opening", "sending", "again", "faulty"] as const).filter(needsPerson), [
    "again",
    "faulty",
  ]);
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

test("a camera that is not chosen yet is asked for", () => {
  const camera: InputFacts = { ...OFF, kind: "camera", hasCamera: false };
  assert.deepEqual(both(camera), ["off", "chooseCamera"]);
  assert.deepEqual(both({ ...camera, hasCamera: true }), ["off", null]);
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

function stored(value: string): Storage {
  const kept = new Map([["key", value]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  } as unknown as Storage;
}

test("the choice of each input is kept, and a damaged store is an empty one", () => {
  const storage = stored("{");
  const choices = new InputChoices(storage, "key");
  const fresh = choices.of("tokio/slides");
  assert.equal(fresh.started, false);
  choices.remember("tokio/slides", { ...fresh, started: true });
  choices.remember("tokio/lectern", { ...fresh, kind: "camera", soundDelay: 80 });
  assert.equal(choices.of("tokio/slides").started, true);
  assert.equal(choices.of("tokio/lectern").kind, "camera");
  assert.deepEqual([fresh.soundDelay, choices.of("tokio/lectern").soundDelay], [0, 80]);
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

/** An input of a page that has joined, and what its connection was told to do. */
function further(track: FakeTrack, online = true, storage?: Storage) {
  const done: string[] = [];
  const withdrawn: string[] = [];
  const phase = signal("idle");
  const call = {
    phase,
    path: { check: signal({ path: null }), limit: signal(null) },
    problem: signal(null),
    join: ({ source, input }: JoinOptions) => {
      if (online) phase.value = "connected";
      done.push(`join ${source} ${input}`);
    },
    end: () => {
      phase.value = "idle";
      done.push("end");
    },
    close: () => undefined,
    send: async () => undefined,
    sendStereo: () => undefined,
    sendCodec: async () => undefined,
    sendReduced: async () => undefined,
  } as unknown as Call;
  const input = new FurtherInput("tokio/slides", call, {
    browser: { media: displays(track), isIos: false, userAgent: "" },
    devices: { list: async () => undefined } as unknown as Devices,
    choices: new InputChoices(storage, "key"),
    constraints: () => ({}),
    permitted: async () => undefined,
    withdraw: (source) => void withdrawn.push(source),
    joined: signal(true),
    reduced: signal(null),
  });
  return { input, done, withdrawn };
}

test("a camera has no sound of what is shared", () => {
  const { input } = further(new FakeTrack());
  input.choose({ sound: "screen" });
  input.choose({ kind: "camera" });
  assert.equal(input.choice.value.sound, "none");
});

test("the sound of a camera's microphone is delayed, and that of a shared screen is not", () => {
  const { input } = further(new FakeTrack());
  const mixer = { id: "mixer", label: "Mixer" };
  input.choose({ kind: "camera", sound: mixer, soundDelay: 120 });
  assert.equal(input.soundDelay.value, 120);
  input.choose({ sound: "none" });
  assert.equal(input.soundDelay.value, 0);
  input.choose({ kind: "screen", sound: mixer });
  assert.equal(input.soundDelay.value, 0);
  assert.equal(input.choice.value.soundDelay, 120, "it is back with the camera");
});

test("an input that waits for another page offers again after a new session, as the server may have forgotten it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { input, done } = further(new FakeTrack());
  await input.start();
  input.conflict.value = "waiting";
  assert.equal(done.at(-1), "end");
  input.welcomed();
  assert.equal(done.at(-1), "end", "the page that sends comes first");
  t.mock.timers.tick(3_000);
  assert.deepEqual([input.conflict.value, done.at(-1)], [null, "join tokio/slides screen"]);
});

test("an input that is ended while it waits does not wait any more, nor does the server keep its turn", async () => {
  const track = new FakeTrack();
  for (const end of ["stop", "ended"]) {
    const { input, withdrawn } = further(track);
    await input.start();
    input.conflict.value = "waiting";
    assert.deepEqual(withdrawn, []);
    if (end === "stop") input.stop();
    else track.onended?.();
    assert.deepEqual([input.running.value, input.conflict.value], [false, null]);
    assert.deepEqual(withdrawn, ["tokio/slides"], end);
  }
});

test("two windows share their choices, and Stop in the one that sends does not start the other", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const storage = stored("{}");
  const [one, two] = [further(new FakeTrack(), true, storage), further(new FakeTrack(), true, storage)];
  const [first, second] = [
    { id: "first", label: "First" },
    { id: "second", label: "Second" },
  ];
  one.input.choose({ kind: "camera", camera: first });
  await one.input.start();
  two.input.adopt();
  assert.deepEqual(two.input.choice.value.camera, first);
  two.input.choose({ camera: second });
  one.input.adopt();
  assert.deepEqual(one.input.choice.value.camera, first, "it is being sent");
  await two.input.start();
  one.input.admission("replaced");
  t.mock.timers.tick(2_500);
  assert.deepEqual(one.input.choice.value.camera, second);
  two.input.stop();
  one.input.admission("admitted");
  await settled();
  assert.equal(one.input.running.value, false);
});

test("a screen that is chosen after the page was closed for good is closed too", async () => {
  const track = new FakeTrack();
  const { input } = further(track);
  const starting = input.start();
  input.close();
  await starting;
  assert.deepEqual([track.stopped, input.running.value], [true, false]);
});

test("a shared screen has a connection for as long as it is shared", async () => {
  const track = new FakeTrack();
  const { input, done } = further(track);
  await input.start();
  assert.deepEqual(done, ["join tokio/slides screen"]);
  track.onended?.();
  assert.deepEqual(done, ["join tokio/slides screen", "end"]);
  assert.equal(input.choice.value.started, true, "it can be shared again by one press");
  await input.start();
  input.stop();
  assert.equal(done.length, 4);
  assert.deepEqual([track.stopped, input.choice.value.started], [true, false]);
});

test("an input that is stopped while the server is away is not sent when it is back", async () => {
  const { input, done } = further(new FakeTrack(), false);
  await input.start();
  input.stop();
  assert.deepEqual(done, ["join tokio/slides screen", "end"]);
});

test("an input that another page sends now sends on until the server has changed over", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const track = new FakeTrack();
  const { input, done } = further(track);
  await input.start();
  input.admission("replaced");
  assert.deepEqual([input.running.value, track.stopped, done.length], [false, false, 1]);
  t.mock.timers.tick(2_500);
  assert.deepEqual([track.stopped, done.at(-1)], [true, "end"]);
});

test("a camera is sent again by itself when the other page has left, and a screen after a press", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const kind of ["camera", "screen"] as const) {
    const { input, done } = further(new FakeTrack());
    input.choose({ kind, camera: { id: "one", label: "Document camera" } });
    await input.start();
    input.admission("replaced");
    t.mock.timers.tick(2_500);
    input.admission("admitted");
    await settled();
    assert.equal(done.at(-1), kind === "camera" ? "join tokio/slides camera" : "end");
  }
});

test("a further camera that is plugged in again without an event comes back by itself", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  Object.assign(globalThis, { addEventListener: () => {} });
  // Node.js has one from version 21 on.
  if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: {} });
  const [main, second] = [camera("main", "Hall camera"), camera("second", "Document camera")];
  const browser = new FakeBrowser(main, second);
  const tokio = { id: "tokio", sources: ["tokio", "tokio/slides"] } as PlaceDoc;
  const before = state.value;
  const event = show([]);
  state.value = { ...event, event: { ...event.event, places: [tokio] } };
  const devices = new Devices(browser, { key: "key", isGuest: false });
  const welcome = { role: "venue", id: "tokio" } as Welcome;
  const inputs = new FurtherInputs(welcome, browser, devices, signal("tokio"), signal(true), signal(null));
  await devices.choose({ camera: { id: "main", label: main.label }, microphone: { id: "none", label: "" } });
  await devices.open();
  const [input] = inputs.list.value;
  assert.ok(input);
  input.choose({ kind: "camera", camera: { id: "second", label: second.label } });
  await input.start();
  await settled();
  assert.equal(input.camera.status.value, "works");
  await browser.unplug("second", { tells: false });
  assert.equal(input.camera.status.value, "lost");
  await browser.plug(second, { tells: false });
  t.mock.timers.tick(LIST_INTERVAL_MS);
  await settled();
  assert.deepEqual([devices.camera.status.value, input.camera.status.value], ["works", "works"]);
  input.stop();
  state.value = before;
});

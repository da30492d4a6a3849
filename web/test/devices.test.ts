import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Devices, LIST_INTERVAL_MS } from "../src/media/devices";
import { OPEN_TIMEOUT_MS } from "../src/media/opening";
import { camera, FakeBrowser, type FakeTrack, microphone, type Plugged, settled, speaker } from "./browser";

const laptop = camera("laptop", "Laptop camera");
const card = camera("card", "Capture card");
const mixer = microphone("mixer", "Mixer");
const builtIn = microphone("built-in", "Built-in microphone");
const headset = microphone("headset", "Headset");
const pick = ({ deviceId: id, label }: Plugged) => ({ id, label });

interface Begin {
  isGuest?: boolean;
  chosen?: Record<string, unknown>;
}

/** Devices in `browser`, on a clock that the test owns. */
function devicesIn(
  t: TestContext,
  browser: FakeBrowser,
  { isGuest = false, chosen = {} }: Begin = {},
): Devices {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  browser.kept.set("key", JSON.stringify(chosen));
  return new Devices(browser, { key: "key", isGuest });
}

const states = ({ camera, microphone }: Devices) => [camera.status.value, microphone.status.value];
const inUse = (devices: Devices, kind: "camera" | "microphone") => devices.tracks[kind].value?.label ?? null;

async function look(t: TestContext): Promise<void> {
  t.mock.timers.tick(LIST_INTERVAL_MS);
  await settled();
}

test("a hall's chosen camera that is unplugged is not replaced, and is taken again when it comes", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  await browser.unplug("card");
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
  assert.equal(browser.open("laptop").length, 0);
  await browser.plug(card);
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
});

test("a chosen camera that is not there when the page loads is missing, and comes without any event", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "missing", "works"]);
  await browser.plug(card, { tells: false });
  await look(t);
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
});

test("a hall's technician may let another camera stand in until the chosen one is back, and no longer", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  await browser.unplug("card");
  assert.equal(devices.camera.offer.value?.label, "Laptop camera");
  await devices.camera.useMeanwhile();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "stand-in", "works"]);
  await browser.plug(card);
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
  await browser.unplug("card");
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
});

test("for a guest another microphone stands in at once, and gives way to the chosen one", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn, headset);
  const devices = devicesIn(t, browser, { isGuest: true, chosen: { microphone: pick(headset) } });
  await devices.open();
  await browser.unplug("headset");
  assert.deepEqual(
    [inUse(devices, "microphone"), ...states(devices)],
    ["Built-in microphone", "works", "stand-in"],
  );
  await browser.plug(headset, { tells: false });
  const standIn = devices.tracks.microphone.value;
  browser.held.set("headset", () => undefined);
  await look(t);
  assert.equal(devices.tracks.microphone.value, standIn, "it sends on until the chosen one is open");
  browser.held.get("headset")?.();
  await settled();
  assert.deepEqual([inUse(devices, "microphone"), ...states(devices)], ["Headset", "works", "works"]);
});

test("a hall keeps to what it saw when Start was pressed, also where that was the machine's own choice", async (t) => {
  const standard = microphone("default", "Default - Mixer", "mixer");
  const browser = new FakeBrowser(card, laptop, standard, mixer, builtIn);
  const devices = devicesIn(t, browser);
  await devices.open();
  await devices.start();
  assert.deepEqual(devices.choice.value.camera, pick(card));
  assert.deepEqual(devices.choice.value.microphone, pick(mixer));
  await browser.unplug("card");
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
});

test("so it does where Start was pressed before the devices were open", async (t) => {
  const browser = new FakeBrowser(card, laptop, mixer);
  browser.held.set("card", () => undefined);
  const devices = devicesIn(t, browser);
  const opening = devices.open();
  await settled();
  void devices.start();
  browser.held.get("card")?.();
  await opening;
  await settled();
  assert.deepEqual(devices.choice.value.camera, pick(card));
  await browser.unplug("card");
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
});

test("without a choice the machine's own is followed when it changes", async (t) => {
  const browser = new FakeBrowser(laptop, microphone("default", "Default - Built-in", "built-in"), builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  browser.devices = [laptop, microphone("default", "Default - Headset", "headset"), builtIn, headset];
  browser.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual(
    [inUse(devices, "microphone"), ...states(devices)],
    ["Default - Headset", "works", "works"],
  );
  assert.equal(browser.tracks.filter(({ readyState }) => readyState === "live").length, 2);
});

test("a device that does not answer is called hung, and is used when it answers after all", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.held.set("laptop", () => undefined);
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(OPEN_TIMEOUT_MS - 1);
  await settled();
  assert.deepEqual(states(devices), ["opening", "works"], "the microphone does not wait for the camera");
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(states(devices), ["hung", "works"]);
  browser.held.get("laptop")?.();
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "works", "works"]);
});

test("what a hung device brings after another was chosen is let go", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  browser.held.set("laptop", () => undefined);
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(OPEN_TIMEOUT_MS);
  await settled();
  await devices.choose({ camera: pick(card) });
  browser.held.get("laptop")?.();
  await settled();
  assert.equal(inUse(devices, "camera"), "Capture card");
  assert.equal(browser.open("laptop").length, 0);
});

test("how long a person thinks about the browser's question is no fault of the device", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(10 * OPEN_TIMEOUT_MS);
  await settled();
  assert.equal(devices.isAsking.value, true);
  assert.deepEqual(states(devices), ["opening", "opening"]);
  browser.says(true);
  await settled();
  assert.deepEqual(states(devices), ["works", "works"]);
  assert.equal(browser.asked.length, 1, "people are asked once, and devices opened once");
});

test("so it is for one who wants no camera and is asked for the microphone alone", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser, { chosen: { camera: { id: "none", label: "" } } });
  void devices.open();
  await settled();
  t.mock.timers.tick(10 * OPEN_TIMEOUT_MS);
  await settled();
  assert.deepEqual(states(devices), ["none", "opening"]);
  browser.says(true);
  await settled();
  assert.deepEqual(states(devices), ["none", "works"]);
});

test("a page asks nobody who did not press a button", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser);
  await devices.openIfPermitted();
  assert.deepEqual([browser.asked.length, devices.asked.value], [0, false]);
});

test("the chosen camera is found by its name once the browser has named the devices", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser, { chosen: { camera: { id: "old", label: "Capture card" } } });
  void devices.open();
  await settled();
  browser.says(true);
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
});

test("of two openings the later one counts, whichever answers first", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  const devices = devicesIn(t, browser);
  await devices.open();
  browser.held.set("card", () => undefined);
  const first = devices.choose({ camera: pick(card) });
  await settled();
  const seen: (string | null)[] = [];
  devices.tracks.camera.subscribe((track) => seen.push(track?.label ?? null));
  const calls = browser.asked.length;
  const second = devices.choose({ camera: pick(laptop) });
  await settled();
  assert.equal(browser.asked.length, calls, "many cameras cannot be opened twice");
  browser.held.get("card")?.();
  await Promise.all([first, second]);
  assert.deepEqual(seen, [null, "Laptop camera"]);
  assert.equal(inUse(devices, "camera"), "Laptop camera");
  assert.deepEqual([browser.open("card").length, browser.open("laptop").length], [0, 1]);
});

test("a microphone that the system mutes is told, and comes back by itself", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser);
  await devices.open();
  const track = devices.tracks.microphone.value as unknown as FakeTrack;
  track.mute(true);
  assert.deepEqual(states(devices), ["works", "interrupted"]);
  track.mute(false);
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a track that a phone call ended is opened again", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  (devices.tracks.microphone.value as unknown as FakeTrack).end();
  assert.deepEqual(states(devices), ["works", "lost"]);
  await look(t);
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a permission that is taken away is called so, and one that is given opens by itself", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser);
  await devices.open();
  browser.says(false);
  for (const track of browser.tracks) track.end();
  await look(t);
  assert.deepEqual(states(devices), ["denied", "denied"]);
  browser.says(true);
  await settled();
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a camera that another program had is used when that has let go of it", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.broken.set("laptop", "NotReadableError");
  const devices = devicesIn(t, browser);
  await devices.open();
  assert.deepEqual(states(devices), ["busy", "works"]);
  await look(t);
  assert.deepEqual(states(devices), ["busy", "works"]);
  browser.broken.clear();
  await look(t);
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a device that is gone though its track has not ended is lost", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  browser.devices = [laptop, mixer];
  browser.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
});

test("a guest's own camera that is gone without a word is replaced by what there is", async (t) => {
  const browser = new FakeBrowser(card, laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  browser.devices = [laptop, builtIn];
  browser.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "works", "works"]);
  assert.equal(browser.open("card").length, 0);
});

test("of two devices of one name none is taken for the chosen one", async (t) => {
  const browser = new FakeBrowser(laptop, card, camera("card-2", "Capture card"), mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: { id: "old", label: "Capture card" } } });
  await devices.open();
  assert.deepEqual([inUse(devices, "camera"), devices.camera.isUnclear.value], [null, true]);
});

test("a loudspeaker that goes is told, and is played on again when it comes", async (t) => {
  const hall = speaker("hall", "Hall loudspeakers");
  const browser = new FakeBrowser(laptop, mixer, hall, speaker("own", "Laptop"));
  const devices = devicesIn(t, browser, { chosen: { speaker: pick(hall) } });
  await devices.open();
  assert.deepEqual([devices.speaker.sink.value, devices.speaker.away.value], ["hall", null]);
  await browser.unplug("hall");
  assert.deepEqual([devices.speaker.sink.value, devices.speaker.away.value], ["", pick(hall)]);
  await browser.plug(hall, { tells: false });
  await look(t);
  assert.deepEqual([devices.speaker.sink.value, devices.speaker.away.value], ["hall", null]);
  devices.speaker.refuse("hall");
  assert.deepEqual([devices.speaker.sink.value, devices.speaker.away.value], ["", pick(hall)]);
});

test("a hall begins without the browser's processing, a guest with it; and the change opens the microphone anew", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const hall = devicesIn(t, browser);
  assert.equal(hall.choice.value.processing, false);
  await hall.open();
  await hall.choose({ processing: true });
  assert.deepEqual(browser.asked.at(-1), {
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  });
  assert.equal(browser.open("mixer").length, 1);
  assert.equal(new Devices(browser, { key: "other", isGuest: true }).choice.value.processing, true);
});

test("the machine's own device can be chosen again after another", async (t) => {
  for (const isGuest of [true, false]) {
    const browser = new FakeBrowser(laptop, card, mixer);
    const devices = devicesIn(t, browser, { isGuest, chosen: { camera: pick(card), started: true } });
    await devices.open();
    await devices.choose({ camera: null });
    await settled();
    assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "works", "works"]);
    assert.equal(browser.open("card").length, 0);
    assert.deepEqual(devices.choice.value.camera, isGuest ? null : pick(laptop));
    t.mock.timers.reset();
  }
});

test("a chosen device that answers late takes over from what stands in for it", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser, { isGuest: true, chosen: { camera: pick(card) } });
  await devices.open();
  browser.held.set("card", () => undefined);
  await browser.plug(card);
  t.mock.timers.tick(OPEN_TIMEOUT_MS);
  await settled();
  browser.held.get("card")?.();
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
});

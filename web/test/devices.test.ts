import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Devices, LIST_INTERVAL_MS } from "../src/media/devices";
import { RETURN_GRACE_MS } from "../src/media/interruption";
import { DEVICE_TIMEOUT_MS } from "../src/media/opening";
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

/** Devices in `browser`, with mocked timers. */
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

test("a hall's unplugged camera is not replaced, and is reopened when it is back", async (t) => {
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

test("a chosen camera absent at page load is missing, and is found without any event", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "missing", "works"]);
  await browser.plug(card, { tells: false });
  await look(t);
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
});

test("a technician may accept a stand-in camera, until the chosen one is back", async (t) => {
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

test("for a guest another microphone stands in at once, until the chosen one is back", async (t) => {
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

test("Join makes a hall's open default devices its choice", async (t) => {
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

test("so it does if Join was pressed before the devices were open", async (t) => {
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

test("without a choice the page follows a change of the system default", async (t) => {
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

test("a device that does not answer is hung, and is used when it answers late", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.held.set("laptop", () => undefined);
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(DEVICE_TIMEOUT_MS - 1);
  await settled();
  assert.deepEqual(states(devices), ["opening", "works"], "the microphone does not wait for the camera");
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(states(devices), ["hung", "works"]);
  browser.held.get("laptop")?.();
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "works", "works"]);
});

test("the late track of a hung device is stopped after another was chosen", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  browser.held.set("laptop", () => undefined);
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(DEVICE_TIMEOUT_MS);
  await settled();
  await devices.choose({ camera: pick(card) });
  browser.held.get("laptop")?.();
  await settled();
  assert.equal(inUse(devices, "camera"), "Capture card");
  assert.equal(browser.open("laptop").length, 0);
});

test("the time that a person takes to answer the browser does not make the device hung", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser);
  void devices.open();
  await settled();
  t.mock.timers.tick(10 * DEVICE_TIMEOUT_MS);
  await settled();
  assert.equal(devices.isAsking.value, true);
  assert.deepEqual(states(devices), ["opening", "opening"]);
  browser.says(true);
  await settled();
  assert.deepEqual(states(devices), ["works", "works"]);
  assert.equal(browser.asked.length, 1, "people are asked once, and devices opened once");
});

test("nor for a person without a camera who is asked for the microphone alone", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser, { chosen: { camera: { id: "none", label: "" } } });
  void devices.open();
  await settled();
  t.mock.timers.tick(10 * DEVICE_TIMEOUT_MS);
  await settled();
  assert.deepEqual(states(devices), ["none", "opening"]);
  browser.says(true);
  await settled();
  assert.deepEqual(states(devices), ["none", "works"]);
});

test("a page requests devices only after a button was pressed", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  browser.permission.camera.state = browser.permission.microphone.state = "prompt";
  const devices = devicesIn(t, browser);
  await devices.openIfPermitted();
  assert.deepEqual([browser.asked.length, devices.wasRequested.value], [0, false]);
});

test("the chosen camera is found by its label once the browser lists labels", async (t) => {
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

test("of two requests the later one counts, whichever answers first", async (t) => {
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

test("a microphone muted by the system is reported, and recovers by itself", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser);
  await devices.open();
  const track = devices.tracks.microphone.value as unknown as FakeTrack;
  track.mute(true);
  assert.deepEqual(states(devices), ["works", "interrupted"]);
  track.mute(false);
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a track that ended in a phone call is reopened", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  (devices.tracks.microphone.value as unknown as FakeTrack).end();
  assert.deepEqual(states(devices), ["works", "lost"]);
  await look(t);
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a call on a phone: what the system gives back is kept, what it leaves muted is opened again", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  const track = (kind: "camera" | "microphone") => devices.tracks[kind].value as unknown as FakeTrack;
  const [picture, sound] = [track("camera"), track("microphone")];
  await browser.shows("hidden");
  picture.mute(true);
  sound.mute(true);
  assert.deepEqual(states(devices), ["interrupted", "interrupted"]);
  await browser.shows("visible");
  picture.mute(false);
  t.mock.timers.tick(RETURN_GRACE_MS - 1);
  await settled();
  assert.deepEqual(states(devices), ["works", "interrupted"], "it may come back by itself");
  t.mock.timers.tick(1);
  await settled();
  assert.deepEqual(states(devices), ["works", "works"]);
  assert.equal(track("camera"), picture);
  assert.notEqual(track("microphone"), sound);
  assert.equal(browser.open("built-in").length, 1, "the muted track is stopped");
});

test("a call whose page is hidden again before it is over leaves the devices as they are", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  const asked = browser.asked.length;
  (devices.tracks.microphone.value as unknown as FakeTrack).mute(true);
  await browser.shows("visible");
  await browser.shows("hidden");
  t.mock.timers.tick(RETURN_GRACE_MS);
  await settled();
  assert.equal(browser.asked.length, asked);
});

test("an iPhone's microphone is opened again after a call, as it may be silent, and not after a moment", async (t) => {
  for (const [isIos, lasted, opens] of [
    [true, 20_000, true],
    [true, 200, false],
    [false, 20_000, false],
  ] as const) {
    const browser = new FakeBrowser(laptop, builtIn);
    browser.isIos = isIos;
    let now = 1_000;
    t.mock.method(performance, "now", () => now);
    const devices = devicesIn(t, browser, { isGuest: true });
    await devices.open();
    const before = devices.tracks.microphone.value as unknown as FakeTrack;
    before.mute(true);
    now += lasted;
    before.mute(false);
    await settled();
    assert.equal((devices.tracks.microphone.value as unknown as FakeTrack) !== before, opens);
    assert.deepEqual(states(devices), ["works", "works"]);
    t.mock.restoreAll();
    t.mock.timers.reset();
  }
});

test("a revoked permission is reported, and a granted one opens the device by itself", async (t) => {
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

test("a camera that the system blocks is told from one that a person has refused", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  for (const permission of Object.values(browser.permission)) permission.state = "prompt";
  browser.broken.set("laptop", "NotAllowedError: Permission denied by system");
  const devices = devicesIn(t, browser);
  const opened = devices.open();
  await settled();
  browser.says(true);
  await opened;
  assert.deepEqual(states(devices), ["denied", "works"]);
  assert.equal(devices.camera.blockedBySystem.value, "certain");
  browser.broken.delete("laptop");
  await devices.again("camera");
  assert.deepEqual(states(devices), ["works", "works"]);
});

test("a camera that another program has released is used", async (t) => {
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

test("an unlisted device is lost although its track has not ended", async (t) => {
  const browser = new FakeBrowser(laptop, card, mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: pick(card) } });
  await devices.open();
  browser.devices = [laptop, mixer];
  browser.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], [null, "lost", "works"]);
});

test("a guest's default camera that vanishes without an event is replaced", async (t) => {
  const browser = new FakeBrowser(card, laptop, builtIn);
  const devices = devicesIn(t, browser, { isGuest: true });
  await devices.open();
  browser.devices = [laptop, builtIn];
  browser.dispatchEvent(new Event("devicechange"));
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Laptop camera", "works", "works"]);
  assert.equal(browser.open("card").length, 0);
});

test("of two devices with the same label neither is taken for the chosen one", async (t) => {
  const browser = new FakeBrowser(laptop, card, camera("card-2", "Capture card"), mixer);
  const devices = devicesIn(t, browser, { chosen: { camera: { id: "old", label: "Capture card" } } });
  await devices.open();
  assert.deepEqual([inUse(devices, "camera"), devices.camera.isUnclear.value], [null, true]);
});

test("a missing loudspeaker is reported, and used again when it is back", async (t) => {
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

test("a hall starts without audio processing, a guest with it; a change reopens the microphone", async (t) => {
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
  await hall.choose({ processing: false });
  assert.deepEqual(browser.asked.at(-1), {
    audio: {
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
      channelCount: { ideal: 2 },
    },
  });
  const later = new Devices(browser, { key: "key", isGuest: true });
  assert.equal(later.choice.value.processing, false, "this computer keeps it");
  assert.equal(new Devices(browser, { key: "other", isGuest: true }).choice.value.processing, true);
});

test("the system default can be chosen again after another device", async (t) => {
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

test("a chosen device that answers late replaces its stand-in", async (t) => {
  const browser = new FakeBrowser(laptop, mixer);
  const devices = devicesIn(t, browser, { isGuest: true, chosen: { camera: pick(card) } });
  await devices.open();
  browser.held.set("card", () => undefined);
  await browser.plug(card);
  t.mock.timers.tick(DEVICE_TIMEOUT_MS);
  await settled();
  browser.held.get("card")?.();
  await settled();
  assert.deepEqual([inUse(devices, "camera"), ...states(devices)], ["Capture card", "works", "works"]);
  assert.equal(browser.open("laptop").length, 0);
});

test("a page that was closed for good opens no device again, and stops one that the browser gives late", async (t) => {
  const browser = new FakeBrowser(laptop, builtIn);
  const devices = devicesIn(t, browser);
  await devices.open();
  assert.deepEqual([browser.open("laptop").length, browser.open("built-in").length], [1, 1]);
  devices.close();
  await browser.plug(card);
  await devices.open();
  await look(t);
  const live = () => browser.tracks.filter(({ readyState }) => readyState === "live").length;
  assert.deepEqual([live(), inUse(devices, "camera"), inUse(devices, "microphone")], [0, null, null]);

  const asking = new FakeBrowser(laptop, builtIn);
  for (const permission of Object.values(asking.permission)) permission.state = "prompt";
  const others = new Devices(asking, { key: "key", isGuest: true });
  const opening = others.open();
  await settled();
  others.close();
  asking.says(true);
  await opening;
  await settled();
  assert.equal(asking.tracks.filter(({ readyState }) => readyState === "live").length, 0);
  assert.ok(asking.tracks.length > 0);
});

test("a page that is not secure is told from a browser without devices, and the person is not asked", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const faults = async (isSecure: boolean) => {
    const devices = new Devices(
      {
        media: undefined,
        permissions: undefined,
        storage: undefined,
        page: undefined,
        isSecure,
        isIos: false,
        userAgent: "",
      },
      { key: "key", isGuest: true },
    );
    await devices.open();
    return [...states(devices), devices.isWithoutDevices];
  };
  assert.deepEqual(await faults(false), ["insecure", "insecure", false]);
  assert.deepEqual(await faults(true), ["failed", "failed", true]);
});

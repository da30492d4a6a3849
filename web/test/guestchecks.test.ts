import assert from "node:assert/strict";
import { test } from "node:test";
import { checksOf, type Findings } from "../src/show/guest/checks";
import { cameraSide, facingOf, flipped } from "../src/show/guest/facing";

const GOOD: Findings = {
  devices: { camera: "works", microphone: "works", muted: false },
  heard: true,
  labels: ["Headset (Jabra)"],
  echoes: false,
  line: "good",
  approved: true,
};

const found = (more: Partial<Findings>): Record<string, string> =>
  Object.fromEntries(checksOf({ ...GOOD, ...more }).map(({ id, state, word }) => [id, `${state} ${word}`]));

test("everything is ticked only by what was found", () => {
  assert.deepEqual(found({}), {
    camera: "ok cameraWorks",
    microphone: "ok heard",
    headphones: "ok headphonesOn",
    line: "ok lineGood",
    desk: "ok approved",
  });
});

test("at the beginning nothing is ticked that is not known", () => {
  const nothing = found({
    devices: { camera: "opening", microphone: "opening", muted: false },
    heard: false,
    labels: ["", ""],
    line: null,
    approved: false,
  });
  assert.ok(Object.values(nothing).every((one) => one.startsWith("open") || one === "open noMicrophone"));
});

test("a working microphone that nobody has spoken into is not ticked, and a muted one is a fault", () => {
  assert.equal(found({ heard: false }).microphone, "open notHeard");
  const muted = { ...GOOD.devices, muted: true };
  assert.equal(found({ devices: muted }).microphone, "bad muted");
});

test("a phone call takes the ticks of both devices", () => {
  const call = { camera: "interrupted", microphone: "interrupted", muted: false } as const;
  const during = found({ devices: call });
  assert.deepEqual([during.camera, during.microphone], ["bad noCamera", "bad noMicrophone"]);
});

test("headphones are ticked by their name alone, and never while the hall hears itself", () => {
  for (const label of ["AirPods Pro", "Kopfhörer (USB)", "イヤホン", "Pixel Buds", "hands-free AG Audio"])
    assert.equal(found({ labels: [label] }).headphones, "ok headphonesOn", label);
  for (const label of ["", "Speaker", "Built-in Audio", "内蔵スピーカー"])
    assert.equal(found({ labels: [label] }).headphones, "open headphonesUnknown", label);
  assert.equal(found({ echoes: true }).headphones, "bad echo");
});

test("a line is good, weak or blocked", () => {
  assert.deepEqual(
    (["good", "warn", "danger"] as const).map((line) => found({ line }).line),
    ["ok lineGood", "bad linePoor", "bad lineBad"],
  );
});

const camera = (label: string) => ({ id: label, label, group: "" });
const ANDROID = ["camera2 1, facing front", "camera2 0, facing back", "camera2 2, facing back"].map(camera);
const IPHONE = ["Vordere Kamera", "Rückkamera", "Ultraweitwinkel-Rückkamera"].map(camera);

test("the camera flips to the main one on the other side, and back", () => {
  for (const cameras of [ANDROID, IPHONE]) {
    const [front, back] = cameras;
    assert.ok(front && back);
    assert.equal(flipped(front, "user", cameras), back);
    assert.equal(flipped(back, "environment", cameras), front);
  }
});

test("cameras that do not say where they look are taken in turn", () => {
  const two = ["Logitech", "Capture"].map(camera);
  const [first, second] = two;
  assert.ok(first && second);
  assert.equal(flipped(first, null, two), second);
  assert.equal(flipped(second, null, two), first);
  assert.equal(flipped(first, null, [first]), null);
});

test("the facing is what the browser says, else what the name says", () => {
  assert.equal(facingOf("environment", "Front Camera"), "environment");
  assert.deepEqual(
    ["背面カメラ", "前面カメラ", "Logitech"].map((label) => facingOf(undefined, label)),
    ["environment", "user", null],
  );
});

test("the arrow points at the edge that has the camera, and is left out where that is unknown", () => {
  const pose = { width: 390, height: 844, angle: 0, isTouch: true };
  assert.equal(cameraSide("user", pose), "top");
  assert.equal(cameraSide("user", { ...pose, width: 844, height: 390, angle: 90 }), "left");
  assert.equal(cameraSide("user", { ...pose, width: 844, height: 390, angle: 270 }), "right");
  assert.equal(cameraSide("user", { ...pose, angle: 180 }), null);
  assert.equal(cameraSide("environment", pose), null);
  assert.equal(cameraSide("user", { ...pose, isTouch: false }), null);
  assert.equal(cameraSide("user", { ...pose, width: 1024, height: 768 }), null);
});

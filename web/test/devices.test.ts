import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOf, found } from "../src/media/devices";
import { loudness } from "../src/media/level";
import { lines } from "../src/media/lines";

const camera = { id: "1", label: "Camera" };

test("a remembered device is found by its id, or by its name when the ids are new", () => {
  assert.equal(found(camera, [camera]), "1");
  assert.equal(found({ id: "old", label: "Camera" }, [camera]), "1");
  assert.equal(found({ id: "old", label: "" }, [{ id: "2", label: "" }]), undefined);
  assert.equal(found(null, [camera]), undefined);
});

test("each reason for which a device stays away has its own remedy", () => {
  const named = (name: string) => faultOf(new DOMException("", name));
  assert.equal(named("NotAllowedError"), "denied");
  assert.equal(named("NotFoundError"), "missing");
  assert.equal(named("NotReadableError"), "busy");
  assert.equal(named("AnythingElse"), "failed");
});

test("the m-lines are what this page sends, then programme, second, four microphones, talkback, then the views", () => {
  const receiver = lines(false, 2);
  const kinds = ["video", "video", "audio", "audio", "audio", "audio", "audio", "video", "video"];
  assert.deepEqual(
    receiver.map(({ kind }) => kind),
    kinds,
  );
  assert.ok(receiver.every(({ direction }) => direction === "recvonly"));
  assert.deepEqual(lines(true, 0).slice(0, 3), [
    { kind: "video", direction: "sendonly" },
    { kind: "audio", direction: "sendonly" },
    { kind: "video", direction: "recvonly" },
  ]);
});

test("the meter stands still for silence, full for full scale, and halfway at -30 dB", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.equal(loudness(new Float32Array(64).fill(1)), 1);
  assert.ok(Math.abs(loudness(new Float32Array(64).fill(10 ** (-30 / 20))) - 0.5) < 0.001);
});

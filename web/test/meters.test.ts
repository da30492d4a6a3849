import assert from "node:assert/strict";
import { test } from "node:test";
import { FLOOR_DB, loudness, onScale } from "../src/media/sound/level";
import { decayed, levelOf, showLevels } from "../src/media/sound/meters";

test("full scale is the right end of a meter, silence and all below its floor the left", () => {
  assert.deepEqual([0, FLOOR_DB / 2, FLOOR_DB, -127].map(onScale), [1, 0.5, 0, 0]);
});

test("a meter falls 20 dB in 1.7 s and then rests at its floor", () => {
  assert.ok(Math.abs(decayed(1, 1_700) - onScale(-20)) < 1e-9);
  assert.equal(decayed(onScale(-50), 10_000), 0);
});

test("a meter rises at once, and a lower level does not pull it down", () => {
  showLevels({ krefeld: -54 });
  assert.equal(levelOf("krefeld").value, onScale(-54));
  showLevels({ krefeld: -58, berlin: -127 });
  assert.equal(levelOf("krefeld").value, onScale(-54));
  assert.equal(levelOf("berlin").value, 0);
});

test("the meter is empty for silence, full for full scale, and halfway at -30 dB", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  assert.equal(loudness(new Float32Array(64).fill(1)), 1);
  assert.ok(Math.abs(loudness(new Float32Array(64).fill(10 ** (-30 / 20))) - 0.5) < 0.001);
});

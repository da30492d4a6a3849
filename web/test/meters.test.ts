import assert from "node:assert/strict";
import { test } from "node:test";
import { FLOOR_DB, onScale } from "../src/media/sound/level";
import { decayed, levelOf, showLoudness } from "../src/media/sound/meters";

test("full scale is the right end of a meter, silence and all below its floor the left", () => {
  assert.deepEqual([0, FLOOR_DB / 2, FLOOR_DB, -127].map(onScale), [1, 0.5, 0, 0]);
});

test("a meter falls 20 dB in 1.7 s and then rests at its floor", () => {
  assert.ok(Math.abs(decayed(1, 1_700) - onScale(-20)) < 1e-9);
  assert.equal(decayed(onScale(-50), 10_000), 0);
});

test("a meter shows what arrived last, and one that nothing arrives for stays as it was", () => {
  showLoudness({ krefeld: -54, tokio: -20 });
  showLoudness({ krefeld: -58, berlin: -120 });
  assert.equal(levelOf("krefeld").value, onScale(-58));
  assert.equal(levelOf("tokio").value, onScale(-20));
  assert.equal(levelOf("berlin").value, 0);
});

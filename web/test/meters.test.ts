import assert from "node:assert/strict";
import { test } from "node:test";
import { FLOOR_DB, onScale } from "../src/media/sound/level";
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

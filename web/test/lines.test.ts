import assert from "node:assert/strict";
import { test } from "node:test";
import { encodings, shrink } from "../src/media/lines";

test("the camera is sent twice, the small one first, and only the large one in full", () => {
  const [small, large, ...more] = encodings();
  assert.deepEqual([small?.rid, large?.rid, more], ["l", "h", []]);
  assert.equal(large?.scaleResolutionDownBy, 1);
  assert.ok((small?.maxBitrate ?? 0) < (large?.maxBitrate ?? 0) / 10);
});

test("the small picture is 320 pixels long whatever the camera, and never larger than the camera's", () => {
  assert.equal(shrink(1280, 720), 4);
  assert.equal(shrink(720, 1280), 4);
  assert.equal(shrink(1920, 1080), 6);
  assert.equal(shrink(320, 180), 1);
  assert.equal(shrink(160, 90), 1);
  assert.equal(shrink(undefined, undefined), 4);
});

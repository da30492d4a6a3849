import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BoothSound,
  boothMix,
  MAX_VOLUME_DB,
  MIN_VOLUME_DB,
  withinRange,
} from "../src/media/sound/boothsound";
import { bounded, CEILING_DB } from "../src/media/sound/limiter";
import { LOWERED_GAIN } from "../src/media/sound/mix";
import { FakeBrowser } from "./browser";

const ALONE = { isOnRelay: false, hearsPartner: false, isTalkedTo: false };
const LEVELS = { floor: 0, partner: -20 };

test("a booth hears the floor, or the relay instead of it", () => {
  const direct = boothMix(ALONE, LEVELS);
  assert.deepEqual([direct.floor, direct.interpretation, direct.partner], [1, 0, 0]);
  const relayed = boothMix({ ...ALONE, isOnRelay: true }, LEVELS);
  assert.deepEqual([relayed.floor, relayed.interpretation], [0, 1]);
});

test("a closed seat hears its partner at a volume of its own, an open one does not", () => {
  assert.ok(Math.abs(boothMix({ ...ALONE, hearsPartner: true }, LEVELS).partner - 0.1) < 1e-9);
  assert.equal(boothMix(ALONE, LEVELS).partner, 0);
});

test("talkback lowers all else and is never lowered", () => {
  const mix = boothMix({ ...ALONE, isTalkedTo: true }, LEVELS);
  assert.deepEqual([mix.floor, mix.talkback], [LOWERED_GAIN, 1]);
});

test("volumes end in silence below and in a bounded gain above", () => {
  assert.equal(boothMix(ALONE, { floor: MIN_VOLUME_DB, partner: 0 }).floor, 0);
  assert.ok(boothMix(ALONE, { floor: MAX_VOLUME_DB, partner: 0 }).floor < 4);
  assert.equal(withinRange({ floor: 400 }).floor, MAX_VOLUME_DB);
  assert.equal(withinRange({ bass: Number.NaN }).bass, 0);
  assert.equal(withinRange({ treble: "loud" as never }).treble, 0);
});

test("volume and tone are remembered", () => {
  const browser = new FakeBrowser();
  new BoothSound(browser.storage).set({ floor: -9, treble: 4 });
  const { floor, treble, bass } = new BoothSound(browser.storage).levels.value;
  assert.deepEqual([floor, treble, bass], [-9, 4, 0]);
});

test("no sample leaves the wave shaper above the ceiling, and quiet ones leave it as they were", () => {
  const ceiling = 10 ** (CEILING_DB / 20);
  for (let n = -1000; n <= 1000; n++) {
    const sample = n / 1000;
    assert.ok(Math.abs(bounded(sample)) <= ceiling, `${sample}`);
    if (Math.abs(sample) < 0.35) assert.equal(bounded(sample), sample);
    if (n > -1000) assert.ok(bounded(sample) >= bounded((n - 1) / 1000), "it never turns back");
  }
});

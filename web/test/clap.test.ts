import assert from "node:assert/strict";
import { test } from "node:test";
import { ClapFinder, delayFor } from "../src/media/lipsync/clap";

const RATE = 48_000;
let seed = 3;
const noise = (): number => {
  seed = (seed * 16_807) % 2_147_483_647;
  return (2 * seed) / 2_147_483_647 - 1;
};

/** Sound of this length over the noise of a room. */
function sound(seconds: number, at: (second: number) => number): Float32Array {
  return Float32Array.from({ length: seconds * RATE }, (_, n) => 0.003 * noise() + at(n / RATE));
}

/** A clap: a burst that fades within some 30 ms. */
const clap = (begin: number, peak: number) => (second: number) =>
  second < begin ? 0 : peak * noise() * Math.exp(-(second - begin) / 0.01);

/** When a clap was found, in ms; the sound begins at 0 and comes in pieces of `piece` ms. */
function found(samples: Float32Array, piece = 20): number | null {
  const finder = new ClapFinder(RATE);
  const size = (piece / 1_000) * RATE;
  for (let n = 0; n + size <= samples.length; n += size) {
    const at = finder.hear(samples.subarray(n, n + size), ((n + size) / RATE) * 1_000);
    if (at !== null) return at;
  }
  return null;
}

test("a clap is found within 5 ms, however the sound comes", () => {
  for (const piece of [20, 35, 80]) {
    const at = found(sound(2, clap(1.2345, 0.8)), piece);
    assert.ok(at !== null && Math.abs(at - 1_234.5) < 5, `${at}`);
  }
});

test("a clap far away is found, and one that nobody could hear is not", () => {
  assert.notEqual(found(sound(2, clap(1, 0.12))), null);
  assert.equal(found(sound(2, clap(1, 0.03))), null);
});

test("neither a room, nor a voice that begins, nor a loud tone is a clap", () => {
  assert.equal(found(sound(3, () => 0)), null);
  const voice = (second: number) =>
    0.3 * Math.sin(2 * Math.PI * 150 * second) * Math.min(1, Math.max(0, second - 1) / 0.1);
  assert.equal(found(sound(3, voice)), null);
  assert.equal(found(sound(3, (second) => 0.5 * Math.sin(2 * Math.PI * 400 * second))), null);
});

test("the delay brings the sound to the picture, in steps of 10 ms up to 500", () => {
  assert.equal(delayFor(1_000, 1_123), 120);
  assert.equal(delayFor(1_000, 1_900), 500);
  assert.equal(delayFor(1_000, 960), -40);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { blocks, type Channel, momentary } from "../src/media/loudness/blocks";
import { humIn } from "../src/media/loudness/hum";
import { filtered, kWeighting, loudnessOf } from "../src/media/loudness/kweighting";

const RATE = 48_000;

function sine(hertz: number, db: number, seconds: number, rate = RATE): Float32Array {
  const peak = 10 ** (db / 20);
  return Float32Array.from(
    { length: seconds * rate },
    (_, n) => peak * Math.sin((2 * Math.PI * hertz * n) / rate),
  );
}

function channel(raw: Float32Array, rate = RATE): Channel {
  const weighted = kWeighting(rate).reduce(filtered, raw);
  return { raw, weighted };
}

const near = (value: number, wanted: number, within: number) =>
  assert.ok(Math.abs(value - wanted) <= within, `${value}, not ${wanted}`);

test("the filters at 48 kHz are those of BS.1770", () => {
  const [shelf, highPass] = kWeighting(RATE);
  const expected = [
    [1.53512485958697, -2.69169618940638, 1.19839281085285],
    [1, -1.69065929318241, 0.73248077421585],
    [1, -2, 1],
    [1, -1.99004745483398, 0.99007225036621],
  ];
  const found = [shelf.feedforward, shelf.feedback, highPass.feedforward, highPass.feedback];
  for (const [n, coefficients] of found.entries())
    for (const [k, coefficient] of coefficients.entries()) near(coefficient, expected[n]?.[k] ?? 0, 1e-9);
});

// EBU Tech 3341, table 1, cases 1 to 3, whose steady parts have the same momentary loudness; within 0.1 LU.
for (const rate of [16_000, 44_100, 48_000, 96_000])
  test(`a stereo sine of 1 kHz is as loud as its level, at ${rate} Hz`, () => {
    for (const level of [-23, -33, -36]) {
      const one = channel(sine(1_000, level, 1, rate), rate);
      near(momentary([one, one], rate), level, 0.1);
    }
  });

test("an analyser that holds less than 400 ms gives the loudness, and the blocks, of what it holds", () => {
  for (const rate of [96_000, 192_000]) {
    const held = ({ raw, weighted }: Channel): Channel => ({
      raw: raw.slice(-32_768),
      weighted: weighted.slice(-32_768),
    });
    const one = held(channel(sine(1_000, -23, 1, rate), rate));
    near(momentary([one, one], rate), -23, 0.1);
    const heard = blocks([one, one], rate, 4);
    assert.equal(heard.length, rate === 96_000 ? 3 : 1);
    for (const { square } of heard) near(loudnessOf(square), -23, 0.1);
  }
});

test("momentary loudness covers the last 400 ms alone (EBU Tech 3341, case 13)", () => {
  const loud = sine(1_000, -23, 0.4);
  const raw = new Float32Array(RATE);
  raw.set(loud, RATE - loud.length);
  const one = channel(raw);
  near(momentary([one, one], RATE), -23, 0.1);
  const later = new Float32Array(2 * RATE);
  later.set(raw);
  const rest = channel(later);
  assert.ok(momentary([rest, rest], RATE) < -60);
});

test("low sounds count less, high ones more, and one channel is 3 LU below two", () => {
  const at = (hertz: number) => momentary([channel(sine(hertz, -20, 1))], RATE) + 20;
  near(at(1_000), -3.01, 0.1);
  assert.ok(at(25) < -8);
  assert.ok(at(4_000) > 0);
});

test("blocks have their own peaks, and clipping in the block where it is", () => {
  const raw = sine(400, -20, 0.4);
  raw.fill(1, 9_000, 9_004);
  const found = blocks([channel(raw)], RATE, 4);
  assert.deepEqual(
    found.map(({ isClipped }) => isClipped),
    [false, true, false, false],
  );
  near(found[0]?.peak ?? 0, 0.1, 0.001);
  assert.equal(found[1]?.peak, 1);
});

test("a single sample at full scale is a peak that fits", () => {
  const raw = sine(400, -20, 0.1);
  raw[1_000] = raw[1_002] = 1;
  assert.equal(blocks([channel(raw)], RATE, 1)[0]?.isClipped, false);
});

const passage = (...tones: [hertz: number, db: number][]) => {
  const sum = new Float32Array(0.4 * RATE);
  for (const [hertz, db] of tones)
    for (const [n, value] of sine(hertz, db, 0.4).entries()) sum[n] = (sum[n] ?? 0) + value;
  return sum;
};

test("hum is found with its level, for both kinds of mains, also a little off", () => {
  for (const mains of [50, 60, 49.9])
    for (const tones of [[[mains, -40]], [[2 * mains, -40]]] as [number, number][][]) {
      const hum = humIn(passage(...tones), RATE);
      assert.equal(hum.hertz, Math.round(mains / 10) * 10);
      near(hum.db, -40, 0.3);
      assert.ok(hum.share > 0.95);
    }
  near(humIn(passage([50, -40], [150, -40], [730, -40]), RATE).share, 2 / 3, 0.02);
});

test("a tone at a higher harmonic alone, other low tones and noise are no hum", () => {
  let seed = 7;
  const noise = Float32Array.from({ length: 0.4 * RATE }, () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return (seed / 2_147_483_647 - 0.5) / 100;
  });
  for (const samples of [passage([300, -40]), passage([80, -40]), passage([400, -20]), noise])
    assert.ok(humIn(samples, RATE).share < 0.3);
});

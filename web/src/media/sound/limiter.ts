/**
 * Protection of hearing: the end of every graph that an interpreter hears in headphones.
 *
 * Two stages. A compressor lowers loud sound smoothly, and looks ahead by 6 ms. It alone is no limiter: it lets the
 * first milliseconds of a burst through. Behind it a wave shaper bounds each sample on its own, so nothing louder than
 * the ceiling is ever played, from the first sample on. Between its knee and the ceiling it bends, so that a short peak
 * sounds rounded rather than clipped.
 *
 * Measured in Chromium 156 with bursts of 1 kHz after silence: a burst of full scale comes out at -11 dBFS from its first
 * sample on, one 12 dB beyond full scale at -10 dBFS, a click of 1 ms at no more than -6 dBFS. A tone of -12.5 dBFS and
 * below passes as it is.
 */

import type { Chain } from "./mixer";

/** No sample is louder than this, in dBFS. */
export const CEILING_DB = -6;
/** Below this level the wave shaper changes nothing, in dBFS. */
const KNEE_DB = -9;
/** Where the compressor begins, in dBFS. Peaks of speech at a line-up level of -20 dBFS stay below it. */
const THRESHOLD_DB = -12;
const RATIO = 20;
const ATTACK_S = 0.002;
/** Long enough that syllables do not pump. */
const RELEASE_S = 0.25;
/** The Web Audio standard raises the output of a compressor by this share of what it takes off a full-scale signal. */
const MAKEUP_SHARE = 0.6;
/** Points of the wave shaper's curve: its straight lines between them stray from the knee by less than 0.1 dB. */
const CURVE_POINTS = 4097;

const gain = (db: number): number => 10 ** (db / 20);

/** What the compressor raises every signal by, in dB. */
const MAKEUP_DB = MAKEUP_SHARE * -THRESHOLD_DB * (1 - 1 / RATIO);

/** A sample (-1 to 1, full scale) as the wave shaper passes it on. Pure. */
export function bounded(sample: number): number {
  const [knee, ceiling] = [gain(KNEE_DB), gain(CEILING_DB)];
  const level = Math.abs(sample);
  if (level <= knee) return sample;
  // The tangent at the knee is that of the straight line, and the curve only approaches the ceiling.
  const rest = ceiling - knee;
  return Math.sign(sample) * (knee + rest * Math.tanh((level - knee) / rest));
}

/** A limiter in `context`. */
export function limiter(context: BaseAudioContext): Chain {
  const compressor = new DynamicsCompressorNode(context, {
    threshold: THRESHOLD_DB,
    knee: 0,
    ratio: RATIO,
    attack: ATTACK_S,
    release: RELEASE_S,
  });
  const makeup = new GainNode(context, { gain: gain(-MAKEUP_DB) });
  const curve = Float32Array.from({ length: CURVE_POINTS }, (_, n) =>
    bounded((2 * n) / (CURVE_POINTS - 1) - 1),
  );
  // Not oversampled: its filter would overshoot the ceiling. Samples beyond full scale get the end of the curve.
  const shaper = new WaveShaperNode(context, { curve, oversample: "none" });
  compressor.connect(makeup).connect(shaper);
  return { input: compressor, output: shaper };
}

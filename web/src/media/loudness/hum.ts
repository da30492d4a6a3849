/**
 * Mains hum: a tone of 50 or 60 Hz and its harmonics. Pure.
 *
 * Low voices have the same harmonics for a moment, so hum is judged in quiet passages alone (`verdict.ts`).
 */

import { meanSquare } from "./kweighting";

const MAINS_HZ = [50, 60];
/** Hum of transformers and rectifiers is strongest at the first two; loudspeakers and ears weaken the first. */
const HARMONICS = 6;
/** The share of its first two harmonics in a hum. A tone at a higher one alone is music. */
const LOW_SHARE = 0.1;

/** The window of the last size; its cosines take longer than all the rest. */
let hann = new Float32Array(0);

export interface Hum {
  /** Of mains, in Hz. */
  hertz: number;
  /** The level of the hum in dBFS (of a full-scale sine). */
  db: number;
  /** Its share of the power of the passage, 0 to 1. */
  share: number;
}

/** The hum in samples (-1 to 1) of a passage of at least 0.3 s. */
export function humIn(samples: Float32Array, rate: number): Hum {
  // A Hann window: a rectangle would spread sound at other pitches over the harmonics.
  const size = samples.length;
  if (hann.length !== size)
    hann = Float32Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size));
  const windowed = new Float32Array(size);
  for (let n = 0; n < size; n++) windowed[n] = (samples[n] ?? 0) * (hann[n] ?? 0);
  const whole = meanSquare(windowed);
  const found = MAINS_HZ.map((hertz): Hum => {
    const powers = Array.from({ length: HARMONICS }, (_, n) => tonePower(windowed, (n + 1) * hertz, rate));
    const sum = powers.reduce((a, b) => a + b, 0);
    const low = (powers[0] ?? 0) + (powers[1] ?? 0);
    const share = low < LOW_SHARE * sum ? 0 : Math.min(1, sum / (whole + 1e-20));
    // A full-scale sine has a mean square of 1/2, and of that the window leaves 3/8.
    return { hertz, db: 10 * Math.log10((sum / 0.375) * 2 + 1e-20), share };
  });
  return found.reduce((a, b) => (b.share > a.share ? b : a));
}

/** The share of the Hann window's main lobe that one frequency of the transform sees: (1/2)² of 3/8. */
const WINDOW_LOSS = 0.25 / 0.375;

/** The mean square of a tone in windowed samples (Goertzel's algorithm). */
function tonePower(samples: Float32Array, hertz: number, rate: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let s1 = 0;
  let s2 = 0;
  for (let n = 0; n < samples.length; n++) {
    const s = (samples[n] ?? 0) + coefficient * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  const magnitude = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
  return (2 * magnitude) / samples.length ** 2 / WINDOW_LOSS;
}

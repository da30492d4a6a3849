/**
 * Loudness by ITU-R BS.1770-5, as EBU R128 uses it. Pure.
 *
 * Samples pass two filters: a shelf for the head, and a high-pass, since low sounds seem less loud. The recommendation
 * has their coefficients for 48 kHz alone. For other rates they come from the same analogue filters by the bilinear
 * transform. The mean square of both channels, in dB, is the loudness in LUFS.
 */

/** A filter of second order, as `createIIRFilter` takes it; `feedback` begins with 1. */
export interface Filter {
  feedforward: [number, number, number];
  feedback: [number, number, number];
}

/** Centre, gain and quality of the analogue shelf whose transform at 48 kHz are the coefficients of BS.1770. */
const SHELF = { hertz: 1_681.974450955533, db: 3.999843853973347, q: 0.7071752369554196 };
/** The power to which the gain is raised at the centre of the shelf; not quite the half. */
const SHELF_MIDDLE = 0.4996667741545416;
/** The same for the high-pass. */
const HIGH_PASS = { hertz: 38.13547087602444, q: 0.5003270373238773 };
/** Brings a tone of 997 Hz to its level in dBFS (BS.1770, note 1). */
const OFFSET_LU = -0.691;
/** Of momentary loudness (EBU Tech 3341). */
export const MOMENTARY_S = 0.4;
/** The loudness of digital silence here; no meter shows it. */
export const SILENCE_LUFS = -120;

/** Both filters for a sample rate in Hz, in their order. */
export function kWeighting(rate: number): [Filter, Filter] {
  return [shelf(rate), highPass(rate)];
}

function shelf(rate: number): Filter {
  const k = Math.tan((Math.PI * SHELF.hertz) / rate);
  const high = 10 ** (SHELF.db / 20);
  const middle = high ** SHELF_MIDDLE;
  const { q } = SHELF;
  const a0 = 1 + k / q + k * k;
  return {
    feedforward: [
      (high + (middle * k) / q + k * k) / a0,
      (2 * (k * k - high)) / a0,
      (high - (middle * k) / q + k * k) / a0,
    ],
    feedback: [1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0],
  };
}

function highPass(rate: number): Filter {
  const k = Math.tan((Math.PI * HIGH_PASS.hertz) / rate);
  const { q } = HIGH_PASS;
  const a0 = 1 + k / q + k * k;
  return { feedforward: [1, -2, 1], feedback: [1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0] };
}

/** Samples behind a filter that was at rest. */
export function filtered(samples: Float32Array, { feedforward: b, feedback: a }: Filter): Float32Array {
  const out = new Float32Array(samples.length);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n] ?? 0;
    const y = b[0] * x + b[1] * x1 + b[2] * x2 - a[1] * y1 - a[2] * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    out[n] = y;
  }
  return out;
}

/** The mean square of samples from `begin` up to `end`, exclusive. */
export function meanSquare(samples: Float32Array, begin = 0, end = samples.length): number {
  let sum = 0;
  for (let n = begin; n < end; n++) {
    const sample = samples[n] ?? 0;
    sum += sample * sample;
  }
  return end > begin ? sum / (end - begin) : 0;
}

/** The loudness in LUFS of weighted channels with these mean squares. */
export function loudnessOf(...squares: number[]): number {
  const sum = squares.reduce((a, b) => a + b, 0);
  return Math.max(SILENCE_LUFS, OFFSET_LU + 10 * Math.log10(sum + 1e-30));
}

/** Finds a clap in sound, and the delay that brings it to the picture of the hands. Pure. */

/** The longest delay of the sound. No camera in a hall is slower, and more would be in people's way. */
export const MAX_DELAY_MS = 500;
/** People see no smaller difference, and the measurement is no finer. */
export const DELAY_STEP_MS = 10;

/** Sound is looked at in blocks of so many milliseconds. */
const BLOCK_MS = 5;
/** A clap is at least so loud, as a share of full scale (-26 dBFS), */
const LEAST_PEAK = 0.05;
/** and exceeds all blocks of the time before by this factor (16 dB), but the last one. Syllables rise more slowly. */
const ABOVE_BEFORE = 6;
const BLOCKS_BEFORE = 40;

export class ClapFinder {
  /** The peaks of the last blocks. */
  private peaks: number[] = [];

  constructor(private readonly rate: number) {}

  /** Take in the next samples, the last of which came at `end` (ms). When a clap began in them; null: there is none. */
  hear(samples: Float32Array, end: number): number | null {
    const size = Math.round((BLOCK_MS / 1_000) * this.rate);
    for (let begin = 0; begin + size <= samples.length; begin += size) {
      let peak = 0;
      let at = begin;
      for (let n = begin; n < begin + size; n++) {
        const level = Math.abs(samples[n] ?? 0);
        if (level > peak) [peak, at] = [level, n];
      }
      const limit = Math.max(LEAST_PEAK, ABOVE_BEFORE * Math.max(...this.peaks.slice(0, -1)));
      if (this.peaks.length === BLOCKS_BEFORE && peak > limit)
        return end - ((samples.length - at) / this.rate) * 1_000;
      this.peaks = [...this.peaks, peak].slice(-BLOCKS_BEFORE);
    }
    return null;
  }
}

/** The delay in ms for which the sound of a clap comes with its picture, both in ms of one clock. Negative: the sound is
 * later than the picture already. */
export function delayFor(clapAt: number, pictureAt: number): number {
  return Math.min(MAX_DELAY_MS, Math.round((pictureAt - clapAt) / DELAY_STEP_MS) * DELAY_STEP_MS);
}

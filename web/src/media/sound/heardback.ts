/** Whether a test tone that the loudspeakers play comes back by the microphone. Pure. */

/** Below that, in dB re full scale, the tone is not told from the noise of a sound card. */
const MIN_TONE_DBFS = -75;
/** So much louder the tone must be than at the loudest moment before it. */
const MIN_RISE_DB = 10;
const SILENCE_DBFS = -200;

/** The level of the part of `samples` at `frequency`, in dB re a full-scale sine: Goertzel's algorithm. */
export function levelAt(samples: ArrayLike<number>, rate: number, frequency: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let [one, two] = [0, 0];
  for (let n = 0; n < samples.length; n++) {
    // A Hann window: a loud tone beside it must not leak into it.
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / samples.length);
    [one, two] = [(samples[n] ?? 0) * weight + turn * one - two, one];
  }
  const power = one * one + two * two - turn * one * two;
  // A full-scale sine has (samples / 2 × mean weight 0.5)².
  return power > 0 ? 10 * Math.log10(power / (samples.length / 4) ** 2) : SILENCE_DBFS;
}

/**
 * Whether the tone was heard, by its levels in dB before and while it was played. It must be there for half of the time,
 * so that a click or a word at its pitch does not count; and what hums at its pitch anyway does not either.
 */
export function isHeardBack(before: readonly number[], during: readonly number[]): boolean {
  const sorted = [...during].sort((a, b) => a - b);
  const typical = sorted[Math.floor(sorted.length / 2)] ?? SILENCE_DBFS;
  return typical >= Math.max(MIN_TONE_DBFS, Math.max(SILENCE_DBFS, ...before) + MIN_RISE_DB);
}

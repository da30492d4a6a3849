/** How loud a microphone is, for a meter. */

import { type Signal, signal } from "@preact/signals";
import { openContext } from "./contexts";

/** The low end of a meter in dBFS; speech is around -30 to -10. */
export const FLOOR_DB = -60;

/** The position of `db` (dBFS) on a meter, 0 to 1. */
export function onScale(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** The RMS level of samples (-1 to 1) as a position on a meter, 0 to 1. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return onScale(10 * Math.log10(sum / samples.length + 1e-12));
}

let context: AudioContext | null = null;

/** A level between 0 and 1 that follows `track` twenty times a second, and a function that stops it. */
export function followLevel(track: MediaStreamTrack): [Signal<number>, () => void] {
  const level = signal(0);
  context ??= openContext(false);
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    // A meter rises at once and falls slowly.
    level.value = Math.max(loudness(samples), level.value - 0.06);
  }, 50);
  return [
    level,
    () => {
      clearInterval(timer);
      source.disconnect();
    },
  ];
}

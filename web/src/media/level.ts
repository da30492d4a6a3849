/** How loud a microphone is, for a meter. */

import { type Signal, signal } from "@preact/signals";

/** What a meter shows at its left end; speech sits around -30 to -10. */
export const FLOOR_DB = -60;

/** Where decibels below full scale are on a meter, 0 to 1. */
export function onScale(db: number): number {
  return Math.min(1, Math.max(0, 1 - db / FLOOR_DB));
}

/** The loudness of samples in -1 … 1 as 0 … 1 on a scale of decibels. */
export function loudness(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return onScale(10 * Math.log10(sum / samples.length + 1e-12));
}

let context: AudioContext | null = null;

/** Browsers let sound be processed only after a gesture; call this in one. */
export function wake(): void {
  void context?.resume();
}

/** A level between 0 and 1 that follows `track` twenty times a second. The second value ends it. */
export function measure(track: MediaStreamTrack): [Signal<number>, () => void] {
  const level = signal(0);
  context ??= new AudioContext();
  wake();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    // Falls slower than it rises, as eyes expect of a meter.
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

/** Tone controls: bass and treble of a group of sounds. */

import { effect, type ReadonlySignal } from "@preact/signals";
import type { ChainBuilder } from "./mixer";

/** Boost and cut of both controls reach so far, in dB. */
export const MAX_TONE_DB = 12;
/** Below it the boom of a hall, above it the chest of a voice. */
const BASS_HZ = 250;
/** Above it the consonants. */
const TREBLE_HZ = 3_000;
/** The time constant of a change in seconds, without a click. */
const TIME_CONSTANT_S = 0.02;

/** Bass and treble in dB; 0 changes nothing. */
export interface Tone {
  bass: number;
  treble: number;
}

/** Chains that follow `tone`. */
export function toneControl(tone: ReadonlySignal<Tone>): ChainBuilder {
  return (context) => {
    const bass = new BiquadFilterNode(context, { type: "lowshelf", frequency: BASS_HZ });
    const treble = new BiquadFilterNode(context, { type: "highshelf", frequency: TREBLE_HZ });
    bass.connect(treble);
    effect(() => {
      bass.gain.setTargetAtTime(tone.value.bass, context.currentTime, TIME_CONSTANT_S);
      treble.gain.setTargetAtTime(tone.value.treble, context.currentTime, TIME_CONSTANT_S);
    });
    return { input: bass, output: treble };
  };
}

/** The sound of a new message: short notes, made here, in a context of their own. */

import { closeContext, hasStarted, openContext } from "./contexts";
import { Outlet } from "./outlet";

export type Chime = "info" | "warn" | "urgent";

/** The notes in Hz: more of them, and higher ones, the more urgent it is. */
const CHIME_NOTES_HZ: Readonly<Record<Chime, readonly number[]>> = {
  info: [660],
  warn: [660, 880],
  urgent: [880, 1_175, 880],
};
/** From one note to the next, in seconds. */
const NOTE_S = 0.16;
/** -26 dBFS: heard beside speech in headphones, and no fright. */
const PEAK_GAIN = 0.05;
/** The time constant of a rise in seconds, without a click; it falls more slowly. */
const ATTACK_S = 0.005;

/** Play a chime on the device with this id; empty is the system's default. Nothing where the browser plays no sound yet. */
export async function playChime(chime: Chime, sink: string): Promise<void> {
  const context = openContext(false);
  try {
    const all = context.createGain();
    await new Outlet(context, all).playOn(sink);
    if (await hasStarted(context)) await sound(context, all, CHIME_NOTES_HZ[chime]);
  } finally {
    closeContext(context);
  }
}

async function sound(context: AudioContext, all: AudioNode, notes: readonly number[]): Promise<void> {
  const begin = context.currentTime;
  const ends = notes.map((frequency, place) => {
    const at = begin + place * NOTE_S;
    const tone = new OscillatorNode(context, { frequency });
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(PEAK_GAIN, at, ATTACK_S);
    gain.gain.setTargetAtTime(0, at + NOTE_S / 2, 2 * ATTACK_S);
    tone.connect(gain).connect(all);
    tone.start(at);
    tone.stop(at + 2 * NOTE_S);
    return new Promise((resolve) => (tone.onended = resolve));
  });
  await Promise.all(ends);
}

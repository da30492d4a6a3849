/** The devices chosen on this computer, stored per link. */

import type { DevicePick } from "./picks";

export interface Choice {
  camera: DevicePick | null;
  microphone: DevicePick | null;
  speaker: DevicePick | null;
  /** A hall's output for a channel; null: none. */
  interpretation: DevicePick | null;
  /** A hall's headphones for talkback; null: none. */
  headphones: DevicePick | null;
  /** The microphone for talkback; null: a hall has none, a desk uses the default, a guest the one above. */
  talkMicrophone: DevicePick | null;
  /** What a hall's loudspeakers play. */
  loudspeakers: "floor" | "channel";
  /** The browser's echo, noise and level processing: right for a laptop, wrong behind a mixer. */
  processing: boolean;
  /** By how many milliseconds the sound is delayed before it is sent, for lips in sync behind a slow camera. */
  soundDelay: number;
  /** Join was pressed on this computer before. */
  started: boolean;
}

/** The stored choice, else the system's default devices. A hall's sound comes from a mixer, a guest's from a laptop. */
export function remembered(storage: Storage | undefined, key: string, isGuest: boolean): Choice {
  const fresh: Choice = {
    camera: null,
    microphone: null,
    speaker: null,
    interpretation: null,
    headphones: null,
    talkMicrophone: null,
    loudspeakers: "floor",
    processing: isGuest,
    soundDelay: 0,
    started: false,
  };
  try {
    return { ...fresh, ...(JSON.parse(storage?.getItem(key) ?? "{}") as Partial<Choice>) };
  } catch {
    return fresh; // Storage is switched off or holds something else
  }
}

export function remember(storage: Storage | undefined, key: string, choice: Choice): void {
  try {
    storage?.setItem(key, JSON.stringify(choice));
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** What was chosen on this machine, remembered per link. */

import type { Pick } from "./picks";

export interface Choice {
  camera: Pick | null;
  microphone: Pick | null;
  speaker: Pick | null;
  /** The browser's echo, noise and level processing: right for a laptop, wrong behind a mixer. */
  processing: boolean;
  /** Someone pressed Start on this machine before. */
  started: boolean;
}

/** A page begins with the machine's own devices. A hall's sound comes from its mixer, a guest's from a laptop or phone. */
export function remembered(storage: Storage | undefined, key: string, isGuest: boolean): Choice {
  const fresh = { camera: null, microphone: null, speaker: null, processing: isGuest, started: false };
  try {
    return { ...fresh, ...(JSON.parse(storage?.getItem(key) ?? "{}") as Partial<Choice>) };
  } catch {
    return fresh; // Storage is switched off or holds something else.
  }
}

export function remember(storage: Storage | undefined, key: string, choice: Choice): void {
  try {
    storage?.setItem(key, JSON.stringify(choice));
  } catch {
    // Not remembered then; it still counts until the page goes.
  }
}

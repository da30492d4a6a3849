/** The cues that a page shows now. Pure. */

import type { CueDoc, State } from "../wire";
import { type Page, recipientsOf } from "./messages";
import { instant } from "./time";

/** A cue is shown for so long: a speaker glances at a display every few seconds. */
export const CUE_SHOWN_MS = 8_000;
/** The cues that an interpreter gives. */
export const CUES = ["slower", "louder", "repeat"] as const;
/** The texts that every event has. */
export const PRESETS = ["wrap-up", "two-minutes", ...CUES] as const;

export interface ShownCue extends CueDoc {
  to: string;
}

/** The cues for a page that began a moment ago, the latest first. */
export function cuesFor(state: State, page: Page, now: number): readonly ShownCue[] {
  const to = recipientsOf(state, page);
  return Object.entries(state.cues)
    .map(([recipient, cue]) => ({ ...cue, to: recipient }))
    .filter((cue) => to.includes(cue.to) && now - (instant(cue.at) ?? 0) < CUE_SHOWN_MS)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

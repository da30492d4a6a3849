/** The channels that are needed and carry nothing: since when, and which of them the desk is to see. Pure. */

import type { State } from "../wire";
import { onAir } from "./agenda";
import { channelStatus } from "./channels";
import { instant } from "./time";

/** Of a channel that nobody feeds: a hand-over is shorter. Of a silent one the server counts. */
export const CHANNEL_ALARM_AFTER_MS = 10_000;

export interface ChannelFault {
  language: string;
  /** Nobody feeds it, or its seat is silent while the floor speaks. */
  why: "unfed" | "silent";
  /** On the show's clock. */
  since: number;
}

/** The channels that carry nothing now, by language. */
export type Unheard = ReadonlyMap<string, ChannelFault>;

/**
 * The channels that carry nothing at `now`. `before` is the previous result, null for the first state.
 */
export function unheard(before: Unheard | null, state: State, now: number): Unheard {
  const found = new Map<string, ChannelFault>();
  for (const language of state.event.languages) {
    const status = channelStatus(state, language);
    if (!state.languages[language]?.needed) continue;
    if (status.kind === "unfed") {
      const known = before?.get(language);
      const since =
        known?.why === "unfed" ? known.since : before ? now : sinceStart(state, status.since, now);
      found.set(language, { language, why: "unfed", since });
    } else if (status.kind === "interpreted") {
      const since = instant(state.languages[language]?.silent_since ?? null);
      if (since !== null) found.set(language, { language, why: "silent", since });
    }
  }
  return found;
}

/** For a page that was opened meanwhile: since when a channel is unfed, at the earliest since the item is on air. */
function sinceStart(state: State, since: number | null, now: number): number {
  const start = instant(onAir(state)?.actual.start ?? null);
  return Math.max(since ?? 0, start ?? 0) || now;
}

/** Those that nobody has fed for ten seconds, and the silent ones; the longest first. */
export function channelFaults(unheard: Unheard, now: number): readonly ChannelFault[] {
  return [...unheard.values()]
    .filter(({ why, since }) => why === "silent" || now - since >= CHANNEL_ALARM_AFTER_MS)
    .sort((a, b) => a.since - b.since);
}

/** The channels that are needed and carry nothing: since when, and which of them the desk is to see. Pure. */

import type { State } from "../wire";
import { onAir } from "./agenda";
import { channelStatus } from "./channels";
import { instant } from "./time";

/** A pause for breath or a hand-over is shorter. */
export const CHANNEL_ALARM_AFTER_MS = 10_000;

export interface ChannelFault {
  language: string;
  /** Nobody feeds it, or its seat sends silence. */
  why: "unfed" | "silent";
  /** On the show's clock. */
  since: number;
}

/** The channels that carry nothing now, by language. */
export type Unheard = ReadonlyMap<string, ChannelFault>;

/**
 * The channels that carry nothing at `now`. `before` is the previous result, null for the first state. `lastHeard` says
 * how many milliseconds ago a source was last loud; null if the server has sent no level of it.
 */
export function unheard(
  before: Unheard | null,
  state: State,
  now: number,
  lastHeard: (source: string) => number | null,
): Unheard {
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
      const silent = lastHeard(`${status.booth}/${status.seat}`);
      const since = Math.max(status.since ?? 0, now - (silent ?? 0));
      if (silent !== null) found.set(language, { language, why: "silent", since });
    }
  }
  return found;
}

/** For a page that was opened meanwhile: since when a channel is unfed, at the earliest since the item is on air. */
function sinceStart(state: State, since: number | null, now: number): number {
  const start = instant(onAir(state)?.actual.start ?? null);
  return Math.max(since ?? 0, start ?? 0) || now;
}

/** Those that have carried nothing for ten seconds, the longest first. */
export function channelFaults(unheard: Unheard, now: number): readonly ChannelFault[] {
  return [...unheard.values()]
    .filter(({ since }) => now - since >= CHANNEL_ALARM_AFTER_MS)
    .sort((a, b) => a.since - b.since);
}

/**
 * What makes this page send a smaller picture than its camera gives: a slow machine, or a narrow line. Pure.
 *
 * Browsers count the seconds for which each of them limited an encoding. A short limit is no reason to warn: every
 * connection begins with one, until the browser knows the line.
 */

import type { DevicesDoc } from "../../wire";
import type { StatsEntry } from "./linecheck";

export type SendLimit = NonNullable<DevicesDoc["limit"]>;
const LIMITS: readonly SendLimit[] = ["cpu", "bandwidth"];

/** The time constant of the mean share of time that was limited. */
const SMOOTHING_S = 10;
/** A limit begins above the first share of time and ends below the second. */
const SHARE = { begins: 0.6, ends: 0.3 };

/** Seconds for which a reason has limited one encoding, from `qualityLimitationDurations`. */
export type Durations = Readonly<Record<string, number>>;

/** The counters of the encodings of a camera in `getStats`. Firefox and Safari have none. */
export function limitDurations(entries: Iterable<StatsEntry>): Map<string, Durations> {
  const found = new Map<string, Durations>();
  for (const entry of entries)
    if (entry.type === "outbound-rtp" && typeof entry.qualityLimitationDurations === "object")
      found.set(entry.id, { ...(entry.qualityLimitationDurations as Durations) });
  return found;
}

export class SendLimitJudge {
  private readonly shares: Record<SendLimit, number> = { cpu: 0, bandwidth: 0 };
  private before: ReadonlyMap<string, Durations> = new Map();
  private at: number | null = null;
  private limit: SendLimit | null = null;

  /** Take in the counters of all encodings by id; `now` in seconds. A slow machine counts before a narrow line. */
  update(encodings: ReadonlyMap<string, Durations>, now: number): SendLimit | null {
    const elapsed = this.at === null ? 0 : now - this.at;
    for (const limit of LIMITS) {
      const rises = [...encodings].map(([id, counted]) => {
        const before = this.before.get(id)?.[limit];
        return before === undefined ? 0 : (counted[limit] ?? 0) - before;
      });
      const share = elapsed > 0 ? Math.min(1, Math.max(0, ...rises) / elapsed) : 0;
      this.shares[limit] += (1 - Math.exp(-elapsed / SMOOTHING_S)) * (share - this.shares[limit]);
    }
    this.before = encodings;
    this.at = now;
    const lasts = (limit: SendLimit) =>
      this.shares[limit] > (limit === this.limit ? SHARE.ends : SHARE.begins);
    this.limit = LIMITS.find(lasts) ?? null;
    return this.limit;
  }
}

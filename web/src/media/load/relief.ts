/**
 * What a page gives up while its computer is overloaded, in this order, and takes back later, the last first. Pure.
 *
 * First what only the person at the page sees, then the picture that is sent, and last the programme. Browsers shrink
 * all layers by themselves when the encoder is too slow: below 960 pixels Chromium then drops the large layer, and the
 * programme has a quarter of its size. To send fewer frames in time keeps the size.
 */

import type { Reduction } from "../mlines";
import type { Work } from "./work";

export type Relief =
  /** The page's own preview moves twice a second. */
  | "preview"
  /** A desk's previews stop. */
  | "previews"
  | Reduction
  /** The programme is received in a small layer. */
  | "programme";

export const REDUCTIONS: readonly Reduction[] = ["720p15", "540p15", "360p10"];

/** What there is to give up on a page. */
export function reliefs(page: { preview: boolean; previews: boolean; sends: boolean }): Relief[] {
  return [
    ...(page.preview ? (["preview"] as const) : []),
    ...(page.previews ? (["previews"] as const) : []),
    ...(page.sends ? REDUCTIONS : []),
    "programme",
  ];
}

/** A limit of `Work`: overloaded from the first on, and with room to spare up to the second. */
interface Limit {
  overloaded: number;
  spare: number;
}

/** Chromium itself counts an encoder as too slow from 0.85 on. */
const BUSY: Limit = { overloaded: 0.8, spare: 0.5 };
const CPU: Limit = { overloaded: 0.5, spare: 0.1 };
/** Of the frames that should be encoded, and of those received: the share that is missing. */
const MISSED: Limit = { overloaded: 0.25, spare: 0.1 };
const DROPPED: Limit = { overloaded: 0.1, spare: 0.03 };
const LAG_MS: Limit = { overloaded: 200, spare: 50 };
/** A line that is too narrow for longer may be the cause of missing frames. */
const MAX_BANDWIDTH = 0.2;

/** Seconds of overload before a step. */
const PATIENCE_S = 3;
/** The same before a page receives less: a moderator needs the previews, and every hall the programme. */
const RECEIVER_PATIENCE_S = 15;
/** Seconds of overload after a first long reading that shows it. */
const CONFIRM_S = 1;
/** Seconds that a step takes to act: the encoder begins anew. */
const SETTLE_S = 2;
/** Seconds with room to spare before a step back. Each one that fails doubles them. */
const HOLD_S = { min: 30, max: 480 };
/** Seconds after which a step back has succeeded. */
const STEADY_S = 60;
/** Readings farther apart say nothing: the computer slept. */
const MAX_GAP_S = 20;

/** Pixels a second of all layers together, in millions, to foresee what a step back costs. */
const COSTS: Readonly<Record<Reduction | "full", number>> = {
  full: 35.4,
  "720p15": 18.1,
  "540p15": 12.1,
  "360p10": 5.2,
};

/** Whether the computer is overloaded (1), has room to spare (-1), or neither (0). */
export function judgeWork(work: Work): -1 | 0 | 1 {
  const missed =
    work.encoded === null || (work.bandwidth ?? 0) > MAX_BANDWIDTH ? null : Math.max(0, 1 - work.encoded);
  const found: [number | null, Limit][] = [
    [work.cpu, CPU],
    [work.encoder, BUSY],
    [work.decoder, BUSY],
    [missed, MISSED],
    [work.dropped, DROPPED],
    [work.lag_ms, LAG_MS],
  ];
  if (found.some(([value, limit]) => value !== null && value >= limit.overloaded)) return 1;
  return found.every(([value, limit]) => value === null || value <= limit.spare) ? -1 : 0;
}

export class ReliefLadder {
  private given: readonly Relief[] = [];
  private before: number | null = null;
  private changedAt = Number.NEGATIVE_INFINITY;
  /** The last change was a step back. */
  private isTrial = false;
  private hold = HOLD_S.min;
  private overloadedSince: number | null = null;
  private spareSince: number | null = null;

  /** Overload has been seen, or a step is to show what it does: the next reading should come soon. */
  get isSuspicious(): boolean {
    return this.overloadedSince !== null || (this.before ?? 0) <= this.changedAt + SETTLE_S;
  }

  /** Take in the work since the last call, and return what the page gives up now. `now` in seconds. */
  update(work: Work, ladder: readonly Relief[], now: number): readonly Relief[] {
    this.given = ladder.filter((each) => this.given.includes(each));
    const since = this.before;
    this.before = now;
    if (since === null || now - since > MAX_GAP_S || since < this.changedAt + SETTLE_S)
      this.overloadedSince = this.spareSince = null;
    else this.judge(work, ladder, since, now);
    return this.given;
  }

  private judge(work: Work, ladder: readonly Relief[], since: number, now: number): void {
    const next = ladder.find((each) => !this.given.includes(each));
    // A page that draws late gives up its own preview for it, and nothing that others need.
    const isOverloaded = judgeWork(next === "preview" ? work : { ...work, lag_ms: null }) === 1;
    // One reading of a long time is confirmed by a short one.
    const begun = Math.max(since, now - PATIENCE_S + CONFIRM_S);
    this.overloadedSince = isOverloaded ? (this.overloadedSince ?? begun) : null;
    this.spareSince = judgeWork(work) === -1 ? (this.spareSince ?? since) : null;
    const patience = next === "previews" || next === "programme" ? RECEIVER_PATIENCE_S : PATIENCE_S;
    if (next && this.overloadedSince !== null && now - this.overloadedSince >= patience)
      this.giveUp(next, now);
    else if (this.spareSince !== null && now - this.spareSince >= this.hold) this.takeBack(work, now);
  }

  private giveUp(next: Relief, now: number): void {
    if (this.isTrial)
      this.hold = now - this.changedAt < STEADY_S ? Math.min(HOLD_S.max, this.hold * 2) : HOLD_S.min;
    this.change([...this.given, next], now, false);
  }

  private takeBack(work: Work, now: number): void {
    const kept = this.given.slice(0, -1);
    const rise = COSTS[reductionOf(kept) ?? "full"] / COSTS[reductionOf(this.given) ?? "full"];
    if (rise > 1 && (work.encoder ?? 0) * rise >= BUSY.overloaded) return;
    if (this.given.length > 0) this.change(kept, now, true);
  }

  private change(given: readonly Relief[], now: number, isTrial: boolean): void {
    this.given = given;
    this.changedAt = now;
    this.isTrial = isTrial;
    this.overloadedSince = this.spareSince = null;
  }
}

/** How far the picture that is sent is reduced; null: it is not. */
export function reductionOf(given: readonly Relief[]): Reduction | null {
  return REDUCTIONS.findLast((each) => given.includes(each)) ?? null;
}

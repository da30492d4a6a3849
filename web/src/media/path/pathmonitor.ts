/**
 * Follows the network path of a call: what the server offers, what the browser has tried, and for how long in vain; and
 * what limits the picture that is sent on it.
 */

import { signal } from "@preact/signals";
import {
  checkLine,
  type LineCheck,
  type Offered,
  offeredBy,
  type StatsEntry,
  type Tried,
  triedPairs,
  UNKNOWN,
} from "./linecheck";
import { limitDurations, type SendLimit, SendLimitJudge } from "./sendlimit";

/** Between two readings while the path is not known or could be better. */
const LOOK_INTERVAL_MS = 1_000;
/** Between two readings of a good path. Reading all stats costs milliseconds of a hall's computer. */
const CALM_INTERVAL_MS = 5_000;

/** Takes in what the path monitor reads. */
export interface StatsFollower {
  /** `now` in milliseconds. Returns whether the next reading should come soon. */
  read(pc: RTCPeerConnection, entries: readonly StatsEntry[], now: number): boolean;
}

export class PathMonitor {
  /** Receives each reading of the stats: a second reading would be expensive. */
  follower: StatsFollower | null = null;
  readonly check = signal<LineCheck>(UNKNOWN);
  /** What limits the picture that this page sends. */
  readonly limit = signal<SendLimit | null>(null);
  private judge = new SendLimitJudge();
  /** The candidates of the latest answer. */
  readonly offered = signal<readonly Offered[]>([]);
  private tried: Tried[] = [];
  /** When the path began to be tried (`performance.now()`); null: there was no answer. */
  private since: number | null = null;
  private wasConnected = false;
  private looked = Number.NEGATIVE_INFINITY;
  private isFollowedClosely = false;

  /** The server has answered an offer. Several in vain count from the first one. */
  answered(sdp: string, now: number): void {
    this.offered.value = offeredBy(sdp);
    if (this.since === null || this.wasConnected) this.since = now;
  }

  /** There is no answer to judge by: the page has left, or its offer was refused. */
  reset(): void {
    this.since = null;
    this.tried = [];
    this.wasConnected = false;
    this.check.value = UNKNOWN;
    this.judge = new SendLimitJudge();
    this.limit.value = null;
  }

  /** Read the stats if it is time to. `online`: the page reaches the server otherwise. */
  async look(pc: RTCPeerConnection, now: number, online: boolean): Promise<void> {
    const isCalm = this.check.peek().kind === "good" && !this.isFollowedClosely;
    const interval = isCalm ? CALM_INTERVAL_MS : LOOK_INTERVAL_MS;
    if (now - this.looked < interval && this.wasConnected === (pc.connectionState === "connected")) return;
    this.looked = now;
    const entries: StatsEntry[] = [];
    for (const entry of (await pc.getStats()).values()) entries.push(entry);
    // Replaced meanwhile.
    if (pc.connectionState === "closed") return;
    this.limit.value = this.judge.update(limitDurations(entries), now / 1_000);
    this.isFollowedClosely = this.follower?.read(pc, entries, now) ?? false;
    this.update(triedPairs(entries), pc.connectionState === "connected", online, now);
  }

  /** The pairs that the browser has tried by now. */
  update(tried: Tried[], connected: boolean, online: boolean, now: number): void {
    if (this.since === null) return;
    // Without the server nothing can get through, and nobody is to be asked for a port.
    if (!connected && (this.wasConnected || !online)) {
      this.since = now;
      this.tried = [];
    }
    this.wasConnected = connected;
    // A new connection has none at first; those of the one before say as much.
    if (connected || tried.length > 0) this.tried = tried;
    const found = checkLine(this.offered.value, this.tried, connected, (now - this.since) / 1_000);
    // After an ICE restart the same path is judged again; until then the verdict stays.
    if (connected && found.kind === "unknown" && found.path === this.check.peek().path) return;
    if (JSON.stringify(found) !== JSON.stringify(this.check.peek())) this.check.value = found;
  }
}

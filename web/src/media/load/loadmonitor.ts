/** Follows how hard this computer works on the page's pictures, and what the page gives up for it. */

import { computed, signal } from "@preact/signals";
import { type Reduction, sentSize } from "../mlines";
import type { StatsEntry } from "../path/linecheck";
import { encoderOf, type SentEncoder } from "./encoder";
import { LagMeter } from "./lag";
import { type Relief, ReliefLadder, reductionOf, reliefs } from "./relief";
import { type WorkCounts, workBetween, workCounts } from "./work";

/** A page that has just connected loads, opens its devices and waits for its first bit rate. */
const WARM_UP_MS = 10_000;

export class LoadMonitor {
  /** What the page gives up now, in the order in which it did. */
  readonly given = signal<readonly Relief[]>([]);
  /** How far the picture that is sent is reduced. */
  readonly reduced = computed<Reduction | null>(() => reductionOf(this.given.value));
  /** What encodes the picture; null: nothing, or the browser does not say. */
  readonly encoder = signal<SentEncoder | null>(null);
  private readonly ladder = new ReliefLadder();
  private readonly lag = new LagMeter();
  private pc: RTCPeerConnection | null = null;
  private begunAt = 0;
  private before: { counts: WorkCounts; at: number } | null = null;

  /** `page`: what there is to give up on this page now. */
  constructor(private readonly page: () => Parameters<typeof reliefs>[0]) {}

  read(pc: RTCPeerConnection, entries: readonly StatsEntry[], now: number): boolean {
    if (pc !== this.pc) {
      this.pc = pc;
      this.begunAt = now;
      this.before = null;
    }
    const encoder = encoderOf(entries);
    if (JSON.stringify(encoder) !== JSON.stringify(this.encoder.peek())) this.encoder.value = encoder;
    const counts = workCounts(entries);
    const { before } = this;
    this.before = { counts, at: now };
    const lag = this.lag.take();
    if (!before || now - this.begunAt < WARM_UP_MS) return false;
    const { fps } = sentSize(this.reduced.peek());
    const work = workBetween(before.counts, counts, (now - before.at) / 1_000, fps, lag);
    const given = this.ladder.update(work, reliefs(this.page()), now / 1_000);
    if (given.join() !== this.given.peek().join()) this.given.value = given;
    return this.ladder.isSuspicious;
  }
}

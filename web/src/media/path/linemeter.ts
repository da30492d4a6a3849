/** Measures the line of a call that sends a test picture: readings of its stats, a second apart. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { LineCheck, StatsEntry } from "./linecheck";
import {
  type BestSecond,
  bestOf,
  figuresBetween,
  isMeasured,
  type LineCounts,
  type LineFigures,
  lineCounts,
  secondBetween,
} from "./linefigures";
import type { TestPicture } from "./testpicture";

const READ_INTERVAL_MS = 1_000;
/** A shorter time than that says little of what arrives: the readings of a busy page follow each other. */
const MIN_WINDOW_S = 0.8;

interface MeasuredCall {
  pc: RTCPeerConnection | null;
  /** The server sends padding, to measure the line by. */
  isPadded: boolean;
  path: { check: ReadonlySignal<LineCheck> };
  send(what: "camera", track: MediaStreamTrack | null): Promise<void>;
}

const NOTHING: BestSecond = { rtt_ms: null, down_kbps: null };

interface Reading {
  counts: LineCounts;
  /** `performance.now()`. */
  at: number;
}

export class LineMeter {
  /** What was measured until now; null: nothing. Kept until the next measurement has some. */
  readonly figures = signal<LineFigures | null>(null);
  /** The measurement is complete. */
  readonly isDone = signal(false);
  private timer: ReturnType<typeof setInterval> | undefined;
  private picture: TestPicture | null = null;
  private pc: RTCPeerConnection | null = null;
  private first: Reading | null = null;
  /** Since when what arrives is counted, and the best of such seconds. */
  private last: Reading | null = null;
  private best: BestSecond = NOTHING;

  constructor(
    private readonly call: MeasuredCall,
    private readonly open: () => TestPicture | null,
  ) {}

  /** Measure from now on, as soon as the call is connected. */
  begin(): void {
    this.isDone.value = false;
    this.picture = this.open();
    void this.call.send("camera", this.picture?.track ?? null);
    this.timer = setInterval(() => void this.read().catch(() => undefined), READ_INTERVAL_MS);
  }

  end(): void {
    clearInterval(this.timer);
    this.picture?.close();
    this.timer = undefined;
    this.picture = this.pc = this.first = this.last = null;
    void this.call.send("camera", null);
  }

  private async read(): Promise<void> {
    const { pc } = this.call;
    if (pc?.connectionState !== "connected") return;
    const entries: StatsEntry[] = [];
    for (const entry of (await pc.getStats()).values()) entries.push(entry);
    const at = performance.now();
    if (this.timer === undefined) return; // ended meanwhile
    const counts = lineCounts(entries);
    if (pc !== this.pc || !this.first || !this.last) {
      this.pc = pc;
      this.first = this.last = { counts, at };
      this.best = NOTHING;
      return;
    }
    const window = (at - this.last.at) / 1_000;
    if (window >= MIN_WINDOW_S) {
      this.best = bestOf(this.best, secondBetween(this.last.counts, counts, window));
      this.last = { counts, at };
    }
    const seconds = (at - this.first.at) / 1_000;
    this.figures.value = figuresBetween(
      this.first.counts,
      counts,
      this.call.isPadded ? this.best : { ...this.best, down_kbps: null },
      this.call.path.check.value.path,
    );
    this.isDone.value = isMeasured(this.figures.value, seconds);
  }
}

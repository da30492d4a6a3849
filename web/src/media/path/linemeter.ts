/** Measures the line of a call that sends a test picture: readings of its stats, a second apart. */

import { type ReadonlySignal, signal } from "@preact/signals";
import type { LineCheck, StatsEntry } from "./linecheck";
import { figuresBetween, isMeasured, type LineCounts, type LineFigures, lineCounts } from "./linefigures";
import type { TestPicture } from "./testpicture";

const READ_INTERVAL_MS = 1_000;

interface MeasuredCall {
  pc: RTCPeerConnection | null;
  path: { check: ReadonlySignal<LineCheck> };
  send(what: "camera", track: MediaStreamTrack | null): Promise<void>;
}

export class LineMeter {
  /** What was measured until now; null: nothing. Kept until the next measurement has some. */
  readonly figures = signal<LineFigures | null>(null);
  /** The measurement is complete. */
  readonly isDone = signal(false);
  private timer: ReturnType<typeof setInterval> | undefined;
  private picture: TestPicture | null = null;
  private pc: RTCPeerConnection | null = null;
  private first: { counts: LineCounts; at: number } | null = null;

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
    this.picture = this.pc = this.first = null;
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
    if (pc !== this.pc || !this.first) {
      [this.pc, this.first] = [pc, { counts, at }];
      return;
    }
    const seconds = (at - this.first.at) / 1_000;
    this.figures.value = figuresBetween(this.first.counts, counts, seconds, this.call.path.check.value.path);
    this.isDone.value = isMeasured(this.figures.value, seconds);
  }
}

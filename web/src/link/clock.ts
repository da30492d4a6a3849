/**
 * The show's clock as this page knows it.
 *
 * A probe tells what the show's clock read at about the middle of its round trip. The shorter the trip, the smaller
 * the error, so the sample with the shortest trip of the last few is the one that counts. This machine contributes
 * its monotonic clock only: its wall clock may be wrong by minutes and does not matter.
 */

import type { Clock } from "../wire";

/** What the show's clock read at one moment of this page's own clock, all in milliseconds. */
export interface Sample {
  /** On this page's monotonic clock. */
  at: number;
  /** On the show's clock, since 1970. */
  show: number;
  /** How fast the show's clock runs; 1 outside rehearsals. */
  speed: number;
  /** Round trip of the probe. */
  trip: number;
}

/** Old samples go, or the drift of two clocks would outweigh a lucky short trip of long ago. */
const KEPT = 8;

/** What the answer to a probe says, received at `received` on the clock that `sent` is of. */
export function sampled(answer: Clock, received: number): Sample {
  return {
    at: (answer.sent + received) / 2,
    show: answer.now_ms,
    speed: answer.speed,
    trip: received - answer.sent,
  };
}

/** A show clock made of the last few samples. */
export class ShowClock {
  private samples: Sample[] = [];
  private best: Sample | null = null;

  add(sample: Sample): void {
    this.samples = [...this.samples, sample].slice(-KEPT);
    this.best = this.samples.reduce((a, b) => (b.trip < a.trip ? b : a));
  }

  /** The server began anew: what the old one's clock said is void. */
  forget(): void {
    this.samples = [];
    this.best = null;
  }

  get known(): boolean {
    return this.best !== null;
  }

  get speed(): number {
    return this.best?.speed ?? 1;
  }

  /** The show's time in milliseconds since 1970 when this page's clock reads `at`; null before the first sample. */
  read(at: number): number | null {
    return this.best && this.best.show + (at - this.best.at) * this.best.speed;
  }
}

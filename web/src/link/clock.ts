/**
 * The show's clock as this page knows it.
 *
 * A probe tells what the show's clock read at some moment of its round trip. The shorter the trip, the smaller the
 * error, so the sample with the shortest trip of the last few is the one that counts, as long as the newer ones can be
 * true as well. This machine contributes its monotonic clock only: its wall clock may be wrong by minutes and does not
 * matter. Only while the server cannot be asked does it say for how long the machine has slept.
 */

import type { Clock } from "../wire";

/** What the show's clock read at one moment of this page's own clock, all in milliseconds. */
export interface Sample {
  /** When the probe was sent, on this page's monotonic clock. */
  sent: number;
  /** On this page's monotonic clock. */
  at: number;
  /** On the show's clock, since 1970. */
  show: number;
  /** How fast the show's clock runs; 1 outside rehearsals. */
  speed: number;
  /** Round trip of the probe. */
  trip: number;
}

/** The server says whole milliseconds. */
const RESOLUTION = 1;
/** Old samples go, or the drift of two clocks would outweigh a lucky short trip of long ago. */
const KEPT = 8;

/** What the answer to a probe says, received at `received` on the clock that `sent` is of. */
export function sampled(answer: Clock, received: number): Sample {
  return {
    sent: answer.sent,
    at: (answer.sent + received) / 2,
    show: answer.now_ms,
    speed: answer.speed,
    trip: received - answer.sent,
  };
}

/** Whether the show's clock can have run on evenly between the two. */
function agree(a: Sample, b: Sample): boolean {
  const apart = Math.abs(b.show - a.show - (b.at - a.at) * b.speed);
  return apart <= ((a.trip + b.trip) / 2) * b.speed + RESOLUTION;
}

/** A show clock made of the last few samples. */
export class ShowClock {
  private samples: Sample[] = [];
  private best: Sample | null = null;
  private awake = Number.NEGATIVE_INFINITY;
  private missed = 0;

  add(sample: Sample): void {
    if (sample.sent < this.awake) return;
    this.missed = 0;
    this.samples = [...this.samples.filter((old) => agree(old, sample)), sample].slice(-KEPT);
    this.best = this.samples.reduce((a, b) => (b.trip < a.trip ? b : a));
  }

  /**
   * This page's clock stood still for `missed` milliseconds and reads `at` now. Only answers to what is asked from now
   * on count; until one comes the time is read as before.
   */
  slept(at: number, missed: number): void {
    this.samples = [];
    this.awake = at;
    this.missed += missed;
  }

  /** The server cannot be asked: go by what the wall clock says that this page's has missed. */
  guess(): void {
    if (this.best) this.best = { ...this.best, show: this.best.show + this.missed * this.best.speed };
    this.missed = 0;
  }

  /** The server began anew: what the old one's clock said is void. */
  forget(): void {
    this.samples = [];
    this.best = null;
    this.missed = 0;
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

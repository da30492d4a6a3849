/**
 * The show's clock, estimated from probes.
 *
 * A probe returns the show's time at some moment of its round trip: a lower and an upper bound. The bounds of the last
 * few samples are intersected, unless a newer one contradicts them, and the middle is taken. On a line that is slow now
 * up and now down, that is closer than the middle of the shortest trip (Marzullo's algorithm, as in NTP). Between samples
 * this computer's monotonic clock runs on. Its wall clock may be wrong by minutes, and is used only to measure a sleep
 * while the server cannot be reached.
 */

import type { Clock } from "../wire";

/** The show's time at one moment of this page's monotonic clock, all in milliseconds. */
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

/** The server sends whole milliseconds. */
const RESOLUTION_MS = 1;
/** Older samples are discarded: the drift of the clocks would outweigh their short trip. */
const MAX_SAMPLES = 16;

/** The sample from an answer that arrived at `received`, on the clock of `sent`. */
export function sampled(answer: Omit<Clock, "type">, received: number): Sample {
  return {
    sent: answer.sent,
    at: (answer.sent + received) / 2,
    show: answer.now_ms,
    speed: answer.speed,
    trip: received - answer.sent,
  };
}

/** Whether both samples can be right, within half their round trips. */
function agree(a: Sample, b: Sample): boolean {
  const apart = Math.abs(b.show - a.show - (b.at - a.at) * b.speed);
  return apart <= ((a.trip + b.trip) / 2) * b.speed + RESOLUTION_MS;
}

/** The show's time at one moment of this page's monotonic clock. */
type Estimate = Pick<Sample, "at" | "show" | "speed">;

/** The middle of what all samples allow at the moment of the latest. */
function estimated(samples: readonly Sample[], { at, speed }: Sample): Estimate {
  const bounds = (sample: Sample): [number, number] => {
    const middle = sample.show + (at - sample.at) * speed;
    const error = (sample.trip / 2) * speed;
    return [middle - error, middle + error];
  };
  const low = Math.max(...samples.map((sample) => bounds(sample)[0]));
  const high = Math.min(...samples.map((sample) => bounds(sample)[1]));
  return { at, show: (low + high) / 2, speed };
}

/** The show's clock by the last few samples. */
export class ShowClock {
  private samples: Sample[] = [];
  private best: Estimate | null = null;
  private awake = Number.NEGATIVE_INFINITY;
  private missed = 0;

  add(sample: Sample): void {
    if (sample.sent < this.awake) return;
    this.missed = 0;
    this.samples = [...this.samples.filter((old) => agree(old, sample)), sample].slice(-MAX_SAMPLES);
    this.best = estimated(this.samples, sample);
  }

  /**
   * This page's clock was stopped for `missed` milliseconds and reads `at` now. Answers to older probes are ignored;
   * until a new one arrives the time is read as before.
   */
  slept(at: number, missed: number): void {
    this.samples = [];
    this.awake = at;
    this.missed += missed;
  }

  /** The server cannot be reached: add the sleep that the wall clock measured. */
  addSleep(): void {
    if (this.best) this.best = { ...this.best, show: this.best.show + this.missed * this.best.speed };
    this.missed = 0;
  }

  /** The server was restarted: its clock may be another one. */
  reset(): void {
    this.samples = [];
    this.best = null;
    this.missed = 0;
  }

  get speed(): number {
    return this.best?.speed ?? 1;
  }

  /** The show's time in milliseconds since 1970 when this page's clock reads `at`; null before the first sample. */
  read(at: number): number | null {
    return this.best && this.best.show + (at - this.best.at) * this.best.speed;
  }
}

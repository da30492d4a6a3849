/**
 * The show's clock, estimated from round trips.
 *
 * An answer of the server says the show's time at some moment between a request and that answer: a lower and an upper
 * bound. The bounds of all trips are intersected, unless a newer one contradicts them, and the middle is taken. On a line
 * that is slow now up and now down, that is closer than the middle of the shortest trip (Marzullo's algorithm, as in NTP).
 * Between trips this computer's monotonic clock runs on. Its wall clock may be wrong by minutes, and is used only to
 * measure a sleep while the server cannot be reached.
 */

/** One trip to the server and back. */
export interface Sample {
  /** When it began and ended, in milliseconds on this page's monotonic clock. */
  sent: number;
  received: number;
  /** The show's time at some moment between, in milliseconds since 1970. */
  now_ms: number;
  /** How fast the show's clock runs; 1 outside rehearsals. */
  speed: number;
}

/** The server cuts the show's time to whole milliseconds. */
const RESOLUTION_MS = 1;
/** How far two computers' clocks drift apart at most: a quartz is right to some 100 parts in a million. */
const DRIFT = 200e-6;

/** What the show's clock reads when this page's clock reads `at`: between `low` and `high`, all in milliseconds. */
interface Bounds {
  at: number;
  low: number;
  high: number;
  speed: number;
}

/** What one trip says of the moment at which it ended. */
function bounds({ sent, received, now_ms, speed }: Sample): Bounds {
  return { at: received, low: now_ms, high: now_ms + RESOLUTION_MS + (received - sent) * speed, speed };
}

/** The same bounds at another moment, wider by what the clocks may have drifted since. */
function moved({ at, low, high, speed }: Bounds, to: number): Bounds {
  const passed = (to - at) * speed;
  const drifted = Math.abs(passed) * DRIFT;
  return { at: to, low: low + passed - drifted, high: high + passed + drifted, speed };
}

function intersected(old: Bounds, latest: Bounds): Bounds {
  const { at, low, high, speed } = moved(old, latest.at);
  const both = { at, low: Math.max(low, latest.low), high: Math.min(high, latest.high), speed };
  return both.low <= both.high && speed === latest.speed ? both : latest;
}

/**
 * The trips for this page's own files. The browser took their times outside the page's thread, which is too busy while it
 * loads to read an answer in time. None for what came from a cache, or where the browser does not say (`Server-Timing`
 * outside secure contexts).
 */
export function loadingSamples(): Sample[] {
  const entries = [
    ...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource"),
  ];
  return (entries as PerformanceResourceTiming[]).flatMap((entry) => {
    const said = (name: string) => entry.serverTiming?.find((each) => each.name === name)?.duration ?? 0;
    const [now_ms, speed] = [said("show"), said("speed")];
    if (entry.transferSize === 0 || now_ms === 0 || speed === 0) return [];
    return [{ sent: entry.requestStart, received: entry.responseStart, now_ms, speed }];
  });
}

/** The show's clock by all trips so far. */
export class ShowClock {
  private known: Bounds | null = null;
  private awake = Number.NEGATIVE_INFINITY;
  private missed = 0;
  /** Nothing has been missed since: a new trip may narrow what is known, and need not replace it. */
  private unbroken = false;

  add(sample: Sample): void {
    if (sample.sent < this.awake) return;
    const latest = bounds(sample);
    this.known = this.known && this.unbroken ? intersected(this.known, latest) : latest;
    this.unbroken = true;
    this.missed = 0;
  }

  /**
   * This page's clock was stopped for `missed` milliseconds and reads `at` now. Answers to older probes are ignored;
   * until a new one arrives the time is read as before.
   */
  slept(at: number, missed: number): void {
    this.awake = at;
    this.unbroken = false;
    this.missed += missed;
  }

  /** The server cannot be reached: add the sleep that the wall clock measured. */
  addSleep(): void {
    if (!this.known) return;
    const passed = this.missed * this.known.speed;
    this.known = { ...this.known, low: this.known.low + passed, high: this.known.high + passed };
    this.missed = 0;
  }

  /** The server was restarted: its clock may be another one. */
  reset(): void {
    this.known = null;
    this.missed = 0;
  }

  get speed(): number {
    return this.known?.speed ?? 1;
  }

  /** The show's time in milliseconds since 1970 when this page's clock reads `at`; null before the first sample. */
  read(at: number): number | null {
    if (!this.known) return null;
    const { low, high } = moved(this.known, at);
    return (low + high) / 2;
  }
}

/**
 * Whether this page has run.
 *
 * A browser wakes the timers of a hidden page once a minute at worst, freezes it altogether, or sleeps with the
 * machine. Such a page knows nothing of the time between, and must not take it for somebody else's silence.
 */

/** The time in which a page ran that is woken every so often. */
export class SuspensionDetector {
  private looked: number | null = null;

  /** Woken later than after `standstill` milliseconds, the page stood still. */
  constructor(private readonly standstill: number) {}

  /** Milliseconds since the look before; null if the page stood still meanwhile. */
  since(now: number): number | null {
    const passed = now - (this.looked ?? now);
    this.looked = now;
    return passed < this.standstill ? passed : null;
  }
}

/** Steps of a wall clock that is kept by NTP are smaller; a sleep is longer. */
const SHORTEST_SLEEP = 1_000;

/**
 * The time for which this page's monotonic clock stood still.
 *
 * `performance.now()` should go on while the machine sleeps (hr-time, "monotonic clock"), and does so on Windows. On
 * Linux, Android and in most browsers of macOS and iOS it stands still (w3c/hr-time#115). The wall clock goes on
 * everywhere. Where it has been set forward by hand or by a late NTP answer, that looks the same.
 */
export class SleepDetector {
  private ahead: number | null = null;

  /** Milliseconds by which the wall clock has gone on further than the page's since the look before; 0 if it has not. */
  since(now: number, wall: number): number {
    const ahead = wall - now;
    const missed = ahead - (this.ahead ?? ahead);
    this.ahead = ahead;
    return missed > SHORTEST_SLEEP ? missed : 0;
  }
}

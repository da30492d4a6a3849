/**
 * Detects that this page, or the whole computer, was suspended.
 *
 * A browser may run the timers of a hidden page once a minute, freeze the page, or sleep with the computer. The page
 * must not take such a gap for the server's silence.
 */

/** Measures the time between checks made by a timer, without suspensions. */
export class SuspensionDetector {
  private lastCheck: number | null = null;

  /** A gap of `suspendedAfterMs` or more between two checks counts as a suspension. */
  constructor(private readonly suspendedAfterMs: number) {}

  /** Milliseconds since the last check; null after a suspension. */
  elapsed(now: number): number | null {
    const passed = now - (this.lastCheck ?? now);
    this.lastCheck = now;
    return passed < this.suspendedAfterMs ? passed : null;
  }
}

/** NTP sets the wall clock by smaller steps than this; a sleep is longer. */
const MIN_SLEEP_MS = 1_000;

/**
 * Measures how long this page's monotonic clock was stopped by a sleep.
 *
 * `performance.now()` should run on while the computer sleeps (hr-time, "monotonic clock"), and does so on Windows. On
 * Linux, Android and most browsers of macOS and iOS it stops (w3c/hr-time#115). The wall clock runs on everywhere. A
 * wall clock set forward, by hand or by a late NTP answer, looks the same.
 */
export class SleepDetector {
  private ahead: number | null = null;

  /** Milliseconds that the monotonic clock lost against the wall clock since the last check; 0 if none. */
  missed(now: number, wall: number): number {
    const ahead = wall - now;
    const missed = ahead - (this.ahead ?? ahead);
    this.ahead = ahead;
    return missed > MIN_SLEEP_MS ? missed : 0;
  }
}

/** Where a picture that stands for days is drawn, against burn-in. Pure. */

const MINUTE_MS = 60_000;
/** Minutes for the way there and back, without a common divisor: all their positions meet. */
const PERIODS = [14, 23] as const;

export interface Drift {
  /** From -1 to 1, in units of the largest displacement. */
  x: number;
  y: number;
}

/** A triangle wave from -1 to 1 and back. */
function wave(minute: number, period: number): number {
  const part = (((minute % period) + period) % period) / period;
  return part < 0.5 ? 4 * part - 1 : 3 - 4 * part;
}

/** The displacement at `at`, in milliseconds: the same on all displays, and changed once a minute. */
export function driftAt(at: number): Drift {
  const minute = Math.floor(at / MINUTE_MS);
  return { x: wave(minute, PERIODS[0]), y: wave(minute, PERIODS[1]) };
}

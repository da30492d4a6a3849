/**
 * Grades the quality of a connection, and decides when to warn the people at its end. Pure.
 *
 * Loss in one report says little: a report covers a second, and three lost packets of a hundred are noise. So a warning
 * follows a running mean, and stays until the mean is well below its limit.
 */

import { type DestinationDoc, MAX_LOSS, MAX_ROUND_TRIP_MS, type SourceDoc } from "../wire";

export type Grade = "good" | "warn" | "danger";

/** Loss fractions. Retransmission hides 2 %; at 10 % speech breaks up. */
const LOSS_LIMITS = { warn: 0.02, danger: MAX_LOSS };
/** Round trips. From 300 ms people talk over each other; at 800 ms they cannot converse. */
const TRIP_LIMITS_MS = { warn: 300, danger: MAX_ROUND_TRIP_MS };

function grade(value: number | null, limits: { warn: number; danger: number }): Grade {
  if (value === null || value <= limits.warn) return "good";
  return value > limits.danger ? "danger" : "warn";
}

/** `loss` is a fraction, 0 to 1; null (not measured) counts as good. */
export function gradeOfLoss(loss: number | null): Grade {
  return grade(loss, LOSS_LIMITS);
}

export function gradeOfTrip(milliseconds: number | null): Grade {
  return grade(milliseconds, TRIP_LIMITS_MS);
}

/** Running means of a page's connection. `up` and `down`: loss of what it sends and receives, 0 to 1. */
export interface ConnectionMean {
  up: number;
  down: number;
  /** Milliseconds. */
  trip: number;
  /** The fraction of time in which it received the smaller layer instead of the larger. */
  small: number;
}

/** The weight of one second in the mean: most of a burst is forgotten after ten. */
const SMOOTHING = 0.25;

/** The mean a second later: `own` is the source that the page feeds, `sent` its destination. */
export function updateMean(
  line: ConnectionMean | null,
  own: SourceDoc | null,
  sent: DestinationDoc | null,
): ConnectionMean {
  const now: ConnectionMean = {
    up: own?.loss ?? 0,
    down: sent?.loss ?? 0,
    trip: Math.max(own?.rtt_ms ?? 0, sent?.rtt_ms ?? 0),
    small: sent?.smaller ? 1 : 0,
  };
  const before = line ?? { up: 0, down: 0, trip: now.trip, small: 0 };
  const mean = (of: keyof ConnectionMean): number => before[of] + SMOOTHING * (now[of] - before[of]);
  return { up: mean("up"), down: mean("down"), trip: mean("trip"), small: mean("small") };
}

export type Trouble = keyof ConnectionMean;

/** The worst trouble of a page's connection. */
export interface Complaint {
  about: Trouble;
  grade: Grade;
}

/** A warning ends below this fraction of its limit. */
const HYSTERESIS = 0.5;
const SMALL_LIMITS = { warn: 0.5, danger: Number.POSITIVE_INFINITY };

/** The warning to show, if any; `before` is the one shown now. */
export function complaintAbout(line: ConnectionMean, before: Complaint | null): Complaint | null {
  const judged = (about: Trouble, limits: typeof LOSS_LIMITS): Complaint => {
    const shown = before?.about === about ? before.grade : "good";
    const warn = shown === "good" ? limits.warn : limits.warn * HYSTERESIS;
    const danger = shown === "danger" ? limits.danger * HYSTERESIS : limits.danger;
    return { about, grade: grade(line[about], { warn, danger }) };
  };
  const found = [
    judged("up", LOSS_LIMITS),
    judged("down", LOSS_LIMITS),
    judged("trip", TRIP_LIMITS_MS),
    judged("small", SMALL_LIMITS),
  ];
  return found.find((each) => each.grade === "danger") ?? found.find((each) => each.grade === "warn") ?? null;
}

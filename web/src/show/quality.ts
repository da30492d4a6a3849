/**
 * How good a link is, and when to say so to the people at its end. Pure.
 *
 * Loss in one report says little: reports cover a second, and three lost packets of a hundred are a burst of noise. So
 * what people are told follows a running mean, and what is said once is said until the mean is well below its mark.
 */

import type { DestinationDoc, SourceDoc } from "../wire";

export type Grade = "good" | "warn" | "danger";

/** From these on a figure is worth a colour. Repair copes with 2 % unseen; at 10 % speech breaks up. */
const LOSS = { warn: 0.02, danger: 0.1 };
/** Milliseconds there and back: from 300 people begin to talk over each other, at 800 they cannot converse. */
const TRIP = { warn: 300, danger: 800 };

function grade(value: number | null, marks: { warn: number; danger: number }): Grade {
  if (value === null || value <= marks.warn) return "good";
  return value > marks.danger ? "danger" : "warn";
}

/** `loss` is a fraction, 0 to 1; what was not measured is not bad. */
export function gradeOfLoss(loss: number | null): Grade {
  return grade(loss, LOSS);
}

export function gradeOfTrip(milliseconds: number | null): Grade {
  return grade(milliseconds, TRIP);
}

/** A page's own line as a running mean: loss of what it sends and of what it is sent (0 to 1), and the round trip. */
export interface Line {
  up: number;
  down: number;
  /** Milliseconds. */
  trip: number;
  /** How much of the time it was sent the smaller picture though there is a larger one; 0 to 1. */
  small: number;
}

/** Weight of one second in the mean: it has forgotten most of a burst after ten. */
const WEIGHT = 0.25;

/** The mean a second later: `own` is what the page feeds, `sent` what it is sent. */
export function heard(line: Line | null, own: SourceDoc | null, sent: DestinationDoc | null): Line {
  const now: Line = {
    up: own?.loss ?? 0,
    down: sent?.loss ?? 0,
    trip: Math.max(own?.rtt_ms ?? 0, sent?.rtt_ms ?? 0),
    small: sent?.smaller ? 1 : 0,
  };
  const before = line ?? { up: 0, down: 0, trip: now.trip, small: 0 };
  const mean = (of: keyof Line): number => before[of] + WEIGHT * (now[of] - before[of]);
  return { up: mean("up"), down: mean("down"), trip: mean("trip"), small: mean("small") };
}

export type Trouble = keyof Line;

/** What is worst about a page's own line. */
export interface Complaint {
  about: Trouble;
  grade: Grade;
}

/** What has been said is taken back only below this part of the mark it was said at. */
const TAKEN_BACK_AT = 0.5;
const SMALL = { warn: 0.5, danger: Number.POSITIVE_INFINITY };

/** What to tell the people at the end of `line`, if anything; `before` is what they are being told. */
export function complaint(line: Line, before: Complaint | null): Complaint | null {
  const judged = (about: Trouble, marks: typeof LOSS): Complaint => {
    const said = before?.about === about ? before.grade : "good";
    const warn = said === "good" ? marks.warn : marks.warn * TAKEN_BACK_AT;
    const danger = said === "danger" ? marks.danger * TAKEN_BACK_AT : marks.danger;
    return { about, grade: grade(line[about], { warn, danger }) };
  };
  const found = [judged("up", LOSS), judged("down", LOSS), judged("trip", TRIP), judged("small", SMALL)];
  return found.find((each) => each.grade === "danger") ?? found.find((each) => each.grade === "warn") ?? null;
}

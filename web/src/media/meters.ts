/**
 * How loud the sources' microphones are, for meters.
 *
 * The server tells the loudest level ten times a second while anybody speaks. A meter rises with it at once and falls
 * by itself, so that it moves smoothly and comes to rest when nothing is told any more. Each has a signal of its own:
 * ten messages a second must not have a page drawn anew ten times a second.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { FLOOR_DB, onScale } from "./level";

/** A programme meter falls 20 dB in 1.7 s (IEC 60268-10, type I). */
const FALL_DB_PER_MS = 20 / 1_700;
const STEP_MS = 50;

/** What a meter shows so many milliseconds after it showed `level`, if nothing is heard meanwhile; both 0 to 1. */
export function fallen(level: number, milliseconds: number): number {
  return Math.max(0, level + (FALL_DB_PER_MS * milliseconds) / FLOOR_DB);
}

const meters = new Map<string, Signal<number>>();
let timer: ReturnType<typeof setTimeout> | undefined;
let last = 0;

function meter(source: string): Signal<number> {
  let found = meters.get(source);
  if (!found) {
    found = signal(0);
    meters.set(source, found);
  }
  return found;
}

/** Between 0 and 1, for as long as the page lives. */
export function levelOf(source: string): ReadonlySignal<number> {
  return meter(source);
}

/** What the server has heard, in dBov by source. */
export function hear(levels: Readonly<Record<string, number>>): void {
  for (const [source, db] of Object.entries(levels)) {
    const level = meter(source);
    level.value = Math.max(level.value, onScale(db));
  }
  if (timer === undefined) {
    last = performance.now();
    timer = setTimeout(fall, STEP_MS);
  }
}

/** Runs while any meter is above its floor. */
function fall(): void {
  const now = performance.now();
  let moving = false;
  for (const level of meters.values()) {
    level.value = fallen(level.value, now - last);
    moving ||= level.value > 0;
  }
  last = now;
  timer = moving ? setTimeout(fall, STEP_MS) : undefined;
}

/**
 * The levels of the sources' microphones, for meters.
 *
 * The server sends the peak level ten times a second while anybody speaks. A meter rises with it at once and falls by
 * itself, so it also comes to rest when no more levels arrive. Each meter has its own signal: ten messages a second
 * must not render the page ten times a second.
 */

import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { FLOOR_DB, onScale } from "./level";

/** A programme meter falls 20 dB in 1.7 s (IEC 60268-10, type I). */
const FALL_DB_PER_MS = 20 / 1_700;
const STEP_MS = 50;

/** The position of a meter `milliseconds` after it was at `level`, without a new level; both 0 to 1. */
export function decayed(level: number, milliseconds: number): number {
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

/** The meter of a source, 0 to 1. */
export function levelOf(source: string): ReadonlySignal<number> {
  return meter(source);
}

/** Raise the meters to the levels that the server sent, in dBov by source. */
export function showLevels(levels: Readonly<Record<string, number>>): void {
  for (const [source, db] of Object.entries(levels)) {
    const level = meter(source);
    level.value = Math.max(level.value, onScale(db));
  }
  if (timer === undefined) {
    last = performance.now();
    timer = setTimeout(fall, STEP_MS);
  }
}

/** Lower all meters; repeats while any is above its floor. */
function fall(): void {
  const now = performance.now();
  let moving = false;
  for (const level of meters.values()) {
    level.value = decayed(level.value, now - last);
    moving ||= level.value > 0;
  }
  last = now;
  timer = moving ? setTimeout(fall, STEP_MS) : undefined;
}

/**
 * The loudness of the sources' microphones, for meters.
 *
 * The server sends it ten times a second while anybody speaks. In between a meter falls by itself, so it also comes to
 * rest when nothing more arrives. Each meter has its own signal: ten messages a second must not render the page ten
 * times a second.
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

/** Set the meters to the momentary loudness that the server sent, in LUFS by source. */
export function showLoudness(loudness: Readonly<Record<string, number>>): void {
  for (const [source, lufs] of Object.entries(loudness)) meter(source).value = onScale(lufs);
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

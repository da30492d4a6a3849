/** What the programme's area of a page shows, and how it gets from one arrangement to the next. Pure. */

import type { State, Welcome } from "../wire";
import { destinationOf, placeOf, SLATE } from "./agenda";
import type { Layout } from "./layout";

export interface Arrangement {
  /** The source of each slot, the main one first. Only those that are drawn. */
  sources: readonly string[];
  layout: Layout;
}

const NOTHING: Arrangement = { sources: [SLATE], layout: "solo" };

/** The pictures that this page is sent, by its destination. */
export function arrangementOf(show: State | null, me: Welcome | null): Arrangement {
  if (!show || !me) return NOTHING;
  const sources = destinationOf(show, me)?.pictures ?? [show.program.source];
  const layout = sources.length > 1 ? show.program.layout : "solo";
  return { sources: layout === "solo" ? [sources[0] ?? SLATE] : sources, layout };
}

/** The conditions for drawing a new arrangement. */
export interface Cut {
  /** Slots without a picture until now: each must have presented a frame. */
  awaited: number[];
  /** A slot goes on with another source, and the page cannot see when its picture has changed. */
  settles: boolean;
}

/** Null: the page draws `wanted` at once. The slate is the page's own picture and needs no waiting. */
export function cutTo(shown: Arrangement, wanted: Arrangement): Cut | null {
  if (shown.sources[0] === SLATE || wanted.sources[0] === SLATE) return null;
  const slots = [...wanted.sources.keys()];
  const awaited = slots.filter((slot) => shown.sources[slot] === undefined);
  const settles = slots.some(
    (slot) => shown.sources[slot] !== undefined && shown.sources[slot] !== wanted.sources[slot],
  );
  return awaited.length > 0 || settles ? { awaited, settles } : null;
}

export function isSame(a: Arrangement, b: Arrangement): boolean {
  return a.layout === b.layout && a.sources.join() === b.sources.join();
}

/** Whether the tile of `source` is that of somebody who speaks, perhaps into another source's microphone of that place. */
export function isSpeaking(source: string, speaking: ReadonlySet<string>, drawn: readonly string[]): boolean {
  if (speaking.has(source)) return true;
  const place = placeOf(source);
  // Of a hall with two pictures the one with the microphone is marked, where it is drawn.
  return [...speaking].some((other) => placeOf(other) === place && !drawn.includes(other));
}

/** What is known about when the next item begins. Pure. */

import type { State } from "../wire";
import { onAir } from "./agenda";
import { endOf, instant } from "./time";

/** How long after its time an item counts as starting soon; after that nobody knows when it begins. */
export const SOON_FOR_MS = 10 * 60_000;

export type Coming =
  /** It is expected at `at`. */
  | { kind: "counts"; at: number; left: number }
  /** Its time has just passed, and it waits for a moderator. `at`: when Start was due; null after Start. */
  | { kind: "soon"; at: number | null }
  /** Its time passed long ago, or the show is on hold: nobody knows when. */
  | { kind: "waits"; at: number | null };

/** Null if nothing is to come. */
export function coming(show: State, now: number): Coming | null {
  const next = instant(show.show.next_at);
  if (next === null || show.show.phase === "ended") return null;
  const due = instant(show.show.due_at);
  const at = due ?? next;
  if (at > now) return { kind: "counts", at, left: at - now };
  // An item that waits for a moderator is expected now.
  const item = onAir(show);
  const since = due ?? (item && endOf(item));
  return { kind: since !== null && now - since <= SOON_FOR_MS ? "soon" : "waits", at: due };
}

/** When Start was due, if it is overdue; else null. */
export function overdueStart(show: State, now: number): number | null {
  const due = instant(show.show.due_at);
  return due !== null && due <= now ? due : null;
}

/** What can honestly be said of when the next item begins. Pure. */

import type { State } from "../wire";
import { onAir } from "./agenda";
import { endOf, instant } from "./time";

/** How long after its time something is said to begin soon. Nobody knows when it begins after that. */
export const BELIEVED_MS = 10 * 60_000;

export type Coming =
  /** It is expected at that time. */
  | { kind: "counts"; at: number; left: number }
  /** Its time passed a moment ago: it waits for somebody. `at`: when Start was due; null once it was pressed. */
  | { kind: "soon"; at: number | null }
  /** Its time passed long ago, or the show is held: nobody knows when. */
  | { kind: "waits"; at: number | null };

/** Null where nothing comes. */
export function coming(show: State, now: number): Coming | null {
  const next = instant(show.show.next_at);
  if (next === null || show.show.phase === "ended") return null;
  const due = instant(show.show.due_at);
  const at = due ?? next;
  if (at > now) return { kind: "counts", at, left: at - now };
  // What waits for somebody is expected now, whatever the time is.
  const item = onAir(show);
  const since = due ?? (item && endOf(item));
  return { kind: since !== null && now - since <= BELIEVED_MS ? "soon" : "waits", at: due };
}

/** When Start was due, where nobody has pressed it; null otherwise. */
export function overdueStart(show: State, now: number): number | null {
  const due = instant(show.show.due_at);
  return due !== null && due <= now ? due : null;
}

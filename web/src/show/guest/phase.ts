/** What a guest's page is about now: waiting, about to be on, on air, over time, done. Pure. */

import type { ItemDoc, State } from "../../wire";
import { beginOf, nextTurn, onAir, placeOf, shows, tallyOf } from "../agenda";
import { coming, overdueStart } from "../coming";
import { leftOf, type Tone, toneOf } from "../time";

/** So long before the turn the page changes: time to sit up, and not so long that it is ignored. */
export const SOON_MS = 60_000;

export type GuestPhase =
  /** Not joined yet. */
  | { kind: "check" }
  /** In the green room. `left`: null if nobody knows when; `at`: null if not even the plan says. */
  | { kind: "waiting"; turn: Turn | null; at: number | null; left: number | null; again: boolean }
  /** On in a moment. `left`: null if a moderator may take the guest at any moment. */
  | { kind: "soon"; turn: Turn | null; left: number | null; again: boolean }
  /** The guest's item is on air, without the guest. */
  | { kind: "due" }
  /** `left`: null in an item of others, whose time is not the guest's. */
  | { kind: "on-air"; item: ItemDoc | null; left: number | null; tone: Tone }
  /** On air, and the time is up. `over` is 0 or more. */
  | { kind: "overtime"; item: ItemDoc; over: number }
  /** Nothing more to come. */
  | { kind: "thanks"; wasOn: boolean };

/** The guest is on air, or should be in a moment. */
export function isTurn(kind: GuestPhase["kind"]): boolean {
  return kind === "soon" || kind === "due" || kind === "on-air" || kind === "overtime";
}

/**
 * The turn comes, so that nothing may cover the page. Not for `due`: its guest may be choosing a camera that works. A
 * panel that was opened since stays open on air.
 */
export function turnComes(before: GuestPhase["kind"], kind: GuestPhase["kind"]): boolean {
  return !isTurn(before) && (kind === "soon" || kind === "on-air");
}

/** The guest's next item, and what is on before it. */
export interface Turn {
  item: ItemDoc;
  after: ItemDoc | null;
}

export interface GuestPage {
  /** The guest's id, which is also that of the main source. */
  id: string;
  joined: boolean;
  /** This page sends the guest's picture; false: another page does. */
  feeds: boolean;
}

/** The phase at `now` in milliseconds since 1970, by the show's clock. */
export function guestPhase(show: State, now: number, { id, joined, feeds }: GuestPage): GuestPhase {
  if (!joined) return { kind: "check" };
  const ownSources = Object.keys(show.sources).filter((source) => placeOf(source) === id);
  // Slides that fill the screen have their speaker on air.
  const light = feeds ? tallyOf(show, ownSources) : "off";
  const item = onAir(show);
  const isOwn = item !== null && shows(item, id);
  if (light === "on-air") return onAirPhase(isOwn ? item : null, now);
  if (feeds && isOwn) return { kind: "due" };
  const again = show.items.some((each) => each.status === "done" && shows(each, id));
  const turn = turnOf(show, id);
  // In preview: a moderator may take the guest at any moment.
  if (light === "preview") return { kind: "soon", turn: null, left: null, again };
  if (show.show.phase === "ended" || (turn === null && again)) return { kind: "thanks", wasOn: again };
  if (turn === null) return { kind: "waiting", turn, at: null, left: null, again };
  const at = beginOf(show, turn.item);
  const left = at !== null && isCounted(show, turn.item, now) ? Math.max(0, at - now) : null;
  if (feeds && left !== null && left <= SOON_MS) return { kind: "soon", turn, left, again };
  return { kind: "waiting", turn, at, left, again };
}

function onAirPhase(item: ItemDoc | null, now: number): GuestPhase {
  const left = item && leftOf(item, now);
  if (item === null || left === null) return { kind: "on-air", item, left: null, tone: "calm" };
  if (left < 0) return { kind: "overtime", item, over: -left };
  return { kind: "on-air", item, left, tone: toneOf(item, left) };
}

/** The item before is the one on air if the turn comes next, as a moderator may have marked it; else by the agenda. */
function turnOf(show: State, id: string): Turn | null {
  const item = nextTurn(show, id);
  if (!item) return null;
  const now = onAir(show);
  if (item.status === "next" && now) return { item, after: now };
  const before = show.items.slice(0, show.items.indexOf(item)).filter((each) => each.status !== "skipped");
  return { item, after: before.at(-1) ?? null };
}

/**
 * Whether the expected begin of the turn can be counted down to. Not while Start is overdue, or in a gap on hold:
 * expected times then move with the clock. But an item that waits for a moderator's Next is expected at any moment.
 */
function isCounted(show: State, turn: ItemDoc, now: number): boolean {
  const begins = coming(show, now);
  if (begins?.kind === "waits" && onAir(show) === null) return false;
  return overdueStart(show, now) === null || (turn.status === "next" && begins?.kind === "soon");
}

/** Queries on the state that several pages need. Pure. */

import type { DestinationDoc, ItemDoc, PlaceDoc, State, Tally, Welcome } from "../wire";
import { instant } from "./time";

export const SLATE = "slate";

export function itemById(state: State, id: string | null): ItemDoc | null {
  return (id !== null && state.items.find((item) => item.id === id)) || null;
}

export function onAir(state: State): ItemDoc | null {
  return itemById(state, state.show.item);
}

/** A key that changes exactly when another item goes on air, or the same one starts again. */
export function onAirKey(state: State): string {
  return `${state.show.phase === "ended"} ${state.show.item} ${onAir(state)?.actual.start}`;
}

export function upNext(state: State): ItemDoc | null {
  return itemById(state, state.show.next);
}

/** The venue or guest that a source belongs to. */
export function placeOf(source: string): string {
  return source.split("/", 1)[0] ?? source;
}

export function placeDoc(state: State, id: string): PlaceDoc | null {
  return state.event.places.find((place) => place.id === id) ?? null;
}

/** The name of a source or of a booth's seat; `slate` is the word for the slate in the page's language. */
export function sourceName(state: State, source: string, slate: string): string {
  if (source === SLATE) return slate;
  const place = placeOf(source);
  const booth = state.event.booths.find(({ id }) => id === place);
  const seat = source.slice(place.length + 1);
  return state.sources[source]?.name ?? (booth && seat ? `${booth.name} · ${seat}` : source);
}

/** The destination of this page. A place has an entry of its own, other pages share one by role and id. */
export function destinationOf(
  { destinations }: Pick<State, "destinations">,
  welcome: Welcome,
): DestinationDoc | null {
  return destinations[welcome.id] ?? destinations[`${welcome.role}:${welcome.id}`] ?? null;
}

const URGENCY = ["on-air", "next", "preview"] as const;

/** The tally of a place with several sources: the most urgent of theirs. */
export function tallyOf(state: State, sources: readonly string[]): Tally {
  const lights = sources.map((source) => state.sources[source]?.tally);
  return URGENCY.find((light) => lights.includes(light)) ?? "off";
}

/** Whether an item puts this place on screen. */
export function shows(item: ItemDoc, place: string): boolean {
  return [item.source, ...item.with].some((source) => placeOf(source) === place);
}

/** The next item, not yet on air, in which this place is on screen. */
export function nextTurn(state: State, place: string): ItemDoc | null {
  return (
    state.items.find((item) => (item.status === "next" || item.status === "coming") && shows(item, place)) ??
    null
  );
}

/** When an item is expected to begin. If Start is overdue: when it was planned to begin. */
export function beginOf(show: State, item: ItemDoc): number | null {
  const at = instant(item.actual.start ?? item.expected.start ?? item.planned.start);
  const [due, next] = [instant(show.show.due_at), instant(show.show.next_at)];
  if (at === null || due === null || next === null || next <= due || item.expected.start === null) return at;
  if (item.id === show.show.next) return due;
  // Until Start, expected times move with the clock, and would promise what nobody knows.
  return Math.max(instant(item.planned.start) ?? 0, at - (next - due));
}

/** The items for a short list: the one on air and those after it. */
export function fromNowOn(state: State, count: number): ItemDoc[] {
  const rest = state.items.filter((item) => item.status !== "done" && item.status !== "skipped");
  return rest.slice(0, count);
}

/** Whether Back has an item to go to. Between items and after the end that is the last item on air. */
export function hasPrevious(state: State): boolean {
  if (state.show.item === null) return state.show.last !== null;
  const last = state.items.findIndex((item) => item.id === state.show.last);
  return state.items
    .slice(0, Math.max(0, last))
    .some((item) => item.status !== "skipped" || item.skipped_because === "passed");
}

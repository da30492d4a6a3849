/** The order of the agenda while one of its lines is being moved. Pure. */

import type { ItemDoc, State } from "../../../wire";

/** An item, and the one that it would be above; null: at the end. */
export interface Place {
  item: string;
  before: string | null;
}

/** A line on the screen, in pixels from its top. */
export interface Line {
  id: string;
  top: number;
  bottom: number;
}

/** The part of the agenda whose order can change: all that is below the item last on air. */
export function rest(show: State): ItemDoc[] {
  return show.items.slice(show.items.findIndex(({ id }) => id === show.show.last) + 1);
}

/** The items that can be moved, changed in full, or removed, by id. */
export function toCome(show: State): ReadonlySet<string> {
  const items = rest(show).filter(({ status }) => status !== "done" && status !== "on-air");
  return new Set(items.map(({ id }) => id));
}

export function isToCome(show: State, id: string): boolean {
  return toCome(show).has(id);
}

/** Where an item is now. */
export function placeNow(show: State, id: string): Place {
  return { item: id, before: after(show.items, id)?.id ?? null };
}

/** The item below another one. */
export function after(items: readonly ItemDoc[], id: string): ItemDoc | null {
  const at = items.findIndex((item) => item.id === id);
  return at < 0 ? null : (items[at + 1] ?? null);
}

/** The items in the order that they would have with one of them at this place. */
export function arranged(items: readonly ItemDoc[], place: Place | null): readonly ItemDoc[] {
  const moved = items.find(({ id }) => id === place?.item);
  if (!place || !moved) return items;
  const others = items.filter((item) => item !== moved);
  const at = others.findIndex(({ id }) => id === place.before);
  return at < 0 ? [...others, moved] : [...others.slice(0, at), moved, ...others.slice(at)];
}

/** One line further up or down, as far as the order can change. */
export function stepped(show: State, place: Place, by: -1 | 1): Place {
  const ids = rest(show)
    .map(({ id }) => id)
    .filter((id) => id !== place.item);
  const at = place.before === null ? ids.length : ids.indexOf(place.before);
  const to = Math.min(ids.length, Math.max(0, at + by));
  return { item: place.item, before: ids[to] ?? null };
}

/**
 * Where a line lands that is dragged to `y`. `lines` are those whose order can change, as they are on the screen, the
 * dragged one among them. It passes another line at that one's middle, so that two lines of different heights do not
 * change places back and forth.
 */
export function landing(lines: readonly Line[], id: string, y: number): Place {
  const middle = (at: number): number => ((lines[at]?.top ?? 0) + (lines[at]?.bottom ?? 0)) / 2;
  let to = lines.findIndex((line) => line.id === id);
  while (to > 0 && y < middle(to - 1)) to -= 1;
  while (to < lines.length - 1 && y > middle(to + 1)) to += 1;
  const others = lines.filter((line) => line.id !== id);
  return { item: id, before: others[to]?.id ?? null };
}

/** What a command, or the passing of time, did to the rest of the agenda. Pure. */

import type { ItemDoc, State } from "../wire";
import { itemById, onAir } from "./agenda";
import { instant, SLIGHT_DELAY_S } from "./time";

/** A smaller difference is ignored. */
const NOTICEABLE_MS = SLIGHT_DELAY_S * 1000;

/** A hard start, and when it is. */
export interface Limit {
  item: ItemDoc;
  at: number;
}

export interface Outcome {
  /** Skipped now: there is no time for them before a hard start. */
  dropped: ItemDoc[];
  /** Skipped now: the show went on to a later item. */
  passed: ItemDoc[];
  /** To come before, and no longer in the agenda. */
  gone: ItemDoc[];
  /** No longer skipped. */
  back: ItemDoc[];
  /** To come, with less time than before. */
  squeezed: { item: ItemDoc; left_ms: number }[];
  /** The item on air gets less than its length. */
  isCut: boolean;
  /** The hard start that causes this; null if there is none. */
  limit: Limit | null;
  /** To come, at another time. */
  moved: ItemDoc[];
  /** The largest move; negative is earlier. */
  moved_ms: number;
}

export function outcome(before: State, after: State): Outcome {
  const pairs = after.items.flatMap((item) => {
    const was = itemById(before, item.id);
    return was ? [{ was, item }] : [];
  });
  const toCome = pairs.filter(({ was, item }) => isToCome(was) && isToCome(item));
  const moves = toCome
    .map(({ was, item }) => ({ item, by: begins(item) - begins(was) }))
    .filter(({ by }) => Math.abs(by) >= NOTICEABLE_MS);
  // After a change of the order some begin earlier and others later; no one figure says that.
  const isOneWay = moves.every(({ by }) => by > 0) || moves.every(({ by }) => by < 0);
  const newlySkipped = (because: ItemDoc["skipped_because"]) =>
    pairs
      .filter(
        ({ was, item }) => isToCome(was) && item.status === "skipped" && item.skipped_because === because,
      )
      .map(({ item }) => item);
  return {
    dropped: newlySkipped("no-time"),
    passed: newlySkipped("passed"),
    gone: before.items.filter((was) => isToCome(was) && itemById(after, was.id) === null),
    back: pairs
      .filter(({ was, item }) => was.skipped_because === "no-time" && isToCome(item))
      .map(({ item }) => item),
    squeezed: toCome
      // Not where somebody has made it shorter.
      .filter(({ was, item }) => was.length_s <= item.length_s)
      .filter(({ was, item }) => expected_ms(was) - expected_ms(item) >= NOTICEABLE_MS)
      .map(({ item }) => ({ item, left_ms: expected_ms(item) })),
    isCut: isCut(after) && before.show.item === after.show.item,
    limit: hardStart(after),
    moved: isOneWay ? moves.map(({ item }) => item) : [],
    moved_ms: moves.reduce((most, { by }) => (Math.abs(by) > Math.abs(most) ? by : most), 0),
  };
}

/** Those of `dropped` that are still skipped. */
export function stillDropped(dropped: readonly ItemDoc[], after: State): ItemDoc[] {
  return dropped.filter(({ id }) => itemById(after, id)?.skipped_because === "no-time");
}

function isToCome({ status }: ItemDoc): boolean {
  return status === "next" || status === "coming";
}

function begins(item: ItemDoc): number {
  return instant(item.expected.start) ?? 0;
}

function expected_ms(item: ItemDoc): number {
  return (instant(item.expected.end) ?? 0) - begins(item);
}

/** Whether a hard start leaves the item on air less than its length. */
function isCut(show: State): boolean {
  const item = onAir(show);
  return item !== null && item.length_s * 1000 - expected_ms(item) >= NOTICEABLE_MS;
}

/** The first hard start to come. */
function hardStart(show: State): Limit | null {
  const item = show.items.find((each) => each.hard && isToCome(each));
  return item ? { item, at: begins(item) } : null;
}

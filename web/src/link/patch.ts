/** Applies the server's patches to a state. Unchanged parts are shared. */

import type { Change, DestinationDoc, ItemDoc, Shift, SourceDoc, State } from "../wire";

type Tree = Record<string | number, unknown>;

/** What is measured of the lines of sources and destinations, once a second. */
const FIGURES: readonly (string | number | undefined)[] = [
  "rtt_ms",
  "loss",
  "kbps",
  "link",
] satisfies (keyof SourceDoc & keyof DestinationDoc)[];

/** The part of a state that has figures of lines. */
export type Lines = Pick<State, "sources" | "destinations">;

/** Whether a change is in the part of the state that has figures of lines. */
export function isOfLines({ path: [part] }: Change): boolean {
  return part === "sources" || part === "destinations";
}

/** Whether a change is of a figure of a line alone. */
export function isFigure(change: Change): boolean {
  return isOfLines(change) && FIGURES.includes(change.path[2]);
}

function copied(value: unknown): Tree {
  if (Array.isArray(value)) return [...value] as unknown as Tree;
  if (typeof value === "object" && value !== null) return { ...value } as Tree;
  throw new TypeError("a change goes through something that is neither a list nor an object");
}

/** `root` with one change made; every part off its path is the same object as before. */
function changed(root: unknown, change: Change, depth = 0): unknown {
  const step = change.path[depth];
  if (step === undefined) return change.value;
  const here = copied(root);
  if (depth < change.path.length - 1) here[step] = changed(here[step], change, depth + 1);
  else if (change.drop) delete here[step];
  else if (change.shift) here[step] = shifted(here[step] as ItemDoc[], change.shift);
  else here[step] = change.value;
  return here;
}

/** The items with the expected times of some of them moved. */
function shifted(items: readonly ItemDoc[], { first, last, ms }: Shift): ItemDoc[] {
  return items.map((item, index) => {
    if (index < first || index > last) return item;
    const { start, end } = item.expected;
    return { ...item, expected: { start: later(start, ms), end: later(end, ms) } };
  });
}

/** The instant `ms` later, in the server's format: the same UTC offset, and milliseconds only if there are any. */
function later(text: string | null, ms: number): string | null {
  if (text === null) return null;
  const offset = /[+-]\d\d:\d\d$/.exec(text)?.[0] ?? "+00:00";
  const [hours, minutes] = offset.slice(1).split(":").map(Number);
  const ahead = (offset.startsWith("-") ? -60_000 : 60_000) * (60 * (hours ?? 0) + (minutes ?? 0));
  const wall = new Date(Date.parse(text) + ms + ahead).toISOString();
  return wall.replace(/(\.000)?Z$/, offset);
}

/**
 * `state` with `changes` made; `state` itself stays as it was.
 *
 * @throws TypeError if a path leads nowhere: the state is not the one that the changes were made for.
 */
export function patched<T>(state: T, changes: readonly Change[]): T {
  return changes.reduce<unknown>((root, change) => changed(root, change), state) as T;
}

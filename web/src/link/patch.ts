/** Applies the server's changes to a state, sharing what did not change. */

import type { Change } from "../wire";

type Tree = Record<string | number, unknown>;

function copied(value: unknown): Tree {
  if (Array.isArray(value)) return [...value] as unknown as Tree;
  if (typeof value === "object" && value !== null) return { ...value } as Tree;
  throw new TypeError("a change goes through something that is neither a list nor an object");
}

/** `root` with one change made; every part off the path is the same object as before. */
function changed(root: unknown, change: Change, depth = 0): unknown {
  const step = change.path[depth];
  if (step === undefined) return change.value;
  const here = copied(root);
  if (depth < change.path.length - 1) here[step] = changed(here[step], change, depth + 1);
  else if (change.drop) delete here[step];
  else here[step] = change.value;
  return here;
}

/**
 * `state` with `changes` made; `state` itself stays as it was.
 *
 * @throws TypeError if a path leads nowhere: the state is not the one that the changes were made for.
 */
export function patched<T>(state: T, changes: readonly Change[]): T {
  return changes.reduce<unknown>((root, change) => changed(root, change), state) as T;
}

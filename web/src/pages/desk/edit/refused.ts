/** Why the agenda cannot be changed like that, in words. */

import { state } from "../../../link/session";
import { itemById } from "../../../show/agenda";
import { refusalLine } from "../../../show/refusals";
import { instant, wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { Problem } from "../../../wire";

/** The commonest fault of another order is an item that has a start of its own. */
export function refusedWords(problem: Problem): string {
  const t = texts.value;
  const show = state.value;
  const fixed = problem.faults.find(({ field, code }) => field === "start" && code === null)?.item;
  const item = show && itemById(show, fixed ?? null);
  const at = instant(item?.planned.start);
  if (!show || !item || at === null) return refusalLine(problem, t.refusals);
  return t.arranging.doesNotFit(t.quote(item.title), wall(at, show.event.timezone));
}

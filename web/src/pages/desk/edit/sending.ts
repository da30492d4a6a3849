/** Sends changes of the agenda: as of the event that this desk shows, and once more if another desk was faster. */

import { Refusal } from "../../../link/pending";
import { command, state } from "../../../link/session";
import { toastRefusal, toastText } from "../../../parts/toasts";
import type { FileEdit } from "../../../wire";
import { reached, tellOutcome } from "../outcome";
import { type Order, onlyLooksOn } from "../send";
import { refusedWords } from "./refused";
import { inTurn } from "./turns";

/** The command for these changes; null while there is no state. */
export function changing(changes: FileEdit[], base = state.peek()?.event.rev): Order | null {
  return base === undefined ? null : { type: "edit", base, changes };
}

/** Send changes, and tell what they did to the day. Rejects with a `Refusal`. */
export async function change(changes: FileEdit[], base?: number): Promise<void> {
  const before = state.peek();
  const order = changing(changes, base);
  if (!before || !order) return;
  const { rev } = await inTurn(() => command(order));
  void tellOutcome("edit", before, rev);
  await reached(rev);
}

/**
 * Send changes that hold whatever else was changed, such as a move; false if they were refused. The server refuses those
 * of an older event, and then they are sent once more.
 */
export async function sendChanges(changes: FileEdit[]): Promise<boolean> {
  if (onlyLooksOn()) return false;
  try {
    await change(changes).catch(async (error) => {
      if (!isStale(error)) throw error;
      await reached(error.problem.rev ?? 0);
      await change(changes);
    });
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.problem.faults.length > 0) toastText(refusedWords(error.problem));
    else toastRefusal(error);
    return false;
  }
}

export function isStale(error: unknown): error is Refusal {
  return error instanceof Refusal && error.problem.code === "stale";
}

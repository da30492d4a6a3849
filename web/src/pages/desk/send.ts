/** Commands from the desk: sent, and a refusal said. */

import { signal } from "@preact/signals";
import { type CommandBody, command, now, state } from "../../link/session";
import { toastRefusal } from "../../parts/toasts";
import { endsBy } from "../../show/moves";
import type { State } from "../../wire";
import { tellOutcome } from "./outcome";

/** A step through the agenda is under way. A second press meanwhile is the same wish, not another one. */
export const stepping = signal(false);

/** Seconds that this desk takes from the item on air, and that the state does not show yet. */
const shortening = signal(0);

/** Whether this much less would end the event. What is under way counts: two presses are faster than one answer. */
export function endsEventBy(show: State, seconds: number, at: number): boolean {
  return endsBy(show, shortening.value + seconds, at);
}

/** Make the item on air shorter; nothing if that would end the event. */
export async function shorten(seconds: number): Promise<void> {
  if (!state.value || endsEventBy(state.value, seconds, now.value)) return;
  shortening.value += seconds;
  await send({ type: "extend", seconds: -seconds });
  shortening.value -= seconds;
}

/** How long a second press of Undo is taken for the first: it would take back another command, and nothing brings it again. */
const UNDO_REST_MS = 1_000;
let undoing = false;

/** Take the last command back. */
export async function undo(): Promise<void> {
  if (undoing) return;
  undoing = true;
  await send({ type: "undo" });
  setTimeout(() => (undoing = false), UNDO_REST_MS);
}

/** True once it is done. */
export async function send(order: CommandBody): Promise<boolean> {
  const before = state.value;
  try {
    const { rev } = await command(order);
    if (before) void tellOutcome(order.type, before, rev);
    return true;
  } catch (error) {
    toastRefusal(error);
    return false;
  }
}

/** Next or Back from the item that the moderator sees on air: if another has moved on meanwhile, nothing happens. */
export async function step(type: "next" | "previous"): Promise<void> {
  if (stepping.value || !state.value) return;
  stepping.value = true;
  await send({ type, from: state.value.show.last });
  stepping.value = false;
}

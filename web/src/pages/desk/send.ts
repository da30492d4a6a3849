/** Sends the desk's commands, and shows refusals. */

import { signal } from "@preact/signals";
import { command, looksOn, now, type CommandBody as Order, state } from "../../link/session";
import { pressed } from "../../parts/pressed";
import { toastRefusal, toastText } from "../../parts/toasts";
import { endsBy } from "../../show/moves";
import { texts } from "../../texts";
import type { State } from "../../wire";
import { forget } from "./foresight/foresee";
import { tellOutcome } from "./outcome";

export type { Order };

/** Next or Back is being sent; a second press is ignored. */
export const stepping = signal(false);

/** Seconds by which this desk is shortening the item on air, not yet in the state. */
const shortening = signal(0);

/** Whether shortening by `seconds` would end the event. Pending commands count: two presses are faster than a reply. */
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

/** How long Undo ignores a second press, which would undo another command, and there is no redo. */
const UNDO_LOCK_MS = 1_000;
let undoing = false;

/** Undo the last command. */
export async function undo(): Promise<void> {
  if (undoing) return;
  undoing = true;
  await send({ type: "undo" });
  setTimeout(() => (undoing = false), UNDO_LOCK_MS);
}

/** Whether this desk only looks on. A key that was pressed gets that as the reason. */
export function onlyLooksOn(): boolean {
  if (looksOn.value) toastText(texts.value.looksOn);
  return looksOn.value;
}

/** Send a command; false if it was refused. */
export async function send(order: Order): Promise<boolean> {
  if (onlyLooksOn()) return false;
  forget();
  const before = state.value;
  const control = pressed();
  try {
    const { rev } = await command(order);
    if (before) void tellOutcome(order.type, before, rev);
    return true;
  } catch (error) {
    toastRefusal(error, control);
    return false;
  }
}

/** Next or Back from the item that this desk shows on air. The server refuses it if another desk was faster. */
export async function step(type: "next" | "previous"): Promise<void> {
  if (stepping.value || !state.value) return;
  stepping.value = true;
  await send({ type, from: state.value.show.last });
  stepping.value = false;
}

/** Commands from the desk: sent, and a refusal said. */

import { signal } from "@preact/signals";
import { command, type Order, state } from "../../link/session";
import { toastRefusal } from "../../parts/toasts";
import { tellOutcome } from "./outcome";

/** A step through the agenda is under way. A second press meanwhile is the same wish, not another one. */
export const stepping = signal(false);

/** True once it is done. */
export async function send(order: Order): Promise<boolean> {
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

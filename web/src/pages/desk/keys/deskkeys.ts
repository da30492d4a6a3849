/** The desk's keys besides those that are handled where their buttons are: N, T, 1 to 9, M, K and L. */

import { now, state } from "../../../link/session";
import { isShortcut, useKeys } from "../../../parts/screen";
import { toastText } from "../../../parts/toasts";
import { barred } from "../../../parts/words";
import { blockedMoves } from "../../../show/moves";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { pressNext } from "../next";
import { endsEventBy, onlyLooksOn, send, shorten, undo } from "../send";
import { isListed } from "./list";

const MINUTE_S = 60;
/** The buttons of an agenda line that the arrows go between. */
const STEPS: Readonly<Record<string, number>> = { arrowdown: 1, arrowup: -1 };

export function useDeskKeys(): void {
  useKeys((event) => {
    const show = state.value;
    if (!show) return;
    if (isShortcut(event, "?")) {
      isListed.value = true;
      return;
    }
    const step = Object.keys(STEPS).find((key) => isShortcut(event, key));
    if (step !== undefined) {
      if (goThroughAgenda(show, STEPS[step] ?? 0)) event.preventDefault();
      return;
    }
    const isFree = event.target === document.body;
    if (isFree && isShortcut(event, " ")) {
      event.preventDefault(); // it would scroll
      pressNext();
      return;
    }
    act(show, event);
  });
}

function act(show: State, event: KeyboardEvent): void {
  const t = texts.value;
  const why = blockedMoves(show, barred(), t);
  const unless = (reason: string | null, does: () => Promise<unknown>): void => {
    if (onlyLooksOn()) return;
    if (reason === null) void does();
    else toastText(reason);
  };
  if (isShortcut(event, "h")) {
    unless(why.hold, () => send({ type: show.show.held ? "resume" : "hold" }));
  } else if (isShortcut(event, "u")) {
    unless(why.undo, undo);
  } else if (isShortcut(event, "r")) {
    unless(why.release, () => send({ type: "release" }));
  } else if (isShortcut(event, "+")) {
    unless(why.extend, () => send({ type: "extend", seconds: MINUTE_S }));
  } else if (isShortcut(event, "-")) {
    const ends = endsEventBy(show, MINUTE_S, now.value) ? t.blocked.endsEvent : null;
    unless(why.extend ?? ends, () => shorten(MINUTE_S));
  }
}

/**
 * Move the focus to the same button of the next line above or below that has it enabled; from anywhere else, to the next
 * item's mark.
 */
function goThroughAgenda(show: State, by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(".rundown-row")];
  const here = document.activeElement;
  const line = here?.closest("tr");
  const own = line?.matches(".rundown-details") ? line.previousElementSibling : line;
  const at = rows.indexOf(own as HTMLElement);
  // In a list the arrows scroll.
  if (at < 0 && here !== document.body && !(here instanceof HTMLButtonElement)) return false;
  const next = rows.findIndex((row) => row.dataset.testid === `agenda-row-${show.show.next}`);
  const column = at < 0 ? -1 : buttonsOf(rows[at]).indexOf(here as HTMLButtonElement);
  const there =
    at < 0 ? rows.slice(Math.max(0, next)) : by > 0 ? rows.slice(at + 1) : rows.slice(0, at).reverse();
  const target = there
    .map((row) => (column < 0 ? row.querySelector<HTMLButtonElement>(".mark") : buttonsOf(row)[column]))
    .find((button) => button?.disabled === false);
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return target !== undefined;
}

function buttonsOf(row: HTMLElement | undefined): HTMLButtonElement[] {
  return [...(row?.querySelectorAll("button") ?? [])];
}

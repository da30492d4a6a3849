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

/** Move the focus to the same button of the line above or below; from anywhere else, to the next item's mark. */
function goThroughAgenda(show: State, by: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(".rundown-row")];
  const here = document.activeElement;
  const at = rows.findIndex((row) => row.contains(here));
  if (at < 0 && here !== document.body) return false;
  const next = rows.findIndex((row) => row.dataset.testid === `agenda-row-${show.show.next}`);
  const row = rows[at < 0 ? Math.max(0, next) : at + by];
  const column = at < 0 ? -1 : buttonsOf(rows[at]).indexOf(here as HTMLButtonElement);
  const buttons = buttonsOf(row);
  const target = column >= 0 ? buttons[column] : row?.querySelector<HTMLButtonElement>(".mark");
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  return target !== undefined;
}

function buttonsOf(row: HTMLElement | undefined): HTMLButtonElement[] {
  return [...(row?.querySelectorAll("button") ?? [])];
}

/**
 * The Next button, guarded against slips: it is locked for a second after each change of item, and ends the event only
 * when kept pressed. Only the page does this; the server executes every command.
 */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state, welcome } from "../../link/session";
import { plainKey } from "../../parts/plainkey";
import { isShortcut } from "../../parts/screen";
import { toastText } from "../../parts/toasts";
import { barred } from "../../parts/words";
import { onAir, onAirKey } from "../../show/agenda";
import { blockedMoves, nextGoesTo } from "../../show/moves";
import { texts } from "../../texts";
import { onlyLooksOn, step } from "./send";

/** How long Next is locked after a change of item: a second press, here or on another desk, would be a slip. */
const LOCK_MS = 1_000;
/** How long to keep Next pressed to end the event. */
export const HOLD_MS = 1_000;

/** Next is locked: the item on air has just changed. */
export const resting = signal(false);
/** Next is being kept pressed to end the event. */
export const holding = signal(false);
let hold: ReturnType<typeof setTimeout> | undefined;

/** Whether Next would end the event. */
export function endsEvent(): boolean {
  return state.value !== null && nextGoesTo(state.value) === null;
}

/** Next was pressed. */
export function pressNext(): void {
  const show = state.value;
  if (resting.value) tellFaster();
  if (!show || resting.value || holding.value) return;
  if (onlyLooksOn()) return;
  if (blockedMoves(show, barred(), texts.value).next !== null) return;
  if (!endsEvent()) {
    void step("next");
    return;
  }
  holding.value = true;
  hold = setTimeout(() => {
    releaseNext();
    if (endsEvent()) void step("next");
  }, HOLD_MS);
}

/** Next is locked since the item has changed. If another desk changed it, say so: this press was for the same. */
function tellFaster(): void {
  const show = state.value;
  const item = show && onAir(show);
  const last = show?.show.actions.at(-1);
  const own = show?.desks[welcome.value?.session ?? ""]?.number;
  if (!item || !last || last.at !== item.actual.start || last.desk === own) return;
  const words = texts.value.refusals.reasons["went-on"];
  toastText(words({ item: item.title, who: last.name, desk: String(last.desk ?? "") }));
}

/** Next was released. */
export function releaseNext(): void {
  clearTimeout(hold);
  holding.value = false;
}

/** Lock Next after each change of item, and let N press it: not a key that scrolls or that a presenter's remote sends. */
export function useNext(): void {
  useEffect(() => {
    let before: string | null = null;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const end = effect(() => {
      const key = state.value && onAirKey(state.value);
      if (before !== null && key !== before) {
        clearTimeout(rest);
        releaseNext();
        resting.value = true;
        rest = setTimeout(() => (resting.value = false), LOCK_MS);
      }
      before = key;
    });
    const down = (event: KeyboardEvent): void => {
      if (isShortcut(event, "n")) pressNext();
    };
    const up = (event: KeyboardEvent): void => {
      if (plainKey(event) === "n") releaseNext();
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    // The keyup of a key released in another window does not arrive here.
    addEventListener("blur", releaseNext);
    return () => {
      end();
      clearTimeout(rest);
      releaseNext();
      document.removeEventListener("keydown", down);
      document.removeEventListener("keyup", up);
      removeEventListener("blur", releaseNext);
    };
  }, []);
}

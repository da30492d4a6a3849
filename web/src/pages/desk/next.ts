/**
 * Next, guarded against the slip: it rests for a second after each change of item, and ends the event only when it was
 * kept pressed. Of the page alone; the server does what it is asked.
 */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { online, state } from "../../link/session";
import { isShortcut } from "../../parts/screen";
import { onAirKey } from "../../show/agenda";
import { blockedMoves, nextGoesTo } from "../../show/moves";
import { texts } from "../../texts";
import { step } from "./send";

/** How long Next rests after a change of item: a second press within it is a slip of the same hand, or of another's. */
const REST_MS = 1_000;
/** How long Next is kept pressed to end the event. */
export const HOLD_MS = 1_000;

/** Next rests: the item on air has just changed, whoever changed it. */
export const resting = signal(false);
/** Next is being kept pressed to end the event. */
export const holding = signal(false);
let hold: ReturnType<typeof setTimeout> | undefined;

/** Whether Next would end the event. */
export function endsEvent(): boolean {
  return state.value !== null && nextGoesTo(state.value) === null;
}

/** Next goes down. */
export function pressNext(): void {
  const show = state.value;
  if (!show || resting.value || holding.value) return;
  if (blockedMoves(show, online.value, texts.value).next !== null) return;
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

/** Next goes up: before its time, the event goes on. */
export function releaseNext(): void {
  clearTimeout(hold);
  holding.value = false;
}

/** Rest after each change of item, and let the key N press Next: far from the keys that scroll or that a presenter's
 * remote sends. */
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
        rest = setTimeout(() => (resting.value = false), REST_MS);
      }
      before = key;
    });
    const down = (event: KeyboardEvent): void => {
      if (isShortcut(event, "n")) pressNext();
    };
    const up = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === "n") releaseNext();
    };
    document.addEventListener("keydown", down);
    document.addEventListener("keyup", up);
    // A key that is let go in another window is never told to this one.
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

/** What this desk says of itself to the others: who sits here, and which item it edits. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { looksOn, online, sendHere, welcome } from "../../../link/session";

const KEY = "schalte.name";

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Of the person at this desk. Empty: the desk has a number. Null: this browser has not been asked yet. */
export const ownName = signal<string | null>(stored());
/** The item that is being edited at this desk. */
export const editing = signal<string | null>(null);

/** Keep a name in this browser. */
export function call(name: string): void {
  ownName.value = name;
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Storage is switched off: the name lasts as long as the page.
  }
}

/** Say it after each welcome, and at each change. */
export function useHere(): void {
  useEffect(
    () =>
      effect(() => {
        if (welcome.value && online.value && !looksOn.value) sendHere(ownName.value ?? "", editing.value);
      }),
    [],
  );
}

/** Whether single keys act on the pages of this browser. Software that types what somebody says sets off keys (WCAG 2.1.4). */

import { signal } from "@preact/signals";

const KEY = "schalte.single-keys";
const OFF = "off";

export const singleKeys = signal(stored());

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== OFF;
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  singleKeys.value = on;
  try {
    if (on) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, OFF);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

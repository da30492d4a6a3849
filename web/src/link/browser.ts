/**
 * Which browser this is: a random id that it keeps.
 *
 * Pages of one browser take over from each other at once, others wait for the desk. Where nothing may be stored the id
 * lasts as long as the page, so a reload may have to wait for a moment.
 */

import { freshId } from "./pending";

const KEY = "schalte.browser";
let inMemory: string | null = null;

export function browserId(): string {
  try {
    const kept = localStorage.getItem(KEY);
    if (kept !== null && kept.length > 0 && kept.length <= 64) return kept;
    const fresh = inMemory ?? freshId();
    localStorage.setItem(KEY, fresh);
    return fresh;
  } catch {
    inMemory ??= freshId();
    return inMemory;
  }
}

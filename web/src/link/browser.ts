/**
 * A random id of this browser, kept in its storage.
 *
 * A page takes over at once from another page of the same browser; any other has to wait for the desk. Without storage
 * the id lasts only as long as the page, so a reload may have to wait for a moment.
 */

import { freshId } from "./pending";

const KEY = "schalte.browser";
let inMemory: string | null = null;

export function browserId(): string {
  try {
    const stored = localStorage.getItem(KEY);
    if (stored !== null && stored.length > 0 && stored.length <= 64) return stored;
    const fresh = inMemory ?? freshId();
    localStorage.setItem(KEY, fresh);
    return fresh;
  } catch {
    inMemory ??= freshId();
    return inMemory;
  }
}

/** The lines of the agenda that are open, by the ids of their items. */

import { signal } from "@preact/signals";

export const openLines = signal<ReadonlySet<string>>(new Set());

export function openLine(id: string): void {
  openLines.value = new Set([...openLines.peek(), id]);
}

export function toggleLine(id: string): void {
  const others = [...openLines.value].filter((other) => other !== id);
  openLines.value = new Set(openLines.value.has(id) ? others : [...others, id]);
}

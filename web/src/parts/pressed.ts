/**
 * The control that was pressed last, by pointer or by its key: what is said about a press stands beside it.
 *
 * A control names its keys in `aria-keyshortcuts`.
 */

import { isShortcut } from "./screen";

/** A control and what it is part of, innermost first: it may be gone when the answer comes. */
export type Pressed = readonly Element[];

const CONTROLS = "button, input, select, textarea, summary, a, [role=slider]";
/** Beside anything larger a note would not be beside the control any more. */
const PARTS = 3;

let last: Pressed = [];

export function pressed(): Pressed {
  return last;
}

/** The part that is still seen, and fits into the window; null if there is none. */
export function anchorOf(control: Pressed): DOMRect | null {
  const seen = control.find((part) => part.isConnected && part.getClientRects().length > 0);
  return seen?.getBoundingClientRect() ?? null;
}

function note(control: Element | null): void {
  const parts: Element[] = [];
  for (let part = control; part && parts.length < PARTS; part = part.parentElement) parts.push(part);
  last = parts;
}

function onPointer({ target }: Event): void {
  note(target instanceof Element ? target.closest(CONTROLS) : null);
}

function onKey(event: KeyboardEvent): void {
  const controls = [...document.querySelectorAll("[aria-keyshortcuts]")];
  note(controls.find((control) => keysOf(control).some((key) => isShortcut(event, key))) ?? null);
}

/** Its keys as keyboard events call them. */
function keysOf(control: Element): string[] {
  const names = control.getAttribute("aria-keyshortcuts")?.toLowerCase().split(" ") ?? [];
  return names.map((name) => ({ space: " ", plus: "+" })[name] ?? name);
}

document.addEventListener("pointerdown", onPointer, true);
document.addEventListener("click", onPointer, true);
document.addEventListener("keydown", onKey, true);

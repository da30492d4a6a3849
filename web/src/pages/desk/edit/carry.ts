/** A line of the agenda that is being moved, by a pointer or by keys. Its consequence is shown until it is let go. */

import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { state } from "../../../link/session";
import { toastText } from "../../../parts/toasts";
import { barred } from "../../../parts/words";
import { intend } from "../foresight/foresee";
import { type Order, onlyLooksOn } from "../send";
import { isToCome, type Line, landing, type Place, placeNow, rest, stepped } from "./order";
import { changing, sendChanges } from "./sending";

interface Carried {
  place: Place;
  by: "pointer" | "keys";
  /** It was let go, and the state does not have it yet. */
  isSent: boolean;
}

/** How close to an edge of the agenda a dragged line scrolls it, and how far with each frame, in pixels. */
const EDGE_PX = 48;
const SCROLL_PX = 9;
const STEPS: Readonly<Record<string, -1 | 1>> = { ArrowUp: -1, ArrowDown: 1 };

export const carried = signal<Carried | null>(null);
/** What had the focus when a line was picked up by keys. */
let focused: HTMLElement | null = null;

/** The command that moves an item. */
export function moving({ item, before }: Place): Order | null {
  return changing([{ do: "move", item, before }]);
}

function pickUp(item: string, by: Carried["by"]): void {
  const show = state.peek();
  if (!show || carried.peek()) return;
  focused = by === "keys" && document.activeElement instanceof HTMLElement ? document.activeElement : null;
  carried.value = { place: placeNow(show, item), by, isSent: false };
}

function carryTo(place: Place): void {
  const [held, show] = [carried.peek(), state.peek()];
  if (!held || held.isSent || !show || held.place.before === place.before) return;
  carried.value = { ...held, place };
  intend("drop", isWhereItWas(place) ? null : () => moving(place));
}

function putBack(): void {
  if (carried.peek()?.isSent) return;
  carried.value = null;
  intend("drop", null);
}

async function letGo(): Promise<void> {
  const held = carried.peek();
  if (!held || held.isSent) return;
  const { item, before } = held.place;
  if (isWhereItWas(held.place)) return putBack();
  intend("drop", null);
  // It stays where it was let go until the state has it there.
  carried.value = { ...held, isSent: true };
  await sendChanges([{ do: "move", item, before }]);
  carried.value = null;
}

function isWhereItWas(place: Place): boolean {
  const show = state.peek();
  return show !== null && placeNow(show, place.item).before === place.before;
}

/** A pointer has gone down on the grip of a line. */
export function drag(event: PointerEvent, item: string): void {
  if (event.button !== 0 || carried.peek()) return;
  event.preventDefault();
  const box = (event.currentTarget as Element).closest<HTMLElement>(".rundown");
  if (!box) return;
  const { pointerId } = event;
  let y = event.clientY;
  let frame = 0;
  pickUp(item, "pointer");
  const follow = (): void => {
    if (carried.peek()?.place.item === item) carryTo(landing(linesIn(box), item, y));
  };
  const scroll = (): void => {
    if (scrollAtEdge(box, y)) follow();
    frame = requestAnimationFrame(scroll);
  };
  const end = (): void => {
    cancelAnimationFrame(frame);
    removeEventListener("pointermove", moved);
    removeEventListener("pointerup", up);
    removeEventListener("pointercancel", cancelled);
  };
  const moved = (next: PointerEvent): void => {
    if (next.pointerId !== pointerId) return;
    y = next.clientY;
    follow();
  };
  const up = (last: PointerEvent): void => {
    if (last.pointerId !== pointerId) return;
    end();
    void letGo();
  };
  const cancelled = (last: PointerEvent): void => {
    if (last.pointerId !== pointerId) return;
    end();
    putBack();
  };
  // Not a capture by the grip: its line moves in the page, and an element that is moved loses the pointer.
  addEventListener("pointermove", moved);
  addEventListener("pointerup", up);
  addEventListener("pointercancel", cancelled);
  frame = requestAnimationFrame(scroll);
}

/** The lines on the screen whose order can change. */
function linesIn(box: HTMLElement): Line[] {
  const show = state.peek();
  const movable = new Set(show ? rest(show).map(({ id }) => id) : []);
  return [...box.querySelectorAll<HTMLElement>(".rundown-row")]
    .map((row) => ({ id: row.dataset.item ?? "", ...edges(row) }))
    .filter(({ id }) => movable.has(id));
}

function edges(element: Element): { top: number; bottom: number } {
  const { top, bottom } = element.getBoundingClientRect();
  return { top, bottom };
}

/** Scroll the agenda, or the page around it, if the pointer is at its edge; false if nothing scrolled. */
function scrollAtEdge(box: HTMLElement, y: number): boolean {
  const head = box.querySelector("thead")?.getBoundingClientRect().height ?? 0;
  const page = box.closest<HTMLElement>(".page");
  for (const [scroller, covered] of [
    [box, head],
    [page, 0],
  ] as const) {
    if (!scroller) continue;
    const { top, bottom } = edges(scroller);
    const by =
      y < Math.max(top, 0) + covered + EDGE_PX
        ? -SCROLL_PX
        : y > Math.min(bottom, innerHeight) - EDGE_PX
          ? SCROLL_PX
          : 0;
    const before = scroller.scrollTop;
    scroller.scrollTop += by;
    if (scroller.scrollTop !== before) return true;
  }
  return false;
}

/** Call after the lines have changed places: a line that is moved in the page loses the focus. */
export function keepFocus(): void {
  if (!focused?.isConnected) return;
  if (document.activeElement === document.body) focused.focus({ preventScroll: true });
  if (carried.peek()) focused.closest("tr")?.scrollIntoView({ block: "nearest" });
  else focused = null;
}

/** Alt with the arrows picks up the line that has the focus and moves it; Enter lets it go, Escape puts it back. */
export function useCarrying(): void {
  useEffect(() => {
    // Before the desk's other keys, and before the button that has the focus.
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("keyup", onKeyUp, true);
    const end = effect(() => {
      const [held, show] = [carried.value, state.value];
      // Somebody else put it on air or removed it, or this page can send nothing now.
      if (held && !held.isSent && (barred() !== null || !show || !isToCome(show, held.place.item))) putBack();
    });
    return () => {
      end();
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("keyup", onKeyUp, true);
    };
  }, []);
}

function onKey(event: KeyboardEvent): void {
  const held = carried.peek();
  const step = STEPS[event.key];
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey;
  if (held && event.key === "Escape") {
    consume(event);
    putBack();
  } else if (step !== undefined && !isModified && (event.altKey || held?.by === "keys")) {
    carryByKey(event, step);
  } else if (held?.by === "keys") {
    // Space would press the button that has the focus, such as Go to.
    if (event.key === "Enter" || event.key === " ") consume(event);
    if (event.key === "Enter" && !event.repeat) void letGo();
    if (event.key === "Tab") putBack();
  }
}

function onKeyUp(event: KeyboardEvent): void {
  if (event.key === " " && carried.peek()?.by === "keys") consume(event);
}

function carryByKey(event: KeyboardEvent, step: -1 | 1): void {
  const target = event.target instanceof Element ? event.target : null;
  const item = carried.peek()?.place.item ?? target?.closest<HTMLElement>(".rundown-row")?.dataset.item;
  const show = state.peek();
  if (!show || item === undefined || document.querySelector("dialog[open]")) return;
  consume(event);
  if (!carried.peek()) {
    if (onlyLooksOn()) return;
    const why = barred();
    if (why !== null) toastText(why);
    if (why !== null || !isToCome(show, item)) return;
    pickUp(item, "keys");
  }
  const held = carried.peek();
  if (held) carryTo(stepped(show, held.place, step));
}

function consume(event: KeyboardEvent): void {
  event.preventDefault();
  event.stopPropagation();
}

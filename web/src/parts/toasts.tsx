/**
 * Short notices, such as why a command was refused. Each stands beside the control that was pressed, or at the edge of the
 * page if that is gone. They cover what is there, so that nothing moves, and disappear by themselves.
 */

import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Refusal } from "../link/pending";
import { state } from "../link/session";
import { type RefusalText, refusalText } from "../show/refusals";
import { texts } from "../texts";
import { anchorOf, type Pressed, pressed } from "./pressed";
import { saidAtOnce } from "./said";

interface Toast extends RefusalText {
  id: number;
  at: Pressed;
}

/** Long enough to look up, find it and read two lines. */
const SHOWN_FOR_MS = 12_000;
/** Beyond this number the oldest is removed. */
const MAX_TOASTS = 4;
/** Pixels between a notice and its control, and to the edge of the window. */
const DISTANCE = 6;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

function toast(text: RefusalText, at: Pressed): void {
  const id = ++last;
  // A control has one: that of the last press.
  const others = toasts.value.filter((shown) => at[0] === undefined || shown.at[0] !== at[0]);
  toasts.value = [...others, { id, at, ...text }].slice(-MAX_TOASTS);
  setTimeout(() => dismiss(id), SHOWN_FOR_MS);
}

/** Show a refusal. `at`: the control that was pressed, as of before the answer. */
export function toastRefusal(error: unknown, at = pressed()): void {
  const t = texts.value;
  const answered = error instanceof Refusal && error.problem.message !== "";
  toast(answered ? refusalText(error.problem, t.refusals) : { text: t.noAnswer, detail: null }, at);
}

/** Show why something that was pressed is not done. */
export function toastText(text: string): void {
  toast({ text, detail: null }, pressed());
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

/** How many modal dialogs are open, one over the other. What they cover is neither seen nor said: see `Toasts`. */
export const dialogs = signal(0);

/** On a page, and in each modal dialog: the topmost of them has the notices. `level`: how many dialogs there are up to it. */
export function Toasts({ level = 0 }: { level?: number }) {
  // What is said at once may come together with its region; an empty one would be a row of the dialog.
  if (level !== dialogs.value || (level > 0 && toasts.value.length === 0)) return null;
  return (
    // Each is announced once: by itself, and not with those before it.
    <div class="toasts" {...saidAtOnce} data-testid="toasts">
      {toasts.value.map((shown) => (
        <Notice key={shown.id} {...shown} />
      ))}
    </div>
  );
}

function Notice({ id, text, detail, at }: Toast) {
  const t = texts.value;
  const element = useRef<HTMLDivElement>(null);
  void state.value; // what has changed may have moved the control
  useLayoutEffect(() => {
    const place = (): void => putBeside(element.current, at);
    place();
    addEventListener("scroll", place, true);
    addEventListener("resize", place);
    return () => {
      removeEventListener("scroll", place, true);
      removeEventListener("resize", place);
    };
  });
  return (
    <div ref={element} class="toast" data-testid="toast">
      <span>
        <strong>{t.notDone}</strong> {text}
        {detail !== null && (
          <small class="toast-detail" lang="en">
            {detail}
          </small>
        )}
      </span>
      <button type="button" class="quiet" aria-label={t.close} onClick={() => dismiss(id)}>
        ×
      </button>
    </div>
  );
}

/** Put a notice below its control, or above it where there is no room below. */
function putBeside(notice: HTMLElement | null, control: Pressed): void {
  if (!notice) return;
  const anchor = anchorOf(control);
  notice.classList.toggle("beside", anchor !== null);
  notice.style.left = notice.style.top = "";
  if (!anchor) return;
  const { width, height } = notice.getBoundingClientRect();
  const within = (from: number, size: number, space: number): number =>
    Math.max(DISTANCE, Math.min(from, space - size - DISTANCE));
  const below = anchor.bottom + DISTANCE;
  const fits = below + height + DISTANCE <= innerHeight;
  notice.style.left = `${within(anchor.left, width, innerWidth)}px`;
  notice.style.top = `${within(fits ? below : anchor.top - height - DISTANCE, height, innerHeight)}px`;
}

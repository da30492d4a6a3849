/** Short notices, such as why a command was refused. They cover the page and disappear by themselves. */

import { signal } from "@preact/signals";
import { Refusal } from "../link/pending";
import { type RefusalText, refusalText } from "../show/refusals";
import { texts } from "../texts";

interface Toast extends RefusalText {
  id: number;
}

const SHOWN_FOR_MS = 8_000;
/** Beyond this number the oldest is removed. */
const MAX_TOASTS = 4;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

function toast(text: RefusalText): void {
  const id = ++last;
  toasts.value = [...toasts.value, { id, ...text }].slice(-MAX_TOASTS);
  setTimeout(() => dismiss(id), SHOWN_FOR_MS);
}

/** Show a refusal. */
export function toastRefusal(error: unknown): void {
  const t = texts.value;
  const answered = error instanceof Refusal && error.problem.message !== "";
  toast(answered ? refusalText(error.problem, t.refusals) : { text: t.noAnswer, detail: null });
}

/** Show why something that was pressed is not done. */
export function toastText(text: string): void {
  toast({ text, detail: null });
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

export function Toasts() {
  const t = texts.value;
  return (
    <div class="toasts" role="alert" data-testid="toasts">
      {toasts.value.map(({ id, text, detail }) => (
        <div key={id} class="toast" data-testid="toast">
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
      ))}
    </div>
  );
}

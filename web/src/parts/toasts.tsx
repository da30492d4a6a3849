/** Short notices, such as why a command was refused. They lie over the page and go by themselves. */

import { signal } from "@preact/signals";
import { Refusal } from "../link/waiting";
import { texts } from "../texts";

interface Toast {
  id: number;
  text: string;
}

const SHOWN_FOR = 8_000;
/** Older ones go when there are more. */
const MOST = 4;

const toasts = signal<readonly Toast[]>([]);
let last = 0;

export function toast(text: string): void {
  const id = ++last;
  toasts.value = [...toasts.value, { id, text }].slice(-MOST);
  setTimeout(() => dismiss(id), SHOWN_FOR);
}

/** Say why something was not done. */
export function toastRefusal(error: unknown): void {
  toast(error instanceof Refusal && error.problem.message ? error.problem.message : texts.value.noAnswer);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((shown) => shown.id !== id);
}

export function Toasts() {
  const t = texts.value;
  return (
    <div class="toasts" role="alert" data-testid="toasts">
      {toasts.value.map(({ id, text }) => (
        <div key={id} class="toast" data-testid="toast">
          <span>
            <strong>{t.notDone}</strong> {text}
          </span>
          <button type="button" class="quiet" aria-label={t.close} onClick={() => dismiss(id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

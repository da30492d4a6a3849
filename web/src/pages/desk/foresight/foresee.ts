/**
 * What a command would do, asked of the server while somebody rests on its button or holds it.
 *
 * One question is on its way at a time; what was asked last is asked next, and again when the state changes.
 */

import { effect, signal, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { freshId, Refusal } from "../../../link/pending";
import { looksOn, online, request, state } from "../../../link/session";
import type { Preview, Problem } from "../../../wire";
import type { Order } from "../send";

/** What a button would send if it were pressed now; null: nothing. */
export type Intention = () => Order | null;

export interface Foreseen {
  intention: Intention;
  /** Null: the command would be refused. */
  preview: Preview | null;
  problem: Problem | null;
}

/** A pointer that only passes asks nothing. */
const REST_MS = 120;

/** What the command of the button that somebody rests on would do; null if there is none. */
export const foreseen = signal<Foreseen | null>(null);
const wanted = signal<Intention | null>(null);
let asking = false;
let rest: ReturnType<typeof setTimeout> | undefined;

/** The handlers of a button with this intention. */
export function rests(intention: Intention) {
  const begin = (): void => {
    clearTimeout(rest);
    rest = setTimeout(() => (wanted.value = looksOn.peek() ? null : intention), REST_MS);
  };
  const end = (): void => {
    clearTimeout(rest);
    wanted.value = null;
  };
  return {
    onPointerEnter: begin,
    onPointerLeave: end,
    onPointerCancel: end,
    onFocus: (event: FocusEvent) => (event.currentTarget as Element).matches(":focus-visible") && begin(),
    onBlur: end,
  };
}

export type Rests = ReturnType<typeof rests>;

/** A command was sent: what the next press would do is asked only when somebody rests there again. */
export function forget(): void {
  clearTimeout(rest);
  wanted.value = null;
}

/** Ask as long as this component is on the page. */
export function useForesight(): void {
  useEffect(() => {
    const end = effect(() => {
      // A button that is disabled under the pointer reports no leave.
      const intention = online.value ? wanted.value : null;
      const rev = state.value?.rev;
      if (intention === null) foreseen.value = null;
      else if (rev !== undefined) untracked(() => void ask());
    });
    return () => {
      end();
      forget();
      foreseen.value = null;
    };
  }, []);
}

async function ask(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    let intention = wanted.peek();
    let rev: number | undefined;
    while (intention !== null && (intention !== foreseen.peek()?.intention || rev !== state.peek()?.rev)) {
      rev = state.peek()?.rev;
      const found = await answerTo(intention);
      if (wanted.peek() === intention) foreseen.value = found;
      intention = wanted.peek();
    }
  } finally {
    asking = false;
  }
}

async function answerTo(intention: Intention): Promise<Foreseen> {
  const order = intention();
  if (order === null) return { intention, preview: null, problem: null };
  try {
    const preview = await request<Preview>("POST", "/api/v1/preview", { ...order, id: freshId() });
    return { intention, preview, problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { intention, preview: null, problem: error.problem };
  }
}

/**
 * What a command would do, asked of the server while somebody rests on its button, drags a line or fills in a form.
 *
 * One question is on its way at a time; what was asked last is asked next, and again when the state changes.
 */

import { computed, effect, signal, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { freshId, Refusal } from "../../../link/pending";
import { looksOn, online, request, state } from "../../../link/session";
import type { Preview, Problem } from "../../../wire";
import { inTurn } from "../edit/turns";
import type { Order } from "../send";

/** What a button would send if it were pressed now; null: nothing. */
export type Intention = () => Order | null;
/** By which act the command would be given: a line is let go, a button is pressed, a form is saved. The first counts. */
const ACTS = ["drop", "press", "save"] as const;
export type Act = (typeof ACTS)[number];

export interface Foreseen {
  intention: Intention;
  act: Act;
  /** Null: the command would be refused. */
  preview: Preview | null;
  problem: Problem | null;
}

/** A pointer that only passes asks nothing. */
const REST_MS = 120;

/** What the command would do that somebody is about to give; null if there is none. */
export const foreseen = signal<Foreseen | null>(null);
const intentions = signal<Readonly<Partial<Record<Act, Intention>>>>({});
const wanted = computed<Pick<Foreseen, "intention" | "act"> | null>(() => {
  const act = ACTS.find((each) => intentions.value[each] !== undefined);
  const intention = act && intentions.value[act];
  return intention ? { intention, act } : null;
});
let asking = false;
let rest: ReturnType<typeof setTimeout> | undefined;

/** Show from now on what this would do; null: no longer. */
export function intend(act: Act, intention: Intention | null): void {
  const { [act]: _, ...others } = intentions.peek();
  intentions.value = intention && !looksOn.peek() ? { ...others, [act]: intention } : others;
}

/** The handlers of a button with this intention. */
export function rests(intention: Intention) {
  const begin = (): void => {
    clearTimeout(rest);
    rest = setTimeout(() => intend("press", intention), REST_MS);
  };
  const end = forget;
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
  intend("press", null);
}

/** Ask as long as this component is on the page. */
export function useForesight(): void {
  useEffect(() => {
    const end = effect(() => {
      // A button that is disabled under the pointer reports no leave.
      const isWanted = online.value && wanted.value !== null;
      const rev = state.value?.rev;
      if (!isWanted) foreseen.value = null;
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
    let about = wanted.peek();
    let rev: number | undefined;
    while (about !== null && (about.intention !== foreseen.peek()?.intention || rev !== state.peek()?.rev)) {
      rev = state.peek()?.rev;
      const found = { ...about, ...(await answerTo(about.intention)) };
      if (wanted.peek()?.intention === about.intention) foreseen.value = found;
      about = wanted.peek();
    }
  } finally {
    asking = false;
  }
}

async function answerTo(intention: Intention): Promise<Pick<Foreseen, "preview" | "problem">> {
  const order = intention();
  if (order === null) return { preview: null, problem: null };
  try {
    const preview = await inTurn(() =>
      request<Preview>("POST", "/api/v1/preview", { ...order, id: freshId() }),
    );
    return { preview, problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { preview: null, problem: error.problem };
  }
}

/** The words for a refusal: the server sends the reason, the page has the text. Pure. */

import type { ErrorCode, Problem, ReasonDetails } from "../wire";

type Words = { readonly [R in keyof ReasonDetails]: (details: ReasonDetails[R]) => string };

export interface Refusals {
  /** One text per reason: a missing one does not compile. */
  readonly reasons: Words;
  /** For problems without a reason, and for reasons of a newer server. */
  readonly codes: Readonly<Record<ErrorCode, string>>;
}

type RefusedProblem = Pick<Problem, "code" | "message"> & Partial<Problem>;

export interface RefusalText {
  text: string;
  /** The server's English sentence, where `text` is only by code. */
  detail: string | null;
}

export function refusalText(problem: RefusedProblem, refusals: Refusals): RefusalText {
  const { reason, details } = problem;
  // Of an event file the faults say more than that there are some.
  const fault = problem.faults?.[0]?.message ?? null;
  if (reason && Object.hasOwn(refusals.reasons, reason)) {
    const words = refusals.reasons[reason] as (details: Record<string, string>) => string;
    return { text: words(details ?? {}), detail: fault };
  }
  return { text: refusals.codes[problem.code] ?? problem.message, detail: problem.message || null };
}

/** A refusal as one line. */
export function refusalLine(problem: RefusedProblem, refusals: Refusals): string {
  const { text, detail } = refusalText(problem, refusals);
  return detail === null || detail === text ? text : `${text} (${detail})`;
}

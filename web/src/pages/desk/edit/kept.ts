/** Keeps what was typed into the forms over a reload of the page: in its tab, for its link. */

import { THIS_LINK } from "../../../parts/screen";
import type { Draft, Unanswered } from "./draft";
import type { Subject } from "./open";

const KEY = "schalte.drafts";
/** More than fifteen items whose notes are as long as the event file takes them. Of more, the last are kept. */
const MAX_CHARS = 200_000;

export interface Kept {
  subject: Subject;
  draft: Draft;
  unanswered: Unanswered | null;
}

export function keep(drafts: readonly Kept[]): void {
  let left = drafts;
  let text = JSON.stringify({ link: THIS_LINK, drafts: left });
  while (text.length > MAX_CHARS && left.length > 0) {
    left = left.slice(1);
    text = JSON.stringify({ link: THIS_LINK, drafts: left });
  }
  try {
    if (left.length > 0) sessionStorage.setItem(KEY, text);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage is switched off or full: the words last as long as the page.
  }
}

/** What was typed before the page was loaded. */
export function kept(): readonly Kept[] {
  try {
    const { link, drafts } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as {
      link?: string;
      drafts?: readonly Kept[];
    };
    return link === THIS_LINK && drafts ? drafts : [];
  } catch {
    return [];
  }
}

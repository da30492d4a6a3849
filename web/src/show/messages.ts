/** Which messages of the moderator a page shows. Pure. */

import type { MessageDoc, Role, State } from "../wire";

export const EVERYBODY = "all";

export interface Note extends MessageDoc {
  to: string;
}

/** All that stand, the latest first. */
export function notes(state: State): readonly Note[] {
  return Object.entries(state.messages)
    .map(([to, message]) => ({ ...message, to }))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** Those to a page of this role. Whoever only watches is told nothing: a message is for people who can do something. */
export function notesFor(state: State, role: Role, id: string): readonly Note[] {
  const to = role === "venue" || role === "guest" ? [EVERYBODY, id] : role === "stage" ? [EVERYBODY] : [];
  return notes(state).filter((note) => to.includes(note.to));
}

/** Names one message: another text to the same recipient, or the same text sent again, is another. */
export function keyOf(note: Note): string {
  return `${note.to} ${note.at} ${note.text}`;
}

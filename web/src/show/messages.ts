/** The moderator's messages that a page shows. Pure. */

import type { MessageDoc, Role, State } from "../wire";

export const EVERYBODY = "all";

export interface ShownMessage extends MessageDoc {
  to: string;
}

/** All messages on screens, the latest first. */
export function shownMessages(state: State): readonly ShownMessage[] {
  return Object.entries(state.messages)
    .map(([to, message]) => ({ ...message, to }))
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}

/** The messages for a page. Viewers get none: messages are for people who can act on them. */
export function messagesFor(state: State, role: Role, id: string): readonly ShownMessage[] {
  const to = role === "venue" || role === "guest" ? [EVERYBODY, id] : role === "stage" ? [EVERYBODY] : [];
  return shownMessages(state).filter((note) => to.includes(note.to));
}

/** Identifies one message. The same text sent again is another message. */
export function messageKey(note: ShownMessage): string {
  return `${note.to} ${note.at} ${note.text}`;
}

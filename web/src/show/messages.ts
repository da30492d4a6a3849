/** The moderator's messages that a page shows. Pure. */

import type { MessageDoc, Role, State } from "../wire";
import { placeOf } from "./agenda";
import { DESK } from "./channels";

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

/** A page, by the role and id of its link. */
interface Page {
  role: Role;
  id: string;
}

/** The recipients of messages and cues that mean this page. `speaker`: the places on air. Viewers get none. */
export function recipientsOf(state: State, { role, id }: Page): readonly string[] {
  const { source, with: beside } = state.program;
  const isOnAir = [source, ...beside].some((each) => placeOf(each) === id);
  const speaker = isOnAir ? ["speaker"] : [];
  switch (role) {
    case "moderator":
      return [DESK];
    case "venue":
      return [EVERYBODY, id, "technicians", ...speaker];
    case "guest":
      return [EVERYBODY, id, ...speaker];
    case "interpreter":
      return [EVERYBODY, id];
    case "stage":
      return [EVERYBODY, "stage"];
    case "viewer":
      return [];
  }
}

/** The messages for a page. Viewers get none: messages are for people who can act on them. */
export function messagesFor(state: State, role: Role, id: string): readonly ShownMessage[] {
  const to = recipientsOf(state, { role, id });
  return shownMessages(state).filter((note) => to.includes(note.to));
}

/** Identifies one message. The same text sent again is another message. */
export function messageKey(note: ShownMessage): string {
  return `${note.to} ${note.at} ${note.text}`;
}

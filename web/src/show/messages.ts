/** The moderator's messages that a page shows. Pure. */

import type { MessageDoc, Role, State } from "../wire";
import { placeOf } from "./agenda";
import { DESK } from "./channels";
import { instant } from "./time";

export const EVERYBODY = "all";
/** Nobody operates a stage display, so an info leaves it by itself: after as long as the server shows one that is to it. */
export const INFO_ON_STAGE_MS = 30_000;

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
export interface Page {
  role: Role;
  /** Of a stage display: the hall in which it stands; empty if that is not known. */
  id: string;
}

/**
 * The recipients of messages and cues that mean this page. `speaker`: the places on air, and the stage displays in the
 * halls among them. Viewers get none.
 */
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
      return [EVERYBODY, id, "booths"];
    case "stage":
      // The server sends what is to the speaker only while a hall is on air.
      return [EVERYBODY, "stage", ...(id === "" ? ["speaker"] : speaker)];
    case "viewer":
      return [];
  }
}

/** The messages for a page. Viewers get none: messages are for people who can act on them. */
export function messagesFor(state: State, role: Role, id: string): readonly ShownMessage[] {
  const to = recipientsOf(state, { role, id });
  return shownMessages(state).filter((note) => to.includes(note.to));
}

/** The messages on a stage display. */
export function messagesOnStage(state: State, { role, id }: Page, now: number): readonly ShownMessage[] {
  return messagesFor(state, role, id).filter(
    ({ level, at }) => level !== "info" || now - (instant(at) ?? now) < INFO_ON_STAGE_MS,
  );
}

/**
 * Whether a new message sounds on a page. A hall hears it in the technician's headphones alone. At a guest and in a booth
 * it may get into an open microphone, and disturbs a person who speaks, so only an urgent one sounds then.
 */
export function sounds({ level }: ShownMessage, { role }: Page, isMicOpen: boolean): boolean {
  return role === "venue" || level === "urgent" || !isMicOpen;
}

/** Whether what this source sends is heard by others: by the show, or since its seat is switched on. */
export function isMicOpen(state: State, source: string): boolean {
  const [booth = "", seat = ""] = source.split("/");
  return state.sources[source]?.mic === true || state.booths[booth]?.seats[seat]?.open === true;
}

/** Identifies one message. The same text sent again is another message. */
export function messageKey(note: ShownMessage): string {
  return `${note.to} ${note.at} ${note.text}`;
}

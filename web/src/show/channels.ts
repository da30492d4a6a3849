/** The channels that listeners may choose: what each carries now, and which one a page begins with. Pure. */

import type { State, TalkDoc } from "../wire";
import { instant } from "./time";

export type ChannelStatus =
  /** No channel is chosen: the floor. */
  | { kind: "floor" }
  /** The floor speaks the language of the channel. */
  | { kind: "spoken" }
  | { kind: "interpreted"; booth: string; seat: string | null; since: number | null }
  /** Nobody interprets, so the channel carries the floor. `needed`: an item is on air in another language. */
  | { kind: "unfed"; needed: boolean; since: number | null };

/** What a channel carries now; null is the floor. */
export function channelStatus(state: State, channel: string | null): ChannelStatus {
  const doc = channel === null ? undefined : state.languages[channel];
  if (!doc) return { kind: "floor" };
  if (state.show.floor === channel) return { kind: "spoken" };
  const since = instant(doc.since);
  if (doc.booth !== null) return { kind: "interpreted", booth: doc.booth, seat: doc.seat, since };
  return { kind: "unfed", needed: doc.needed, since };
}

/** The channel of a language, by its tag or by its primary subtag (BCP 47); null if there is none. */
export function channelFor(languages: readonly string[], language: string | null): string | null {
  if (language === null) return null;
  const primary = (tag: string) => tag.toLowerCase().split("-", 1)[0];
  return (
    languages.find((tag) => tag.toLowerCase() === language.toLowerCase()) ??
    languages.find((tag) => primary(tag) === primary(language)) ??
    null
  );
}

export function boothName(state: State, booth: string): string {
  return state.event.booths.find(({ id }) => id === booth)?.name ?? booth;
}

/** The desk, as a speaker or a recipient of talkback. */
export const DESK = "desk";

/** The talkback to a page, heard or not; `me`: its place, its booth or the desk. */
export function talksTo(state: State, me: string): readonly TalkDoc[] {
  return Object.values(state.talks).filter(({ speaker, to }) => speaker !== me && to.includes(me));
}

/** Whether a page hears talkback now. */
export function isTalkedTo(state: State, me: string): boolean {
  return talksTo(state, me).some((talk) => talk.heard_by.includes(me));
}

/** Whether nobody hears what the pages of `me` say in talkback. False as long as the server does not know of any. */
export function isUnheard(state: State, me: string): boolean {
  const own = Object.values(state.talks).filter(({ speaker }) => speaker === me);
  return own.length > 0 && own.every((talk) => talk.heard_by.length === 0);
}

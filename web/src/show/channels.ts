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

/** The talkback that a page hears; `me`: its place, its booth or the desk. */
export function talksTo(state: State, me: string): readonly TalkDoc[] {
  return Object.values(state.talks).filter(({ speaker, to }) => speaker !== me && to.includes(me));
}

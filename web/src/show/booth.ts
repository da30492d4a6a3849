/** A booth as its own pages show it: who sits where, who hears this seat, which way it interprets. Pure. */

import type { BoothDoc, BoothPlanDoc, SeatDoc, State } from "../wire";
import { cleanName } from "./names";
import { instant } from "./time";

/** A hand-over lasts at most so long; the server closes the older seat. */
export const HANDOVER_MS = 5_000;

const NO_BOOTH: BoothDoc = {
  to: null,
  output: null,
  relay: null,
  seats: {},
  asks: null,
  handover_ends: null,
};
const NO_SEAT: SeatDoc = { open: false, state: "absent", since: null, sound: null };

export function boothDoc(state: State, booth: string): BoothDoc {
  return state.booths[booth] ?? NO_BOOTH;
}

export function boothPlan(state: State, booth: string): BoothPlanDoc | null {
  return state.event.booths.find(({ id }) => id === booth) ?? null;
}

export function seatDoc(booth: BoothDoc, seat: string): SeatDoc {
  return booth.seats[seat] ?? NO_SEAT;
}

/** The source id of a seat. */
export function seatSource(booth: string, seat: string): string {
  return `${booth}/${seat}`;
}

/** The seat's name in its source id. */
export function seatName(source: string): string {
  return source.slice(source.indexOf("/") + 1);
}

/** A typed name as a seat's name; empty if nothing is left. Its source is `booth/seat`, so it has no slash. */
export function cleanSeat(typed: string): string {
  return cleanName(typed.replaceAll("/", ""));
}

export interface SeatChoice {
  seat: string;
  /** `lost`: its microphone is on, but its page is gone; who enters is heard at once. */
  status: "free" | "taken" | "lost";
}

/** The seats to choose from: those that somebody sits in, and free ones "1", "2", … up to the number of seats. */
export function seatChoices(booth: BoothDoc, seats: number): SeatChoice[] {
  const used: SeatChoice[] = Object.entries(booth.seats)
    .filter(([, { open, state }]) => open || state !== "absent")
    .map(([seat, { state }]) => ({ seat, status: state === "absent" ? "lost" : "taken" }));
  const free: SeatChoice[] = Array.from({ length: seats }, (_, n) => String(n + 1))
    .filter((number) => !used.some(({ seat }) => seat === number))
    .slice(0, Math.max(0, seats - used.length))
    .map((seat) => ({ seat, status: "free" }));
  return [...used, ...free].sort((a, b) => a.seat.localeCompare(b.seat));
}

/** Those who sit in a booth whose seats are all in use; null if one is not. */
export function whoFills(choices: readonly SeatChoice[], seats: number): string[] | null {
  const taken = choices.filter(({ status }) => status === "taken").map(({ seat }) => seat);
  return taken.length >= seats ? taken : null;
}

/** The other seat of the booth: the one that is open, else one that is there; null if nobody is. */
export function partnerOf(booth: BoothDoc, seat: string): string | null {
  const others = Object.entries(booth.seats).filter(([name]) => name !== seat);
  const found = others.find(([, { open }]) => open) ?? others.find(([, { state }]) => state !== "absent");
  return found?.[0] ?? null;
}

/** What keeps a page's own microphone from being heard. */
export interface OwnSound {
  /** The device works, and this page feeds the seat. */
  works: boolean;
  /** Another page or machine feeds the seat. */
  isElsewhere: boolean;
  /** Muted on this page. */
  muted: boolean;
}

export type SwitchState =
  | { kind: "off" }
  /** Listeners of `channel` hear this seat. */
  | { kind: "on-air"; channel: string }
  /** Open, but muted here. */
  | { kind: "muted" }
  /** Another page feeds the seat. */
  | { kind: "elsewhere" }
  /** Open, but nobody hears it: */
  | { kind: "no-microphone" }
  | { kind: "no-line" }
  | { kind: "no-relay" }
  /** The channel chosen by hand is that of the language on the floor. */
  | { kind: "floor"; channel: string }
  /** Another booth feeds the channel. */
  | { kind: "other-booth"; channel: string; booth: string }
  /** The server has not put it into the channel yet. */
  | { kind: "waits"; channel: string };

/** The state of a seat's microphone, by the state of the show. */
export function switchState(state: State, id: string, seat: string, own: OwnSound): SwitchState {
  const booth = boothDoc(state, id);
  const { open, state: line } = seatDoc(booth, seat);
  // First of all: this page's switch does nothing then.
  if (own.isElsewhere) return { kind: "elsewhere" };
  if (!open) return { kind: "off" };
  if (!own.works) return { kind: "no-microphone" };
  if (line !== "live") return { kind: "no-line" };
  if (own.muted) return { kind: "muted" };
  if (booth.output === null)
    return booth.to === null ? { kind: "no-relay" } : { kind: "floor", channel: booth.to };
  const channel = booth.output;
  const feeds = state.languages[channel]?.booth ?? null;
  if (feeds === id) return { kind: "on-air", channel };
  return feeds === null ? { kind: "waits", channel } : { kind: "other-booth", channel, booth: feeds };
}

export interface Direction {
  /** The language that the booth hears. */
  from: string;
  /** The channel that it speaks into; null: none now. */
  into: string | null;
  /** The booth that it hears instead of the floor. */
  relay: string | null;
  /** The channel was chosen by hand. */
  byHand: boolean;
}

/** From which language into which channel the booth interprets now. */
export function directionOf(state: State, id: string): Direction {
  const { relay, output, to } = boothDoc(state, id);
  return {
    from: relay ?? state.show.floor,
    into: output ?? to,
    relay: relay === null ? null : (state.languages[relay]?.booth ?? ""),
    byHand: to !== null,
  };
}

export type HandoverState =
  | { kind: "none" }
  /** This seat asks its partner to take over. */
  | { kind: "asking" }
  /** The partner asks this seat. */
  | { kind: "asked"; by: string }
  /** Both are heard, until `ends` at the latest. `older`: this seat hands over. */
  | { kind: "both"; ends: number; older: boolean; partner: string };

export function handoverOf(booth: BoothDoc, seat: string): HandoverState {
  const ends = instant(booth.handover_ends);
  const partner = partnerOf(booth, seat);
  if (ends !== null && partner !== null) {
    const since = (name: string): number => instant(seatDoc(booth, name).since) ?? 0;
    return { kind: "both", ends, older: since(seat) <= since(partner), partner };
  }
  if (booth.asks === null) return { kind: "none" };
  return booth.asks === seat ? { kind: "asking" } : { kind: "asked", by: booth.asks };
}

/** Listeners of the channel that the booth speaks into. */
export function listenersOf(state: State, id: string): { count: number; where: string } {
  const { output, to } = boothDoc(state, id);
  const channel = state.languages[output ?? to ?? ""];
  return { count: channel?.listeners ?? 0, where: listenedAt(state, channel?.places ?? []) };
}

/** The names of places where a channel is heard; of many only the first two, then an ellipsis. */
export function listenedAt(state: State, places: readonly string[]): string {
  const names = places.map((id) => state.event.places.find((place) => place.id === id)?.name ?? id);
  return names.length > 2 ? `${names.slice(0, 2).join(", ")}, …` : names.join(", ");
}

/** Whether somebody sits in a booth. An open seat whose line is lost is empty. */
export function isOccupied(booth: BoothDoc | undefined): boolean {
  return Object.values(booth?.seats ?? {}).some(({ state }) => state !== "absent");
}

/**
 * What each sound output of a page plays, and at which gain. Pure.
 *
 * The received microphones of the programme are the floor. While the chosen channel is interpreted, its sound is played
 * over the floor, which is lowered; in every other case the floor is at full level, so a listener always hears it.
 * Talkback lowers all else. It is on the loudspeakers of a hall only if the technician has chosen so.
 */

/** The gain of each group of slots, 0 to 1. */
export interface Mix {
  floor: number;
  interpretation: number;
  partner: number;
  talkback: number;
}

export type Bus = keyof Mix;
export const BUSES: readonly Bus[] = ["floor", "interpretation", "partner", "talkback"];

/** `main`: the loudspeakers. The other two are a hall's: for infrared or induction, and the technician's headphones. */
export type Output = "main" | "interpretation" | "headphones";
export const OUTPUTS: readonly Output[] = ["main", "interpretation", "headphones"];

/** What a page hears now. */
export interface Hearing {
  /** The chosen channel is interpreted now. False: it carries the floor. */
  isInterpreted: boolean;
  /** The gain of the floor under the interpretation. */
  under: number;
  /** Somebody talks back to this page. */
  isTalkedTo: boolean;
}

/** Which outputs a page has, by its role and the choices made on it. */
export interface Routing {
  /** What the loudspeakers play. */
  main: "floor" | "channel";
  /** The output on which talkback is heard. */
  talkback: "main" | "headphones" | "none";
}

export const SILENCE: Mix = { floor: 0, interpretation: 0, partner: 0, talkback: 0 };
/** The gain of the programme under talkback: -20 dB. */
export const LOWERED_GAIN = 0.1;

const FLOOR: Mix = { ...SILENCE, floor: 1 };

/** The mix of each output. One that a page does not have is not used. */
export function mixesOf(hearing: Hearing, routing: Routing): Record<Output, Mix> {
  const heard = routing.main === "channel" ? channelMix(hearing) : FLOOR;
  const alone = hearing.isInterpreted ? { ...SILENCE, interpretation: 1 } : FLOOR;
  const withTalkback = (on: boolean): Mix => (on ? underTalkback(heard, hearing.isTalkedTo) : heard);
  return {
    main: withTalkback(routing.talkback === "main"),
    interpretation: alone,
    headphones: withTalkback(routing.talkback === "headphones"),
  };
}

function channelMix({ isInterpreted, under }: Hearing): Mix {
  return isInterpreted ? { ...SILENCE, floor: under, interpretation: 1 } : FLOOR;
}

/** `mix` with talkback over it. Its gain is constant, so its first syllable is heard. */
export function underTalkback(mix: Mix, isTalkedTo: boolean): Mix {
  const gain = isTalkedTo ? LOWERED_GAIN : 1;
  return {
    floor: mix.floor * gain,
    interpretation: mix.interpretation * gain,
    partner: mix.partner * gain,
    talkback: 1,
  };
}

/** `mix` with the programme at this gain. Talkback is for this person alone, and stays as it is. */
export function atVolume(mix: Mix, gain: number): Mix {
  return { ...mix, floor: mix.floor * gain, interpretation: mix.interpretation * gain };
}

/** Whether media elements alone can play this mix: the floor and talkback, each in full or not at all. */
export function isPlain({ floor, interpretation, partner, talkback }: Mix): boolean {
  const whole = (gain: number) => gain === 0 || gain === 1;
  return whole(floor) && whole(talkback) && interpretation === 0 && partner === 0;
}

/** The group of a slot; null for a picture. */
export function busOf(slot: string): Bus | null {
  if (/^mic\d+$/.test(slot)) return "floor";
  if (/^interpretation\d*$/.test(slot)) return "interpretation";
  return slot === "partner" || slot === "talkback" ? slot : null;
}

/** The quietest level of the floor under an interpretation in dB; the next step is off. */
export const MIN_UNDER_DB = -40;
export const DEFAULT_UNDER_DB = -20;

/** The lowest volume of the programme in dB: it is still heard, so that nobody forgets that it is on. */
export const MIN_PROGRAMME_DB = -30;

/** The gain for a level in dB; 0 below the quietest level. */
export function gainOf(db: number): number {
  return db < MIN_UNDER_DB ? 0 : Math.min(1, 10 ** (db / 20));
}

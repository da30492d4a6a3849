/**
 * Times as people read them. Pure.
 *
 * The pages count from instants that the server sent; only the server decides when things happen.
 */

import type { ItemDoc } from "../wire";

/** A smaller delay is not mentioned. */
export const SLIGHT_DELAY_S = 30;
/** A larger one means that the event is run on another day than planned. */
export const ANOTHER_DAY_S = 12 * 3600;

/** How close an item is to its end. */
export type Tone = "calm" | "warn" | "danger" | "over";

/** Milliseconds since 1970; null if unknown. */
export function instant(iso: string | null | undefined): number | null {
  return iso ? Date.parse(iso) : null;
}

/** When the time of the item on air is up. */
export function endOf(item: ItemDoc): number | null {
  const begun = instant(item.actual.start);
  if (begun === null) return instant(item.expected.end);
  const full = begun + item.length_s * 1000;
  // A hard start may end it earlier. During an overrun its expected end moves with the clock.
  const expected = instant(item.expected.end);
  return expected === null ? full : Math.min(full, expected);
}

/** Milliseconds left of the item on air, negative once its time is up; null if unknown. */
export function leftOf(item: ItemDoc, now: number): number | null {
  const end = endOf(item);
  // `now` changes every quarter second, so it may be before the start of an item that has just begun.
  return end === null ? null : end - Math.max(now, instant(item.actual.start) ?? now);
}

export function toneOf(item: ItemDoc, left: number): Tone {
  if (left < 0) return "over";
  if (left <= item.danger_s * 1000) return "danger";
  return left <= item.warn_s * 1000 ? "warn" : "calm";
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

/** A length as 0:07, 12:30 or 1:02:05. Never negative. */
export function clockLength(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const [h, m, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  return h > 0 ? `${h}:${two(m)}:${two(rest)}` : `${m}:${two(rest)}`;
}

/** Milliseconds left as a countdown to 0:00; after that it counts up with a plus. */
export function countdown(left: number): string {
  // The first second of the overrun still reads 0:00.
  return left > -1000 ? clockLength(Math.ceil(left / 1000)) : `+${clockLength(-left / 1000)}`;
}

/** The width of 12:30, for which the pages have room, in a wide bold face whose figures are 0.7 em wide. */
const CLOCK_WIDTH_EM = 3.25;
const CHAR_WIDTHS_EM: Readonly<Record<string, number>> = { ":": 0.42, "+": 0.84 };

/** The font scale, at most 1, at which a countdown is no wider than 12:30. */
export function clockScale(clock: string): number {
  const width = [...clock].reduce((sum, sign) => sum + (CHAR_WIDTHS_EM[sign] ?? 0.7), 0);
  return Math.min(1, CLOCK_WIDTH_EM / width);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, seconds: boolean): Intl.DateTimeFormat {
  const key = `${zone} ${seconds}`;
  let found = formats.get(key);
  if (!found) {
    const second = seconds ? ({ second: "2-digit" } as const) : {};
    // British English writes 09:05 and 17:00, as all three languages of the pages do.
    found = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      ...second,
    });
    formats.set(key, found);
  }
  return found;
}

/** The wall clock in `zone`: 17:05, or 17:05:09. */
export function wall(at: number, zone: string, seconds = false): string {
  return format(zone, seconds).format(at);
}

/** The day in `zone`, in `language`: 15 Sept 2018. */
export function day(at: number, zone: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: "medium" }).format(at);
}

/** The day of the week in `zone`, short, if it is another day there than in `home`; else null. */
export function weekdayElsewhere(at: number, zone: string, home: string, language: string): string | null {
  if (day(at, zone, language) === day(at, home, language)) return null;
  return new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "short" }).format(at);
}

/** The time in `zone`, with the day if that is not today. */
export function timeOn(at: number, now: number, zone: string, language: string): string {
  const [theDay, today] = [at, now].map((t) => day(t, zone, language));
  return theDay === today ? wall(at, zone) : `${theDay}, ${wall(at, zone)}`;
}

/** The time zone of this browser. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether the clocks of both zones show the same time at this instant. */
export function sameClock(a: string, b: string, at: number): boolean {
  return a === b || wall(at, a) === wall(at, b);
}

/** The city that a zone is named after: Asia/Tokyo is Tokyo. */
export function city(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

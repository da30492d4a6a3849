/**
 * Times as people read them.
 *
 * Everything the pages count is the difference between an instant that the server has said and the show's clock; when
 * things will happen is decided there and not here.
 */

import type { ItemDoc } from "../wire";

/** How near an item is to its end. */
export type Tone = "calm" | "warn" | "danger" | "over";

/** Milliseconds since 1970, or null for what is not known. */
export function instant(iso: string | null | undefined): number | null {
  return iso ? Date.parse(iso) : null;
}

/** When the time of the item on air is up, whether or not it will be cut: what speakers are measured against. */
export function endOf(item: ItemDoc): number | null {
  const begun = instant(item.actual.start);
  if (begun === null) return instant(item.expected.end);
  const full = begun + item.length_s * 1000;
  // A hard start may cut it earlier; while it overruns, its expected end moves along with the clock.
  const expected = instant(item.expected.end);
  return expected === null ? full : Math.min(full, expected);
}

/** Milliseconds left of the item on air, negative once its time is up; null for what is not known. */
export function leftOf(item: ItemDoc, now: number): number | null {
  const end = endOf(item);
  // The clock that a page shows moves by quarter seconds, so an item may have begun that it is not up to yet.
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

/** Milliseconds left as a countdown that reads 0:00 when the time is up, and from then on counts up with a plus. */
export function countdown(left: number): string {
  // On the second of the end itself neither is right; it still reads 0:00.
  return left > -1000 ? clockLength(Math.ceil(left / 1000)) : `+${clockLength(-left / 1000)}`;
}

/** Width of 12:30, for which the pages have room, in em of a wide bold face: figures are 0.7 wide, signs as below. */
const ROOM = 3.25;
const WIDTHS: Readonly<Record<string, number>> = { ":": 0.42, "+": 0.84 };

/** By how much a countdown is set smaller than 12:30, so that +1:02:05 needs no more room: 1 or less. */
export function fit(clock: string): number {
  const width = [...clock].reduce((sum, sign) => sum + (WIDTHS[sign] ?? 0.7), 0);
  return Math.min(1, ROOM / width);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, seconds: boolean): Intl.DateTimeFormat {
  const key = `${zone} ${seconds}`;
  let found = formats.get(key);
  if (!found) {
    const second = seconds ? ({ second: "2-digit" } as const) : {};
    // British English writes 09:05 and 17:00 in every zone; the three languages of this product all do.
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

/** What a wall clock in `zone` shows: 17:05, or 17:05:09. */
export function wall(at: number, zone: string, seconds = false): string {
  return format(zone, seconds).format(at);
}

/** The day in `zone`, in words of `language`: 15 Sept 2018. */
export function day(at: number, zone: string, language: string): string {
  return new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: "medium" }).format(at);
}

/** The time in `zone`, with its day where that is not the day of `now`. */
export function timeOn(at: number, now: number, zone: string, language: string): string {
  const [theDay, today] = [at, now].map((t) => day(t, zone, language));
  return theDay === today ? wall(at, zone) : `${theDay}, ${wall(at, zone)}`;
}

/** The zone of whoever looks at this page. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Whether clocks in both zones show the same at this instant. */
export function sameClock(a: string, b: string, at: number): boolean {
  return a === b || wall(at, a) === wall(at, b);
}

/** The city that a zone is named after: Asia/Tokyo is Tokyo. */
export function city(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

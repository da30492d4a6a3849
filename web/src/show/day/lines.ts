/** The whole day as lines of a timetable, in any city's time. Pure. */

import type { ItemDoc, State } from "../../wire";
import { beginOf } from "../agenda";
import { cityClocks, homeOf } from "../stage/cityclocks";
import { ANOTHER_DAY_S, instant, sameClock, wall } from "../time";

export interface DayLine {
  item: ItemDoc;
  /** When it began or is expected to; null if nobody knows. */
  at: number | null;
  /** When it was planned, if a reader sees another time now. */
  was: number | null;
  kind: "done" | "now" | "next" | "coming" | "cancelled";
  /** The date, above the first line and each with another one than the line before. */
  date: string | null;
}

/** 15 September 2018, in `zone` and `language`, with the day of the week. */
export function longDay(at: number, zone: string, language: string): string {
  // Most readers of the English pages write the day before the month.
  const locale = language === "en" ? "en-GB" : language;
  return new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: "full" }).format(at);
}

/** Items that the file itself leaves out are no part of the day; those that were dropped since are told. */
export function dayLines(state: State, zone: string, language: string): readonly DayLine[] {
  let before = "";
  return state.items
    .filter((item) => item.status !== "skipped" || item.skipped_because !== "file")
    .map((item) => {
      const planned = instant(item.planned.start);
      const isCancelled = item.status === "skipped";
      const at = isCancelled ? planned : beginOf(state, item);
      const found = at === null ? before : longDay(at, zone, language);
      const date = found === before ? null : found;
      before = found;
      return { item, at, was: isCancelled ? null : movedFrom(planned, at, zone), kind: kindOf(item), date };
    });
}

/** The planned time, if the time that is shown differs. An event that runs on another day than planned has none. */
function movedFrom(planned: number | null, at: number | null, zone: string): number | null {
  if (planned === null || at === null || Math.abs(at - planned) >= ANOTHER_DAY_S * 1000) return null;
  return wall(planned, zone) === wall(at, zone) ? null : planned;
}

function kindOf({ status }: ItemDoc): DayLine["kind"] {
  if (status === "skipped") return "cancelled";
  return status === "on-air" ? "now" : status;
}

export interface ZoneChoice {
  zone: string;
  /** The cities whose clocks show this time. */
  name: string;
  isOwn: boolean;
}

/** The zones that a reader may choose: the reader's own first, then those of the event's cities. */
export function zoneChoices(state: State, own: string, ownName: string): readonly ZoneChoice[] {
  const at = instant(state.items[0]?.planned.start) ?? Date.parse(state.now);
  const cities = cityClocks(state, homeOf(state, null), at).map(({ zone, name }) => ({
    zone,
    name,
    isOwn: sameClock(zone, own, at),
  }));
  if (!cities.some(({ isOwn }) => isOwn)) return [{ zone: own, name: ownName, isOwn: true }, ...cities];
  return [...cities.filter(({ isOwn }) => isOwn), ...cities.filter(({ isOwn }) => !isOwn)];
}

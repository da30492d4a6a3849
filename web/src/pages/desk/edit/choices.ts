/** The fields of the form in their order, and what can be chosen in them. Pure. */

import { SLATE } from "../../../show/agenda";
import type { State } from "../../../wire";

export type Kind = "text" | "time" | "length" | "flag" | "choice" | "list" | "notes";

/** The file's keys on the form, in its order. */
export const FIELDS = {
  title: "text",
  speaker: "text",
  start: "time",
  duration: "length",
  end: "time",
  source: "choice",
  with: "list",
  layout: "choice",
  hard: "flag",
  mics: "list",
  fallback: "list",
  return: "choice",
  type: "choice",
  language: "choice",
  advance: "choice",
  notes: "notes",
  follow: "choice",
  warn: "length",
  danger: "length",
  skip: "flag",
} as const satisfies Record<string, Kind>;

export type Field = keyof typeof FIELDS;
export const ORDER = Object.keys(FIELDS) as Field[];
/** Those that are seldom changed. They are behind "More", and last in the order. */
export const SELDOM: readonly Field[] = ["follow", "warn", "danger", "skip"];

/** Of an item without a length of its own, `end` is written instead. */
export function isOnForm(field: Field, written: Readonly<Record<string, unknown>>): boolean {
  const hasEnd = typeof written.end === "string" && written.end !== "";
  return field === "end" ? hasEnd : field !== "duration" || !hasEnd;
}

/** What the event knows for a field. */
export function choicesFor(show: State, field: Field): string[] {
  const sources = Object.keys(show.sources);
  switch (field) {
    case "source":
      return [...sources, SLATE];
    case "fallback":
      return ["host", ...sources, SLATE];
    case "with":
    case "mics":
    case "return":
      return sources;
    case "layout":
      return ["solo", "side-by-side", "pip", "grid"];
    case "type":
      return ["talk", "panel", "qa", "break", "open"];
    case "follow":
      return ["agenda", "voice"];
    case "advance":
      return ["manual", "auto"];
    case "language":
      return languagesOf(show);
    default:
      return [];
  }
}

/** The languages of the event: of its channels, its places and its items. */
function languagesOf({ event, items }: State): string[] {
  const all = [event.language, ...event.languages, ...event.places.map(({ language }) => language)];
  return [...new Set([...all, ...items.map(({ language }) => language)])];
}

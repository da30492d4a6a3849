/**
 * Lays out the plot of a show against its plan: time runs across, items and places run down.
 *
 * Pure. Instants are milliseconds since 1970, lengths pixels.
 */

import type { ReportItem, ShowReport, SourceOutage, Stretch } from "../link/report";
import { placeOf } from "./agenda";
import { ANOTHER_DAY_S, SLIGHT_DELAY_S } from "./time";

export interface Bar {
  start: number;
  end: number;
  x: number;
  width: number;
}

/** One time on air. */
export interface Airing extends Bar {
  /** Still on air: it ends at the last known time. */
  open: boolean;
}

/** A manual take or a fallback while an item was on air. */
export interface Deviation extends Bar {
  stretch: Stretch;
}

export interface Row {
  item: ReportItem;
  y: number;
  planned: Bar;
  airings: Airing[];
  /** The overrun: the airings beyond the planned length. */
  over: Bar[];
  deviations: Deviation[];
  /** Where it is expected; null if that is as planned, or if it has been on air. */
  expected: Bar | null;
}

/** The line of one place. */
export interface Strip {
  place: string;
  y: number;
  there: Bar[];
  onAir: Bar[];
  lost: (Bar & { fault: SourceOutage })[];
}

export interface Tick {
  at: number;
  x: number;
  /** The first of its day. */
  day: boolean;
}

export interface Plot {
  width: number;
  height: number;
  /** The heights of a row and of a strip. */
  row: number;
  strip: number;
  /** Where the bars begin; the names are left of it. */
  left: number;
  rows: Row[];
  strips: Strip[];
  ticks: Tick[];
  /** The line for now; null if the show is not running. */
  now: number | null;
  /** By how much the plan was moved to be drawn beside a show of another day. */
  moved: number;
}

export interface PlotFrame {
  width: number;
  /** The height without scrolling. With many items the plot is higher. */
  height: number;
  /** The show's time. */
  now: number;
  /** When items to come will run, by id. */
  expected: ReadonlyMap<string, { start: number; end: number }>;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Row heights: below it is not readable, above it is empty. */
const MIN_ROW_PX = 18;
const MAX_ROW_PX = 34;
const STRIP_PX = 18;
const GAP_PX = 10;
/** The narrowest visible bar. */
const MIN_BAR_PX = 2;
/** The least distance of two times on the axis. */
const TICK_SPACING_PX = 64;
const TICK_STEPS_MS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);

export function plot(report: ShowReport, frame: PlotFrame): Plot {
  const moved = shift(report);
  const at = (iso: string): number => Date.parse(iso);
  const runs = report.show.start !== null && report.show.end === null;
  const until = runs ? Math.max(frame.now, at(report.show.until ?? "") || 0) : null;
  const known = until ?? at(report.show.end ?? report.show.until ?? "");
  const [from, to] = domain(report, moved, until, frame.expected);
  const left = Math.round(Math.min(260, frame.width * 0.24));
  const right = frame.width - 8;
  const place = (t: number): number => left + ((t - from) / (to - from)) * (right - left);
  const bar = (start: number, end: number): Bar => {
    const [a, b] = [Math.max(start, from), Math.min(end, to)];
    const x = place(a);
    return { start, end, x, width: Math.max(MIN_BAR_PX, place(b) - x) };
  };
  const visible = (bars: Bar[]): Bar[] => bars.filter(({ start, end }) => end > from && start < to);

  const places = [...new Set(Object.keys(report.rooms).map(placeOf))];
  const room = frame.height - places.length * STRIP_PX - GAP_PX;
  const row = Math.max(MIN_ROW_PX, Math.min(MAX_ROW_PX, Math.floor(room / Math.max(1, report.items.length))));
  const deviations = report.programme.filter(({ reason }) => reason === "take" || reason === "fallback");
  const rows = report.items.map((item, n): Row => {
    const airings = item.airings.map(({ start, end }) => ({
      ...bar(at(start), end === null ? known : at(end)),
      open: end === null,
    }));
    const expected = airings.length > 0 ? undefined : frame.expected.get(item.item);
    const late =
      expected && Math.abs(expected.start - at(item.planned_start) - moved) >= SLIGHT_DELAY_S * SECOND;
    return {
      item,
      y: n * row,
      planned: bar(at(item.planned_start) + moved, at(item.planned_end) + moved),
      airings,
      over: overrun(airings, item.planned_s * SECOND).map(([start, end]) => bar(start, end)),
      deviations: deviations
        .filter((stretch) => stretch.item === item.item)
        .map((stretch) => ({ ...bar(at(stretch.start), at(stretch.end)), stretch })),
      expected: expected && late ? bar(expected.start, expected.end) : null,
    };
  });

  const top = rows.length * row + GAP_PX;
  const strips = places.map((id, n): Strip => {
    const own = Object.entries(report.rooms).filter(([source]) => placeOf(source) === id);
    const shown = report.programme.filter((s) =>
      [s.source, ...s.with].some((source) => placeOf(source) === id),
    );
    return {
      place: id,
      y: top + n * STRIP_PX,
      there: visible(
        own.flatMap(([, all]) => all.map(({ start, end }) => bar(at(start), end === null ? known : at(end)))),
      ),
      onAir: shown.map(({ start, end }) => bar(at(start), at(end))),
      lost: report.faults
        .filter(({ source }) => placeOf(source) === id)
        .map((fault) => ({ ...bar(at(fault.start), fault.end === null ? known : at(fault.end)), fault })),
    };
  });

  return {
    width: frame.width,
    height: top + strips.length * STRIP_PX,
    row,
    strip: STRIP_PX,
    left,
    rows,
    strips,
    ticks: ticks(report, from, to, right - left, place),
    now: until === null ? null : place(until),
    moved,
  };
}

/** By how much to move the plan: if the show ran on another day, the plan is drawn as if it had begun with the show. */
function shift(report: ShowReport): number {
  const first = report.items[0];
  if (report.show.start === null || !first) return 0;
  const apart = Date.parse(report.show.start) - Date.parse(first.planned_start);
  return Math.abs(apart) < ANOTHER_DAY_S * SECOND ? 0 : apart;
}

/** The times to draw: the plan, and all that was and will be on air. */
function domain(
  report: ShowReport,
  moved: number,
  until: number | null,
  expected: PlotFrame["expected"],
): [number, number] {
  const planned = report.items.flatMap((i) => [i.planned_start, i.planned_end]);
  const all = [
    ...planned.map((iso) => Date.parse(iso) + moved),
    ...report.items
      .flatMap((i) => i.airings.flatMap((a) => [a.start, a.end ?? a.start]))
      .map((iso) => Date.parse(iso)),
    ...(until === null ? [] : [until, ...[...expected.values()].map(({ end }) => end)]),
  ];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const margin = Math.max(5 * SECOND, (to - from) * 0.01);
  // The end is the most interesting part, so its margin is wider.
  return [from - margin, to + margin * 2];
}

/** The parts of all airings together that exceed `length`. */
function overrun(airings: readonly Bar[], length: number): [number, number][] {
  const found: [number, number][] = [];
  let left = length;
  for (const { start, end } of airings) {
    if (end - start > left) found.push([start + Math.max(0, left), end]);
    left -= end - start;
  }
  return found;
}

/** Round times of the event's time zone, as dense as is readable. */
function ticks(
  report: ShowReport,
  from: number,
  to: number,
  width: number,
  place: (t: number) => number,
): Tick[] {
  const maxTicks = Math.max(1, Math.floor(width / TICK_SPACING_PX));
  const step =
    TICK_STEPS_MS.find((s) => (to - from) / s <= maxTicks) ?? Math.ceil((to - from) / maxTicks / DAY) * DAY;
  const offset = offsetOf(report.show.start ?? report.items[0]?.planned_start ?? "");
  const found: Tick[] = [];
  let last = Number.NaN;
  for (let local = Math.ceil((from + offset) / step) * step; local - offset <= to; local += step) {
    const day = Math.floor(local / DAY);
    found.push({ at: local - offset, x: place(local - offset), day: day !== last });
    last = day;
  }
  return found;
}

/** The UTC offset of an ISO instant in milliseconds. */
function offsetOf(iso: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(iso) ?? [];
  const size = Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE;
  return sign === "-" ? -size : size;
}

/** `text` cut to a width in pixels at font size `size`; CJK letters are as wide as high. */
export function truncate(text: string, width: number, size: number): string {
  let used = 0;
  let short = "";
  for (const letter of text) {
    used += (letter.codePointAt(0) ?? 0) >= 0x1100 ? size : size * 0.6;
    if (used > width) return `${short.trimEnd()}…`;
    short += letter;
  }
  return short;
}

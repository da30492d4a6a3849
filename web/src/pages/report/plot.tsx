/** The plot: the plan as outlines, what happened as bars, what was lost as marks beneath. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Fault, Report } from "../../link/report";
import { now } from "../../link/session";
import { placeDoc, sourceName } from "../../show/agenda";
import { type Bar, fit, type Plot, plot, type Row, type Strip } from "../../show/plot";
import { day, instant, wall } from "../../show/time";
import { language, texts } from "../../texts";
import type { State } from "../../wire";
import { against } from "./words";

/** Of the names on the left. */
const LETTERS = 12.5;
const AXIS = 34;
/** Of the page above the plot, and its legend. */
const ABOVE = 190;
/** A second is less than a pixel. */
const MOVES_EVERY = 1000;

const width = signal(1200);
/** What the pointer or the focus is on. */
const pointed = signal<{ x: number; y: number; lines: string[] } | null>(null);

interface Properties {
  report: Report;
  show: State;
}

export function PlotView({ report, show }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      // Not on paper, where it is scaled as a whole.
      if (element.clientWidth > 0) width.value = element.clientWidth;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const t = texts.value.report;
  const drawn = plot(report, {
    width: width.value,
    height: innerHeight - ABOVE,
    now: Math.floor(now.value / MOVES_EVERY) * MOVES_EVERY,
    expected: expected(show),
  });
  return (
    <section class="plot-box" aria-label={t.lead}>
      <Legend />
      {drawn.moved !== 0 && <p class="muted">{t.anotherDay}</p>}
      <div class="plot" ref={box} data-testid="plot" onPointerLeave={clear}>
        <Axis plot={drawn} zone={report.event.timezone} />
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section is called so, and each bar tells what it is */}
        <svg viewBox={`0 0 ${drawn.width} ${drawn.height}`} class="plot-rows">
          <Patterns />
          <Grid plot={drawn} />
          {drawn.rows.map((row) => (
            <Line key={row.item.item} row={row} plot={drawn} report={report} show={show} />
          ))}
          {drawn.strips.map((strip) => (
            <Place key={strip.place} strip={strip} plot={drawn} report={report} show={show} />
          ))}
          {drawn.now !== null && (
            <line
              class="plot-now"
              x1={drawn.now}
              x2={drawn.now}
              y1={0}
              y2={drawn.height}
              data-testid="plot-now"
            />
          )}
        </svg>
        <Tip plot={drawn} />
      </div>
    </section>
  );
}

function expected(show: State): Map<string, { start: number; end: number }> {
  const found = new Map<string, { start: number; end: number }>();
  if (show.show.phase !== "running") return found;
  for (const { id, status, expected: at } of show.items) {
    const [start, end] = [instant(at.start), instant(at.end)];
    if (status !== "skipped" && status !== "done" && start !== null && end !== null)
      found.set(id, { start, end });
  }
  return found;
}

function clear(): void {
  pointed.value = null;
}

/** Show `lines` beside what the pointer or the focus is on, and say them to who cannot see it. */
function told(at: { x: number; y: number }, lines: string[]) {
  const point = (): void => {
    pointed.value = { ...at, lines };
  };
  return {
    tabIndex: 0,
    role: "img",
    "aria-label": lines.join(", "),
    onPointerEnter: point,
    onFocus: point,
    onBlur: clear,
  } as const;
}

/** Stripes, so that nothing is said by colour alone. */
function Patterns() {
  return (
    <defs>
      <pattern
        id="plot-over"
        width="5"
        height="5"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="5" height="5" class="plot-over-ground" />
        <rect width="2" height="5" class="plot-over-stripe" />
      </pattern>
      <pattern id="plot-fallback" width="4" height="4" patternUnits="userSpaceOnUse">
        <rect width="4" height="4" class="plot-fallback-ground" />
        <rect width="2" height="4" class="plot-stripe" />
      </pattern>
    </defs>
  );
}

/** The kinds of marks, each as it is drawn. */
function Legend() {
  const t = texts.value.report.legend;
  const marks = [
    "planned",
    "airing",
    "over",
    "expected",
    "take",
    "fallback",
    "there",
    "shown",
    "lost",
  ] as const;
  return (
    <ul class="plot-legend">
      {marks.map((kind) => (
        <li key={kind}>
          <svg width="26" height="14" aria-hidden="true">
            <rect
              class={`plot-${kind}`}
              x="1"
              y={SLIM[kind] ?? 2}
              width="24"
              height={THIN[kind] ?? 10}
              rx="2"
            />
          </svg>
          {t[kind]}
        </li>
      ))}
    </ul>
  );
}

const SLIM: Partial<Record<string, number>> = { there: 6, take: 4, fallback: 4 };
const THIN: Partial<Record<string, number>> = { there: 2, take: 6, fallback: 6 };

/** It stays in view while the rows are scrolled. */
function Axis({ plot: { width: w, ticks, now: x }, zone }: { plot: Plot; zone: string }) {
  return (
    <svg viewBox={`0 0 ${w} ${AXIS}`} class="plot-axis" aria-hidden="true">
      {ticks.map((tick) => (
        <g key={tick.at}>
          {tick.day && (
            <text x={tick.x} y={12} class="plot-day">
              {day(tick.at, zone, language.value)}
            </text>
          )}
          <text x={tick.x} y={27} class="plot-time">
            {wall(tick.at, zone)}
          </text>
        </g>
      ))}
      {x !== null && <path class="plot-now-head" d={`M${x - 5},${AXIS - 7}h10l-5,7z`} />}
    </svg>
  );
}

function Grid({ plot: { ticks, height, rows, row, width: w } }: { plot: Plot }) {
  return (
    <g>
      {rows.map(
        ({ y }, n) => n % 2 === 0 && <rect key={y} class="plot-band" x={0} y={y} width={w} height={row} />,
      )}
      {ticks.map(({ at, x }) => (
        <line key={at} class="plot-grid" x1={x} x2={x} y1={0} y2={height} />
      ))}
    </g>
  );
}

interface LineProperties extends Properties {
  row: Row;
  plot: Plot;
}

function Line({ row, plot: { row: height, left, width: w }, report, show }: LineProperties) {
  const t = texts.value;
  const { item, y, planned } = row;
  const middle = y + height / 2;
  const zone = report.event.timezone;
  const words = against(item, t);
  const end = Math.max(
    ...[planned, row.expected, ...row.airings].map((bar) => (bar ? bar.x + bar.width : 0)),
  );
  return (
    <g data-testid={`plot-row-${item.item}`}>
      <g {...told({ x: planned.x, y: y + height }, lines(row, report))} class="plot-item">
        <rect class="plot-target" x={0} y={y} width={w} height={height} />
        <text
          x={6}
          y={middle}
          class={`plot-name${row.airings.some(({ open }) => open) ? " open" : ""}`}
          lang={item.language}
        >
          {fit(item.title, left - 18, LETTERS)}
        </text>
        <Box kind={`planned${item.skipped ? " skipped" : ""}`} bar={planned} y={y + 2} height={height - 4} />
        {row.expected && <Box kind="expected" bar={row.expected} y={y + 4} height={height - 8} />}
        {row.airings.map((airing) => (
          <Box key={airing.start} kind="airing" bar={airing} y={y + 5} height={height - 10} />
        ))}
        {row.over.map((over) => (
          <Box key={over.start} kind="over" bar={over} y={y + 5} height={height - 10} />
        ))}
        {words && end < w - 60 && (
          <text x={end + 6} y={middle} class="plot-words">
            {fit(words, w - end - 8, 11)}
          </text>
        )}
      </g>
      {row.asides.map((aside) => (
        <g
          key={aside.start}
          {...told({ x: aside.x, y: y + height }, [
            `${sourceName(show, aside.stretch.source, t.slate)}: ${t.report.cuts[aside.stretch.reason]}`,
            span(aside, zone),
          ])}
        >
          <Box kind={aside.stretch.reason} bar={aside} y={y + height / 2 - 3} height={6} />
        </g>
      ))}
    </g>
  );
}

/** What is said of an item that is pointed at. */
function lines(
  { item, planned, airings, expected: comes }: Row,
  { event: { timezone: zone } }: Report,
): string[] {
  const t = texts.value;
  const why = item.skipped && t.skippedBecause[item.skipped];
  return [
    item.title,
    `${t.planned}: ${span(planned, zone)} (${t.lasting(item.planned_s)})`,
    ...airings.map((airing) =>
      airing.open
        ? `${t.onAir}: ${t.since(wall(airing.start, zone, true))} (${lasted(airing)})`
        : `${t.onAir}: ${span(airing, zone)} (${lasted(airing)})`,
    ),
    ...(comes ? [`${t.expected}: ${span(comes, zone)}`] : []),
    ...[against(item, t), why].filter((word) => word),
  ].filter((line): line is string => Boolean(line));
}

function lasted({ start, end }: Bar): string {
  return texts.value.lasting((end - start) / 1000);
}

function span({ start, end }: Bar, zone: string): string {
  const exact = start % 60_000 !== 0 || end % 60_000 !== 0;
  return `${wall(start, zone, exact)}–${wall(end, zone, exact)}`;
}

interface PlaceProperties extends Properties {
  strip: Strip;
  plot: Plot;
}

/** When a place was there, when it was to be seen, and what was lost of it. */
function Place({ strip: { place, y, there, onAir, lost }, plot: p, report, show }: PlaceProperties) {
  const t = texts.value;
  const zone = report.event.timezone;
  const height = p.strip;
  const name = placeDoc(show, place)?.name ?? place;
  const seen = report.on_air.places[place];
  const total = [
    name,
    seen && seen.on_air_s > 0 ? `${t.report.main}: ${t.lasting(seen.on_air_s)}` : "",
    seen && seen.beside_s > 0 ? `${t.report.beside}: ${t.lasting(seen.beside_s)}` : "",
  ].filter((line) => line !== "");
  return (
    <g data-testid={`plot-place-${place}`}>
      <g {...told({ x: p.left, y: y + height }, total)}>
        <rect class="plot-target" x={0} y={y} width={p.width} height={height} />
        <text x={6} y={y + height / 2} class="plot-name place">
          {fit(name, p.left - 18, LETTERS)}
        </text>
        {there.map((bar) => (
          <Box key={bar.start} kind="there" bar={bar} y={y + height / 2 - 1} height={2} />
        ))}
        {onAir.map((bar) => (
          <Box key={bar.start} kind="shown" bar={bar} y={y + 4} height={height - 8} />
        ))}
      </g>
      {lost.map((bar) => (
        <g
          key={`${bar.fault.source} ${bar.start}`}
          {...told({ x: bar.x, y: y + height }, faulted(bar.fault, bar, report, show))}
          data-testid="plot-fault"
        >
          <Box kind="lost" bar={bar} y={y + 2} height={height - 4} />
          <path class="plot-cross" d={`M${bar.x + bar.width / 2 - 4},${y + height / 2 - 4}l8,8m0,-8l-8,8`} />
        </g>
      ))}
    </g>
  );

  function faulted(fault: Fault, bar: Bar, { event }: Report, of: State): string[] {
    const stood = fault.failed === null ? "" : t.report.stoodIn;
    return [
      `${sourceName(of, fault.source, t.slate)}: ${fault.why === null ? t.report.restarted : t.whys[fault.why]}`,
      fault.end === null
        ? t.since(wall(bar.start, zone, true))
        : `${span(bar, event.timezone)} (${lasted(bar)})`,
      stood,
    ].filter((line) => line !== "");
  }
}

function Box({ kind, bar, y, height }: { kind: string; bar: Bar; y: number; height: number }) {
  return <rect class={`plot-${kind}`} x={bar.x} y={y} width={bar.width} height={height} rx={2} />;
}

/** What is pointed at, in words. */
function Tip({ plot: { width: w } }: { plot: Plot }) {
  const at = pointed.value;
  if (!at) return null;
  const [title, ...rest] = at.lines;
  // Left of where it begins, if there is more room.
  const side = at.x > w * 0.6 ? { right: `${w - at.x}px` } : { left: `${at.x}px` };
  return (
    <div
      class="plot-tip"
      style={{ top: `${at.y + AXIS + 4}px`, ...side }}
      data-testid="plot-tip"
      aria-hidden="true"
    >
      <strong>{title}</strong>
      {rest.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}

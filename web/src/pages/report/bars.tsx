/** The rows of the plot: one per item, and below them one per place. */

import type { ShowReport, SourceOutage } from "../../link/report";
import { placeDoc, sourceName } from "../../show/agenda";
import { type Bar, type Plot, type Row, type Strip, truncate } from "../../show/plot";
import { wall } from "../../show/time";
import { texts } from "../../texts";
import type { State } from "../../wire";
import { tip } from "./tip";
import { against } from "./words";

/** The font size of the names, in pixels. */
const NAME_PX = 12.5;
/** The width of a letter beside a bar; Japanese letters are wider, but fewer. */
const LETTER_PX = 6.5;

interface Properties {
  report: ShowReport;
  show: State;
}

interface ItemProperties extends Properties {
  row: Row;
  plot: Plot;
}

/** An item: its plan, its airings, and the difference in words. */
export function ItemRow({ row, plot: { row: height, left, width: w }, report, show }: ItemProperties) {
  const t = texts.value;
  const { item, y, planned } = row;
  const middle = y + height / 2;
  const zone = report.event.timezone;
  const words = against(item, t);
  const bars = [planned, row.expected, ...row.airings].filter((bar) => bar !== null);
  const begin = Math.min(...bars.map(({ x }) => x));
  const end = Math.max(...bars.map((bar) => bar.x + bar.width));
  // Near the right edge the words are left of the bars. Where they do not fit beside the name either, the tip has them.
  const wide = words.length * LETTER_PX;
  const before = end + wide > w - 12;
  const fits = !before || begin - 6 - wide > left;
  return (
    <g data-testid={`plot-row-${item.item}`}>
      <g {...tip({ x: planned.x, y: y + height }, lines(row, report))} class="plot-item">
        <rect class="plot-target" x={0} y={y} width={w} height={height} />
        <text
          x={6}
          y={middle}
          class={`plot-name${row.airings.some(({ open }) => open) ? " open" : ""}`}
          lang={item.language}
        >
          {truncate(item.title, left - 26, NAME_PX)}
        </text>
        <Box kind={`planned${item.skipped ? " skipped" : ""}`} bar={planned} y={y + 2} height={height - 4} />
        {row.expected && <Box kind="expected" bar={row.expected} y={y + 4} height={height - 8} />}
        {row.airings.map((airing) => (
          <Box key={airing.start} kind="airing" bar={airing} y={y + 5} height={height - 10} />
        ))}
        {row.over.map((over) => (
          <Box key={over.start} kind="over" bar={over} y={y + 5} height={height - 10} />
        ))}
        {words && fits && (
          <text x={before ? begin - 6 : end + 6} y={middle} class={`plot-words${before ? " before" : ""}`}>
            {words}
          </text>
        )}
      </g>
      {row.deviations.map((deviation) => (
        <g
          key={deviation.start}
          {...tip({ x: deviation.x, y: y + height }, [
            `${sourceName(show, deviation.stretch.source, t.slate)}: ${t.report.cuts[deviation.stretch.reason]}`,
            span(deviation, zone),
          ])}
        >
          <Box kind={deviation.stretch.reason} bar={deviation} y={y + height / 2 - 3} height={6} />
        </g>
      ))}
    </g>
  );
}

/** The tooltip of an item. */
function lines(
  { item, planned, airings, expected: comes }: Row,
  { event: { timezone: zone } }: ShowReport,
): string[] {
  const t = texts.value;
  const why = item.skipped && t.skippedBecause[item.skipped];
  return [
    item.title,
    `${t.planned}: ${span(planned, zone)} (${t.length(item.planned_s)})`,
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
  return texts.value.length((end - start) / 1000);
}

function span({ start, end }: Bar, zone: string): string {
  const exact = start % 60_000 !== 0 || end % 60_000 !== 0;
  return `${wall(start, zone, exact)}–${wall(end, zone, exact)}`;
}

interface PlaceProperties extends Properties {
  strip: Strip;
  plot: Plot;
}

/** A place: when it was connected, when on screen, and its outages. */
export function PlaceStrip({
  strip: { place, y, there, onAir, lost },
  plot: p,
  report,
  show,
}: PlaceProperties) {
  const t = texts.value;
  const zone = report.event.timezone;
  const height = p.strip;
  const name = placeDoc(show, place)?.name ?? place;
  const seen = report.on_air.places[place];
  const total = [
    name,
    seen && seen.on_air_s > 0 ? `${t.report.main}: ${t.length(seen.on_air_s)}` : "",
    seen && seen.beside_s > 0 ? `${t.report.beside}: ${t.length(seen.beside_s)}` : "",
  ].filter((line) => line !== "");
  return (
    <g data-testid={`plot-place-${place}`}>
      <g {...tip({ x: p.left, y: y + height }, total)}>
        <rect class="plot-target" x={0} y={y} width={p.width} height={height} />
        <text x={6} y={y + height / 2} class="plot-name place">
          {truncate(name, p.left - 26, NAME_PX)}
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
          {...tip({ x: bar.x, y: y + height }, faulted(bar.fault, bar, report, show))}
          data-testid="plot-fault"
        >
          <Box kind="lost" bar={bar} y={y + 2} height={height - 4} />
          <path class="plot-cross" d={`M${bar.x + bar.width / 2 - 4},${y + height / 2 - 4}l8,8m0,-8l-8,8`} />
        </g>
      ))}
    </g>
  );

  function faulted(fault: SourceOutage, bar: Bar, { event }: ShowReport, of: State): string[] {
    const stood = fault.failed === null ? "" : t.report.stoodIn;
    return [
      `${sourceName(of, fault.source, t.slate)}: ${fault.why === null ? t.report.restarted : t.sourceWhys[fault.why]}`,
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

/** The plot: the plan as outlines, the airings as bars, the outages as marks below. */

import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { ShowReport } from "../../link/report";
import { now } from "../../link/session";
import { type Plot, plot } from "../../show/plot";
import { day, instant, wall } from "../../show/time";
import { language, texts } from "../../texts";
import type { State } from "../../wire";
import { ItemRow, PlaceStrip } from "./bars";
import { Legend, Patterns } from "./legend";
import { AXIS_PX, clear, Tip } from "./tip";

/** The height of the page above the plot, with its legend. */
const HEAD_PX = 155;
/** The show's time in whole seconds: a quarter of a second is less than a pixel. */
const second = computed(() => Math.floor(now.value / 1000) * 1000);

const width = signal(1200);

export function PlotView({ report, show }: { report: ShowReport; show: State }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      // Not in print, where the plot is scaled as a whole.
      if (element.clientWidth > 0) width.value = element.clientWidth;
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const t = texts.value.report;
  const drawn = plot(report, {
    width: width.value,
    height: innerHeight - HEAD_PX,
    now: second.value,
    expected: expected(show),
  });
  return (
    <section class="plot-box">
      <Legend />
      {drawn.moved !== 0 && <p class="muted">{t.anotherDay}</p>}
      <div class="plot" ref={box} data-testid="plot" onPointerLeave={clear}>
        <Axis plot={drawn} zone={report.event.timezone} />
        {/* biome-ignore lint/a11y/useSemanticElements: no other element groups the marks of a drawing */}
        <svg
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          class="plot-rows"
          role="group"
          aria-label={t.lead}
        >
          <Patterns />
          <Grid plot={drawn} />
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
          {drawn.rows.map((row) => (
            <ItemRow key={row.item.item} row={row} plot={drawn} report={report} show={show} />
          ))}
          {drawn.strips.map((strip) => (
            <PlaceStrip key={strip.place} strip={strip} plot={drawn} report={report} show={show} />
          ))}
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

/** The time axis, which stays in view while the rows scroll. */
function Axis({ plot: { width: w, ticks, now: x }, zone }: { plot: Plot; zone: string }) {
  return (
    <svg viewBox={`0 0 ${w} ${AXIS_PX}`} class="plot-axis" aria-hidden="true">
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
      {x !== null && <path class="plot-now-head" d={`M${x - 5},${AXIS_PX - 7}h10l-5,7z`} />}
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

/** The network statistics of every source and destination, folded until opened. */

import { signal } from "@preact/signals";
import { lines } from "../../link/session";
import { Button } from "../../parts/button";
import { isShortcut, useKeys } from "../../parts/screen";
import { type Grade, gradeOfLoss, gradeOfTrip } from "../../show/quality";
import { figure, named, type Texts, texts } from "../../texts";
import type { DestinationDoc, SourceDoc } from "../../wire";

const open = signal(false);

function fold(): void {
  open.value = !open.value;
}

export function StatsButton() {
  const t = texts.value;
  useKeys((event) => isShortcut(event, "l") && fold());
  return (
    <Button testid="links-button" class="quiet" hint={t.linesHint} pressed={open.value} press={fold}>
      {t.lines} <kbd>L</kbd>
    </Button>
  );
}

export function Stats() {
  const found = open.value ? lines.value : null;
  if (!found) return null;
  const t = texts.value;
  const destinations = Object.entries(found.destinations).filter(([, { connected }]) => (connected ?? 0) > 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and contains nothing that takes the focus
    <section class="links" aria-label={t.lines} data-testid="links" tabIndex={0}>
      <table>
        <Head what={t.sources} stalls="stalls" />
        <tbody>
          {Object.entries(found.sources).map(([id, source]) => (
            <Row key={id} testid={`link-from-${id}`} end={source} />
          ))}
        </tbody>
        <Head what={t.destinations} stalls="smaller" />
        <tbody>
          {destinations.map(([id, destination]) => (
            <Row key={id} testid={`link-to-${id}`} end={destination} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Column = keyof Texts["columns"];

/** The table's head. A destination does not stall: it gets the smaller layer on a slow path. */
function Head({ what, stalls }: { what: string; stalls: "stalls" | "smaller" }) {
  const t = texts.value;
  const columns: Column[] = [
    "path",
    "trip",
    "loss",
    "jitter",
    "rate",
    "layer",
    "keyframes",
    "repairs",
    stalls,
    "last",
  ];
  return (
    <tbody class="links-head">
      <tr>
        <th scope="col">{what}</th>
        {columns.map((column) => (
          <th key={column} scope="col" class="number" title={t.columnHints[column]}>
            {t.columns[column]}
          </th>
        ))}
      </tr>
    </tbody>
  );
}

function Row({ testid, end }: { testid: string; end: SourceDoc | DestinationDoc }) {
  const t = texts.value;
  const { rtt_ms: trip, loss, kbps, link } = end;
  const layer = link?.layer ?? null;
  return (
    <tr data-testid={testid} class={link ? "" : "muted"}>
      <th scope="row" title={end.name}>
        {end.name}
      </th>
      <td class="number" data-path={end.path}>
        {end.path === null ? "–" : t.path.names[end.path]}
      </td>
      <Figure value={trip} unit="ms" grade={gradeOfTrip(trip)} />
      <Figure
        value={loss === null ? null : loss * 100}
        digits={1}
        unit="%"
        grade={gradeOfLoss(loss)}
        hint={link ? t.lostInAll(figure(link.lost)) : undefined}
      />
      <Figure value={link?.jitter_ms ?? null} unit="ms" />
      <Figure value={link && kbps !== null ? kbps / 1000 : null} digits={1} unit="Mbit/s" />
      <td class="number" data-layer={layer}>
        {layer === null ? "–" : named(t.layers, layer)}
      </td>
      <Figure value={link?.keyframe_requests ?? null} />
      <Figure value={link?.repairs ?? null} />
      <Figure value={link?.stalls ?? null} />
      <Figure value={link?.last_stall_s ?? null} digits={1} unit="s" />
    </tr>
  );
}

interface FigureProperties {
  /** Null if not measured. */
  value: number | null;
  digits?: number;
  unit?: string;
  grade?: Grade;
  /** The tooltip. */
  hint?: string | undefined;
}

function Figure({ value, digits = 0, unit = "", grade = "good", hint }: FigureProperties) {
  return (
    <td class={`number tabular figure ${grade}`} title={hint}>
      {value === null ? "–" : figure(value, digits)}
      {value !== null && unit && <span class="unit"> {unit}</span>}
    </td>
  );
}

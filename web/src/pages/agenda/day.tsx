/** The whole day, live: planned times are struck where they moved, as on a railway board; in any city's time. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { who } from "../../parts/agenda";
import { Button } from "../../parts/button";
import { nowWord, punctuality } from "../../parts/words";
import { type DayLine, dayLines, type ZoneChoice, zoneChoices } from "../../show/day/lines";
import { city, ownZone, wall } from "../../show/time";
import { language, texts } from "../../texts";
import type { State } from "../../wire";
import { DayPaper } from "./paper";

/** The zone that the reader has chosen; null: the reader's own. */
const chosen = signal<string | null>(null);

export function Day({ show }: { show: State }) {
  const t = texts.value;
  const own = ownZone();
  const choices = zoneChoices(show, own, city(own));
  const choice = choices.find(({ zone }) => zone === chosen.value) ?? choices[0];
  const zone = choice?.zone ?? own;
  const lines = dayLines(show, zone, language.value);
  const list = useRef<HTMLOListElement>(null);
  const { item, phase, offset_s: offset } = show.show;
  useEffect(() => {
    const line = list.current?.querySelector(".day-line:is(.now, .next)");
    if (line instanceof HTMLElement && list.current) list.current.scrollTop = line.offsetTop - 40;
  }, [item]);
  return (
    <section class="day" data-testid="day" aria-label={t.agenda}>
      <div class="day-head">
        <label>
          <span>{t.day.timesIn}</span>{" "}
          <select
            class="quiet"
            data-testid="zone-select"
            value={zone}
            onChange={(event) => (chosen.value = event.currentTarget.value)}
          >
            {choices.map((each) => (
              <option key={each.zone} value={each.zone}>
                {zoneName(each)}
              </option>
            ))}
          </select>
        </label>
        <Button testid="print-agenda" class="quiet" press={() => window.print()}>
          {t.report.print}
        </Button>
      </div>
      {phase === "running" && <p class="day-offset muted">{punctuality(offset)}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and contains nothing that takes the focus */}
      <ol ref={list} class="day-lines" tabIndex={0} aria-label={t.agenda}>
        {lines.map((line) => (
          <Line key={line.item.id} show={show} line={line} zone={zone} />
        ))}
      </ol>
      <DayPaper show={show} lines={lines} zone={zone} name={choice?.name ?? city(own)} />
    </section>
  );
}

function zoneName({ name, isOwn }: ZoneChoice): string {
  return isOwn ? texts.value.day.yourTime(name) : name;
}

function Line({ show, line, zone }: { show: State; line: DayLine; zone: string }) {
  const t = texts.value;
  const { item, at, was, kind, date } = line;
  const words = { now: nowWord(), next: t.after, cancelled: t.day.cancelled, done: "", coming: "" };
  return (
    <>
      {date !== null && (
        <li class="day-date" data-testid="day-date">
          {date}
        </li>
      )}
      <li class={`day-line ${kind}`} data-testid={`day-${item.id}`} data-kind={kind}>
        <span class="day-time tabular">
          {was !== null && <s class="muted">{wall(was, zone)}</s>}
          {at !== null && <span>{kind === "cancelled" ? <s>{wall(at, zone)}</s> : wall(at, zone)}</span>}
        </span>
        <span class="day-what">
          <span class="day-title" lang={item.language}>
            {kind === "cancelled" ? <s>{item.title}</s> : item.title}
          </span>
          <span class="muted">{who(show, item)}</span>
        </span>
        {words[kind] !== "" && <span class={`day-word ${kind}`}>{words[kind]}</span>}
      </li>
    </>
  );
}

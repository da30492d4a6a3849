/** The day's agenda on paper: black on white, the times in the reader's zone and in the event's. */

import { now } from "../../link/session";
import { who } from "../../parts/agenda";
import { Printed } from "../../parts/printed";
import type { DayLine } from "../../show/day/lines";
import { homeOf } from "../../show/stage/cityclocks";
import { city, sameClock, wall } from "../../show/time";
import { texts } from "../../texts";
import type { State } from "../../wire";

interface Properties {
  show: State;
  lines: readonly DayLine[];
  zone: string;
  /** The cities of `zone`. */
  name: string;
}

export function DayPaper({ show, lines, zone, name }: Properties) {
  const t = texts.value.day;
  const { title, timezone, language } = show.event;
  const first = lines.find(({ at }) => at !== null)?.at ?? null;
  // The host's name, as the zone is named after another city.
  const home = homeOf(show, null);
  const homeName = home?.timezone === timezone ? home.name : city(timezone);
  const isOther = first !== null && !sameClock(zone, timezone, first);
  return (
    <Printed>
      <section class="day-paper" data-testid="day-paper">
        <h1 lang={language}>{title}</h1>
        <p>
          {t.timesIn} {name}
          {show.show.phase !== "before" && ` · ${t.asOf(wall(now.peek(), zone))}`}
        </p>
        <table>
          <thead>
            <tr>
              <th>{name}</th>
              {isOther && <th>{homeName}</th>}
              <th>{texts.value.agenda}</th>
            </tr>
          </thead>
          {lines.map((line) => (
            <PaperLine
              key={line.item.id}
              show={show}
              line={line}
              zone={zone}
              home={isOther ? timezone : null}
            />
          ))}
        </table>
      </section>
    </Printed>
  );
}

interface LineProperties {
  show: State;
  line: DayLine;
  zone: string;
  /** The event's zone, if its times are printed too. */
  home: string | null;
}

/** One body of the table, so that a date and its first item are on one page. */
function PaperLine({ show, line: { item, at, was, kind, date }, zone, home }: LineProperties) {
  const isCancelled = kind === "cancelled";
  const time = (of: string) => (
    <td class="tabular">
      {was !== null && <s>{wall(was, of)}</s>} {at !== null && wall(at, of)}
    </td>
  );
  return (
    <tbody class={kind}>
      {date !== null && (
        <tr>
          <th class="day-paper-date" colSpan={home === null ? 2 : 3}>
            {date}
          </th>
        </tr>
      )}
      <tr>
        {time(zone)}
        {home !== null && time(home)}
        <td>
          <strong lang={item.language}>{isCancelled ? <s>{item.title}</s> : item.title}</strong>
          {isCancelled && ` ${texts.value.day.cancelled}`}
          <div>{who(show, item)}</div>
        </td>
      </tr>
    </tbody>
  );
}

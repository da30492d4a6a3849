/** A row of all cities' clocks: the hall's own first, with seconds. */

import { now } from "../../link/session";
import { Rehearsal } from "../../parts/clock";
import { cityClocks } from "../../show/stage/cityclocks";
import { wall, weekdayElsewhere } from "../../show/time";
import { language } from "../../texts";
import type { PlaceDoc, State } from "../../wire";

export function CityClocks({ show, home }: { show: State; home: PlaceDoc | null }) {
  const at = now.value;
  const clocks = cityClocks(show, home, at);
  const own = clocks[0]?.zone ?? show.event.timezone;
  return (
    <header class="stage-clocks" data-testid="clock">
      <Rehearsal zone={own} />
      {clocks.map(({ zone, name }, n) => {
        const weekday = weekdayElsewhere(at, zone, own, language.value);
        return (
          <span key={zone} class={`stage-city${n === 0 ? " own" : ""}`} data-testid={`city-${zone}`}>
            <span class="clock-name">{name}</span>{" "}
            <span class="clock tabular">
              {weekday !== null && <span class="stage-weekday">{weekday} </span>}
              {wall(at, zone, n === 0)}
            </span>
          </span>
        );
      })}
    </header>
  );
}

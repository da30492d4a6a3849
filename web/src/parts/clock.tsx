/** The time of day in this page's zone, and in the event's if that differs. */

import { now, state, welcome } from "../link/session";
import { city, day, sameClock, wall } from "../show/time";
import { language, texts } from "../texts";

/** In a rehearsal: a note that the clock is virtual, with its day. */
export function Rehearsal({ zone }: { zone: string }) {
  const t = texts.value;
  if (!welcome.value?.rehearsal) return null;
  return (
    <span class="rehearsal" title={t.rehearsalHint} data-testid="rehearsal">
      {t.rehearsal}
      <span class="rehearsal-day"> · {day(now.value, zone, language.value)}</span>
    </span>
  );
}

/** The time in `zone`; `name` is the place of that zone. */
export function Clock({ zone, name }: { zone: string; name: string }) {
  const home = state.value?.event.timezone ?? zone;
  const at = now.value;
  return (
    <div class="clocks" data-testid="clock">
      <Rehearsal zone={zone} />
      {!sameClock(zone, home, at) && (
        <span class="clock muted">
          <span class="clock-name">{city(home)}</span> <span class="tabular">{wall(at, home)}</span>
        </span>
      )}
      <span class="clock">
        {!sameClock(zone, home, at) && <span class="clock-name">{name}</span>}{" "}
        <span class="tabular">{wall(at, zone, true)}</span>
      </span>
    </div>
  );
}

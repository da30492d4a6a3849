/** The time of day: here, and where the event is at home if clocks show another time there. */

import { now, state } from "../link/session";
import { city, sameClock, wall } from "../show/time";

/** Time in `zone`; `name` says where that is. */
export function Clock({ zone, name }: { zone: string; name: string }) {
  const home = state.value?.event.timezone ?? zone;
  const at = now.value;
  return (
    <div class="clocks" data-testid="clock">
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

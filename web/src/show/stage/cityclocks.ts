/** The clocks of all cities of an event. Pure. */

import type { PlaceDoc, State } from "../../wire";
import { city, sameClock } from "../time";

/** More names would leave the time no room. */
const MAX_NAMES = 3;

export interface CityClock {
  zone: string;
  /** The venues whose clocks show this time; for guests alone the city of the zone. */
  name: string;
}

/** The venue of a stage display or a printed agenda: `wanted`, or else the host; null without either. */
export function homeOf(state: State, wanted: string | null): PlaceDoc | null {
  const venues = state.event.places.filter(({ kind }) => kind === "venue");
  return venues.find(({ id }) => id === wanted) ?? venues.find(({ id }) => id === state.event.host) ?? null;
}

/** One clock for each time of day that the places' clocks show at `at`: that of `home` or else of the event first. */
export function cityClocks(state: State, home: PlaceDoc | null, at: number): readonly CityClock[] {
  const { places, timezone } = state.event;
  const venues = places.filter(({ kind, id }) => kind === "venue" && id !== home?.id);
  const groups: { zone: string; names: string[] }[] = [];
  const add = (zone: string, name: string | null): void => {
    const group = groups.find((other) => sameClock(other.zone, zone, at));
    if (!group) groups.push({ zone, names: [name ?? city(zone)] });
    else if (name !== null) group.names.push(name);
  };
  if (home) add(home.timezone, home.name);
  else if (venues.every((venue) => !sameClock(venue.timezone, timezone, at))) add(timezone, null);
  const isFirst = (venue: PlaceDoc): boolean => sameClock(venue.timezone, home?.timezone ?? timezone, at);
  for (const venue of [...venues.filter(isFirst), ...venues.filter((venue) => !isFirst(venue))])
    add(venue.timezone, venue.name);
  // A guest is a person, not a city: only one who lives by another time has a clock.
  for (const guest of places.filter(({ kind }) => kind === "guest")) add(guest.timezone, null);
  return groups.map(({ zone, names }) => {
    const more = names.length - MAX_NAMES;
    const shown = names.slice(0, MAX_NAMES).join(" · ");
    return { zone, name: more > 0 ? `${shown} +${more}` : shown };
  });
}

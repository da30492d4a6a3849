/** The missing sources and devices that matter now: those on air and those that are next. Pure. */

import type { SourceDoc, State } from "../wire";
import { onAir, SLATE, upNext } from "./agenda";
import { urgentFaults } from "./devices";

export interface Alarm {
  source: string;
  where: "on-air" | "next";
  /** When it went missing, on the show's clock; null if that was before this page was opened. */
  since: number | null;
}

/** When each missing source went missing; null if that was before this page was opened. */
export type Missing = ReadonlyMap<string, number | null>;

function isMissing(source: SourceDoc | undefined): boolean {
  if (!source) return false;
  return source.state === "stalled" || source.state === "absent" || urgentFaults(source).length > 0;
}

/** The missing sources of `state`; `before` is the previous result, null for the first state. */
export function missing(before: Missing | null, state: State, now: number): Missing {
  const found = new Map<string, number | null>();
  for (const [id, source] of Object.entries(state.sources))
    if (isMissing(source)) found.set(id, before ? (before.has(id) ? (before.get(id) ?? null) : now) : null);
  return found;
}

/** The alarms for the moderator, the most urgent first. */
export function alarms(state: State, since: Missing): Alarm[] {
  if (state.show.phase === "ended") return [];
  const now = wanted(state);
  const next = upNext(state);
  const coming = [
    ...(next ? [next.source, ...next.with] : []),
    ...Object.keys(state.sources).filter(
      (id) => state.sources[id]?.tally === "next" || state.sources[id]?.tally === "preview",
    ),
  ];
  const alarm = (where: Alarm["where"]) => (source: string) => ({
    source,
    where,
    since: since.get(source) ?? null,
  });
  const bad = (sources: Iterable<string>): string[] =>
    [...new Set(sources)].filter((id) => id !== SLATE && isMissing(state.sources[id]));
  return [...bad(now).map(alarm("on-air")), ...bad(coming.filter((id) => !now.has(id))).map(alarm("next"))];
}

/** Sources on air, the sources that they stand in for, and those with open microphones. */
function wanted(state: State): Set<string> {
  const { program } = state;
  const { taken } = state.show;
  const item = onAir(state);
  const intended = taken !== null ? [taken] : item ? [item.source, ...item.with] : [];
  const open = Object.keys(state.sources).filter((id) => state.sources[id]?.mic);
  return new Set([...intended, program.source, ...program.with, ...open]);
}

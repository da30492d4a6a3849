/** Which missing sources and devices matter now: those on air, and those about to be. Pure. */

import type { SourceDoc, State } from "../wire";
import { onAir, SLATE, upNext } from "./agenda";
import { urgentFaults } from "./devices";

export interface Alarm {
  source: string;
  where: "on-air" | "next";
  /** Since when it is missing, on the show's clock; null if nobody here saw it happen. */
  since: number | null;
}

/** For each source that is missing, since when; null where that was before this page looked. */
export type Missing = ReadonlyMap<string, number | null>;

function isMissing(source: SourceDoc | undefined): boolean {
  if (!source) return false;
  return source.state === "stalled" || source.state === "absent" || urgentFaults(source).length > 0;
}

/** What is missing after `before`; `before` is null for a page that sees its first state. */
export function missing(before: Missing | null, state: State, now: number): Missing {
  const found = new Map<string, number | null>();
  for (const [id, source] of Object.entries(state.sources))
    if (isMissing(source)) found.set(id, before ? (before.has(id) ? (before.get(id) ?? null) : now) : null);
  return found;
}

/** The missing sources that a moderator should know of, the most urgent first. */
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

/** What is on air, stand-ins included, and what would be if nothing stood in for it; open microphones too. */
function wanted(state: State): Set<string> {
  const { program } = state;
  const { taken } = state.show;
  const item = onAir(state);
  const meant = taken !== null ? [taken] : item ? [item.source, ...item.with] : [];
  const open = Object.keys(state.sources).filter((id) => state.sources[id]?.mic);
  return new Set([...meant, program.source, ...program.with, ...open]);
}

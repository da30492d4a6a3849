/** Documents of sources that stay the same object while only their figures change, which come every second. */

import type { SourceDoc } from "../../wire";

const FIGURES: ReadonlySet<string> = new Set([
  "rtt_ms",
  "loss",
  "kbps",
  "link",
] satisfies (keyof SourceDoc)[]);
const kept = new Map<string, SourceDoc>();

/** The document of a source as it was given first, while all of it but the figures of its line is the same. */
export function steady(id: string, source: SourceDoc): SourceDoc {
  const before = kept.get(id);
  const fields = Object.keys(source) as (keyof SourceDoc)[];
  if (before && fields.every((field) => FIGURES.has(field) || before[field] === source[field])) return before;
  kept.set(id, source);
  return source;
}

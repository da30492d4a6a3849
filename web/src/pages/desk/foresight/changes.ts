/** What the rest of the day would be like after a command, beside how it is now. Pure. */

import { SLATE } from "../../../show/agenda";
import { instant } from "../../../show/time";
import type { ItemDoc, Preview, State } from "../../../wire";

export interface Changes {
  /** To come now, and skipped then. */
  dropped: ItemDoc[];
  /** Skipped now, and to come then. */
  back: ItemDoc[];
  /** The source that would stand in for another; null if none would. */
  standIn: string | null;
  /** The expected end of the event. */
  ends: number | null;
  offset_s: number;
  /** Anything of this, or the time of an item, would be different. */
  isAny: boolean;
}

export function changes(show: State, preview: Preview): Changes {
  const would = (item: ItemDoc) => preview.items[item.id]?.status;
  const dropped = show.items.filter(({ id }) => preview.dropped.includes(id));
  const back = show.items.filter((item) => item.status === "skipped" && isToCome(would(item)));
  const { source, reason } = preview.program;
  const isNew = source !== show.program.source || reason !== show.program.reason;
  const standIn = reason === "fallback" && source !== SLATE && isNew ? source : null;
  const ends = instant(preview.ends);
  const isMoved = show.items.some((item) => movedTo(item, preview) !== null || endsElsewhere(item, preview));
  const isAny = dropped.length + back.length > 0 || isNew || isMoved || ends !== instant(show.show.ends);
  return { dropped, back, standIn, ends, offset_s: preview.offset_s, isAny };
}

/** When an item would begin, if that differs; null if not, or if it would not be on air. */
export function movedTo(item: ItemDoc, preview: Preview): number | null {
  const [now, then] = [instant(item.expected.start), instant(preview.items[item.id]?.expected.start)];
  return item.actual.start === null && then !== null && then !== now ? then : null;
}

function endsElsewhere(item: ItemDoc, preview: Preview): boolean {
  const [now, then] = [instant(item.expected.end), instant(preview.items[item.id]?.expected.end)];
  return now !== null && then !== null && then !== now;
}

function isToCome(status: ItemDoc["status"] | undefined): boolean {
  return status === "next" || status === "coming" || status === "on-air";
}

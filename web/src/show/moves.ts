/** Which commands are possible now, and why others are not. The server decides; this disables the buttons. Pure. */

import type { Texts } from "../texts/en";
import type { ItemDoc, SourceDoc, State } from "../wire";
import { hasPrevious, itemById, onAir } from "./agenda";
import { instant } from "./time";

export type Move = "start" | "next" | "previous" | "hold" | "extend" | "release" | "goto" | "undo";

/** For each move why it is not possible; null if it is. */
export type BlockedMoves = Record<Move, string | null>;

/** `barred`: why the page can send no command at all, if so. */
export function blockedMoves(show: State, barred: string | null, t: Texts): BlockedMoves {
  const { phase, item } = show.show;
  const running = phase === "running" || phase === "held";
  const idle = phase === "before" ? t.blocked.notStarted : phase === "ended" ? t.blocked.ended : null;
  return {
    start: barred ?? (running ? t.blocked.started : phase === "ended" ? t.blocked.ended : null),
    next: barred ?? idle,
    previous:
      barred ?? (phase === "before" ? t.blocked.notStarted : hasPrevious(show) ? null : t.blocked.firstItem),
    hold: barred ?? (phase === "ended" ? t.blocked.ended : null),
    extend: barred ?? idle ?? (item === null ? t.blocked.noItem : null),
    release: barred,
    goto: barred,
    undo: barred ?? (show.show.undo === null ? t.blocked.nothingToUndo : null),
  };
}

/** Why a source cannot be taken now; null if it can be. */
export function cannotTake(
  show: State,
  id: string,
  source: SourceDoc,
  barred: string | null,
  t: Texts,
): string | null {
  if (barred !== null) return barred;
  if (source.state === "absent") return t.blocked.absent(source.name);
  return show.program.source === id && show.program.with.length === 0 ? t.blocked.onAir(source.name) : null;
}

/** Whether a moderator has marked this item or source. */
export function isMarked(show: State, kind: "item" | "source", id: string): boolean {
  const { armed } = show.show;
  return armed !== null && armed.kind === kind && armed.id === id;
}

/** The item that Next would put on air; null if it would end the show. */
export function nextGoesTo(show: State): ItemDoc | null {
  const { armed, next } = show.show;
  return itemById(show, armed?.kind === "item" ? armed.id : next);
}

/** Whether shortening the item on air by so many seconds would end it, and with it the event. */
export function endsBy(show: State, seconds: number, now: number): boolean {
  const item = onAir(show);
  const begun = instant(item?.actual.start);
  if (!item || begun === null) return false;
  const isLast = !show.items.some(({ status }) => status === "next" || status === "coming");
  return isLast && begun + (item.length_s - seconds) * 1000 < now;
}

/** Why a mark cannot be set or removed; null if it can be. */
export function cannotMark(
  show: State,
  kind: "item" | "source",
  id: string,
  name: string,
  barred: string | null,
  t: Texts,
): string | null {
  if (barred !== null) return barred;
  if (isMarked(show, kind, id)) return null;
  if (kind === "item") {
    if (show.show.phase === "before") return t.blocked.markBeforeStart;
    if (show.show.phase === "ended") return t.blocked.ended;
    return show.show.item === id ? t.itemIsOnAir : null;
  }
  return [show.program.source, ...show.program.with].includes(id) ? t.blocked.onAir(name) : null;
}

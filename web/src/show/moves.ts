/** Which commands make sense now, and in which words the others do not. The server decides; this spares the question. */

import type { Texts } from "../texts";
import type { SourceDoc, State } from "../wire";
import { hasPrevious } from "./agenda";

export type Move = "start" | "next" | "previous" | "hold" | "extend" | "release" | "goto" | "undo";

/** For each move why it cannot be made, or null where it can. */
export type Reasons = Record<Move, string | null>;

export function reasons(show: State, online: boolean, t: Texts): Reasons {
  const { phase, item } = show.show;
  const off = online ? null : t.why.offline;
  const running = phase === "running" || phase === "held";
  const idle = phase === "before" ? t.why.notStarted : phase === "ended" ? t.why.ended : null;
  return {
    start: off ?? (running ? t.why.started : phase === "ended" ? t.why.ended : null),
    next: off ?? idle,
    previous: off ?? (phase === "before" ? t.why.notStarted : hasPrevious(show) ? null : t.why.firstItem),
    hold: off ?? (phase === "ended" ? t.why.ended : null),
    extend: off ?? idle ?? (item === null ? t.why.noItem : null),
    release: off,
    goto: off,
    undo: off ?? (show.show.undo === null ? t.why.nothingToUndo : null),
  };
}

/** Why a source cannot be taken now; null if it can. */
export function cannotTake(
  show: State,
  id: string,
  source: SourceDoc,
  online: boolean,
  t: Texts,
): string | null {
  if (!online) return t.why.offline;
  if (source.state === "absent") return t.why.absent(source.name);
  return show.program.source === id && show.program.with.length === 0 ? t.why.onAir(source.name) : null;
}

/** Whether a moderator has marked this item or source. */
export function isMarked(show: State, kind: "item" | "source", id: string): boolean {
  const { armed } = show.show;
  return armed !== null && armed.kind === kind && armed.id === id;
}

/** Why an item or a source cannot be marked as next, or the mark not be taken away; null if it can. */
export function cannotMark(
  show: State,
  kind: "item" | "source",
  id: string,
  name: string,
  online: boolean,
  t: Texts,
): string | null {
  if (!online) return t.why.offline;
  if (isMarked(show, kind, id)) return null;
  if (kind === "item") return show.show.item === id ? t.itemIsOnAir : null;
  return [show.program.source, ...show.program.with].includes(id) ? t.why.onAir(name) : null;
}

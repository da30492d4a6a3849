/** One line below Next: what the command would do whose button somebody rests on. */

import { state } from "../../../link/session";
import { punctuality } from "../../../parts/words";
import { sourceName } from "../../../show/agenda";
import { refusalLine } from "../../../show/refusals";
import { wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { ItemDoc, Preview, Problem, State } from "../../../wire";
import { whose } from "../people/words";
import { changes } from "./changes";
import { foreseen, useForesight } from "./foresee";

export function Consequence() {
  useForesight();
  const show = state.value;
  const found = foreseen.value;
  const t = texts.value;
  const text =
    !show || !found
      ? ""
      : found.preview
        ? inWords(show, found.preview, found.intention()?.type === "undo")
        : found.problem
          ? refused(found.problem)
          : "";
  return (
    <div class={`consequence${text ? " shown" : ""}`} role="status" data-testid="consequence">
      {text && t.foresight.line(text)}
    </div>
  );
}

function refused(problem: Problem): string {
  if (problem.code === "failed") return texts.value.foresight.unknown;
  return texts.value.foresight.refused(refusalLine(problem, texts.value.refusals));
}

function inWords(show: State, preview: Preview, isUndo: boolean): string {
  const t = texts.value;
  const { dropped, back, standIn, ends, offset_s, isAny } = changes(show, preview);
  const undone = isUndo && show.show.undo !== null && t.people.takesBack(whose(show.show.undo, show, t));
  const names = (items: ItemDoc[]): string => items.map(({ title }) => t.quote(title)).join(t.comma);
  const end = ends !== null && t.foresight.ends(wall(ends, show.event.timezone), punctuality(offset_s));
  const parts = [
    undone,
    dropped.length > 0 && t.foresight.drops(names(dropped)),
    back.length > 0 && t.foresight.bringsBack(names(back)),
    standIn !== null && t.foresight.standsIn(sourceName(show, standIn, t.slate)),
    isAny ? end : t.foresight.nothing,
  ];
  return parts.filter(Boolean).join(" · ");
}

/** One line below Next: what the command would do that somebody is about to give. */

import { state } from "../../../link/session";
import { said } from "../../../parts/said";
import { punctuality } from "../../../parts/words";
import { sourceName } from "../../../show/agenda";
import { wall } from "../../../show/time";
import { texts } from "../../../texts";
import type { ItemDoc, Preview, Problem, State } from "../../../wire";
import { carried } from "../edit/carry";
import { refusedWords } from "../edit/refused";
import { whose } from "../people/words";
import { changes } from "./changes";
import { type Act, type Foreseen, foreseen, useForesight } from "./foresee";

export function Consequence() {
  useForesight();
  const found = foreseen.value;
  // A form has its own line.
  const text = found && found.act !== "save" ? wordsOf(found) : "";
  return (
    <div class={`consequence${text ? ` shown ${found?.act}` : ""}`} {...said} data-testid="consequence">
      {found && text && lineOf(found.act, text)}
    </div>
  );
}

function lineOf(act: Act, what: string): string {
  const t = texts.value;
  const isByKeys = act === "drop" && carried.value?.by === "keys";
  return isByKeys ? t.arranging.byKeys(what) : t.foresight.line[act](what);
}

/** What a command would do, in words; empty where nothing is known. */
export function wordsOf({ intention, preview, problem }: Foreseen): string {
  if (preview && state.value) return inWords(state.value, preview, intention()?.type === "undo");
  return problem ? refused(problem) : "";
}

function refused(problem: Problem): string {
  if (problem.code === "failed") return texts.value.foresight.unknown;
  return texts.value.foresight.refused(refusedWords(problem));
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

/** Who sits at which desk, and who did what, in words. Pure. */

import { itemById, placeDoc, sourceName } from "../../../show/agenda";
import { instant, wall } from "../../../show/time";
import type { Texts } from "../../../texts/en";
import type { ActionDoc, Command, DeskDoc, State } from "../../../wire";

/** The name of a person, or of the desk; `desk` is empty for what no page sent. */
export function personName(name: string, desk: number | string | null, t: Texts): string {
  return name || (desk === null || desk === "" ? t.people.program : t.people.desk(desk));
}

export function deskName(desk: DeskDoc, t: Texts): string {
  return desk.read_only ? t.people.onlooker : personName(desk.name, desk.number, t);
}

/** What somebody did: “+5 min”. */
export function actionWords(action: ActionDoc, show: State, t: Texts): string {
  const what = commandWords(action, show, t);
  return action.undo ? t.people.undid(what) : what;
}

function commandWords(
  { command, item, source, seconds, open, to }: ActionDoc,
  show: State,
  t: Texts,
): string {
  const by = seconds === null ? "" : `${seconds < 0 ? "−" : "+"}${t.length(Math.abs(seconds))}`;
  if (command === "extend") return by || t.commands.extend;
  const name = source === null ? "" : sourceName(show, source, t.slate);
  if (open !== null) return open ? t.people.micOpen(name) : t.people.micClosed(name);
  const title = item === null ? "" : (itemById(show, item)?.title ?? item);
  if (command === "delay") return t.people.about(title, by);
  const word = t.commands[command as Command["type"]] ?? command;
  const about = title || name || (to === null ? "" : recipient(show, to, t));
  return about ? t.people.about(word, about) : word;
}

function recipient(show: State, to: string, t: Texts): string {
  const groups: Readonly<Record<string, string>> = t.recipients;
  return groups[to] ?? placeDoc(show, to)?.name ?? to;
}

/** What an action was, whose and when: “+5 min, Anna 10:21”. */
export function whose(action: ActionDoc, show: State, t: Texts): string {
  const who = personName(action.name, action.desk, t);
  return t.people.whose(actionWords(action, show, t), who, at(action, show));
}

/** Who did what, and when. */
export function did(action: ActionDoc, show: State, t: Texts): string {
  const who = personName(action.name, action.desk, t);
  return t.people.did(who, actionWords(action, show, t), at(action, show));
}

function at(action: ActionDoc, show: State): string {
  return wall(instant(action.at) ?? 0, show.event.timezone);
}

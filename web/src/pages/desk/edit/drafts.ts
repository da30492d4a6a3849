/** The forms' words on their way: loaded from the event file, kept over everything that happens, and saved. */

import { effect, signal } from "@preact/signals";
import { Refusal } from "../../../link/pending";
import { request, state } from "../../../link/session";
import { refusalLine } from "../../../show/refusals";
import { texts } from "../../../texts";
import type { EventFileDoc, FileEdit, FileFault, Problem } from "../../../wire";
import { openLine } from "../openlines";
import type { Order } from "../send";
import { type Field, ORDER } from "./choices";
import {
  arrived,
  changedFields,
  type Draft,
  draftOf,
  type Fields,
  rebased,
  type Unanswered,
  valueIn,
} from "./draft";
import { keep, kept } from "./kept";
import { close, keyOf, open, type Subject } from "./open";
import { after, rest } from "./order";
import { change, changing, isStale } from "./sending";
import { inTurn } from "./turns";
import { formTexts } from "./words";

export interface ShownFault {
  text: string;
  lang?: "en";
}
export type ShownFaults = Readonly<Partial<Record<string, ShownFault>>>;

export interface Entry {
  subject: Subject;
  /** Null until the server has sent the item. */
  draft: Draft | null;
  /** Of a new item: what was sent, and may have been saved. */
  unanswered: Unanswered | null;
  faults: ShownFaults;
  /** What stands in the way besides the faults of single fields. */
  note: ShownFault | null;
  isSaving: boolean;
  /** Somebody was asked whether to discard what was typed. */
  isLeaving: boolean;
}

/** What a new item begins with, besides the source of the one above. */
const NEW_LENGTH = "10m";
/** Each time another desk was faster by a change that touches nothing here. */
const MAX_ATTEMPTS = 3;
/** Tries to save a new item that are remembered while none is answered. */
const MAX_SENT = 8;

/** As a form begins, besides its subject and its words. */
const FRESH = { unanswered: null, faults: {}, note: null, isSaving: false, isLeaving: false };

/** By the keys of their forms. */
export const entries = signal<ReadonlyMap<string, Entry>>(new Map());

export function put(id: string, news: Partial<Entry>): void {
  const entry = entries.peek().get(id);
  if (entry) entries.value = new Map(entries.peek()).set(id, { ...entry, ...news });
}

export function forgetDraft(id: string): void {
  const left = new Map(entries.peek());
  left.delete(id);
  entries.value = left;
}

/** Begin with the item as the file has it, or with a new one. Nothing if that has begun. */
export function load(id: string, subject: Subject): void {
  if (entries.peek().get(id)?.draft) return;
  const rev = state.peek()?.event.rev ?? 0;
  const draft = "item" in subject ? null : draftOf(rev, {}, beginning(subject));
  entries.value = new Map(entries.peek()).set(id, { ...FRESH, subject, draft });
  if ("item" in subject) void refresh(id);
}

function beginning(subject: Subject): Fields {
  const show = state.peek();
  const items = show?.items ?? [];
  const above = "above" in subject && subject.above !== null ? subject.above : items.at(-1)?.id;
  const source = items.find(({ id }) => id === above)?.source ?? show?.event.host ?? null;
  return { duration: NEW_LENGTH, source };
}

/** Take over what other desks have changed since. */
export function follow(id: string): void {
  const { draft, isSaving } = entries.peek().get(id) ?? {};
  const rev = state.peek()?.event.rev;
  if (draft && !isSaving && rev !== undefined && isOutdated(draft.base, rev)) void refresh(id);
}

/** Whether a draft was made from an older event than that of `rev`, or from one of another run of the server. */
function isOutdated(base: number, rev: number): boolean {
  return base < rev || base > (state.peek()?.rev ?? base);
}

/** Fetch the item anew, and put what was typed over it. */
async function refresh(id: string): Promise<void> {
  const entry = entries.peek().get(id);
  if (!entry) return;
  try {
    const file = await inTurn(() => request<EventFileDoc>("GET", "/api/v1/event.json"));
    const present = entries.peek().get(id);
    if (!present) return;
    const { subject, draft, unanswered } = present;
    const saved = unanswered && arrived(file.items, unanswered);
    if (draft && saved) return goOnWith(id, draft, saved, file.rev);
    const item = "item" in subject ? subject.item : null;
    const fields: Fields | undefined =
      item === null ? {} : file.items.find((each) => each.id === item)?.fields;
    if (fields === undefined) put(id, { note: { text: formTexts.value.notInFile } });
    else if (!draft) put(id, { draft: draftOf(file.rev, fields), note: null });
    else if (isOutdated(draft.base, file.rev)) put(id, { draft: rebased(draft, file.rev, fields) });
  } catch (error) {
    if (!entry.draft) put(id, { note: { text: why(error) } });
  }
}

/** A new item was saved, and the answer was lost: its form becomes that of the item. */
function goOnWith(
  id: string,
  draft: Draft,
  { id: item, fields }: { id: string; fields: Fields },
  rev: number,
): void {
  const { subject } = entries.peek().get(id) ?? {};
  if (subject) close(subject);
  forgetDraft(id);
  const saved: Subject = { item };
  begin({
    ...FRESH,
    subject: saved,
    draft: draftOf(rev, fields, draft.typed),
    note: { text: formTexts.value.wasSaved },
  });
}

/** A form that is open with these words. */
function begin(entry: Entry): void {
  const { subject } = entry;
  entries.value = new Map(entries.peek()).set(keyOf(subject), entry);
  if ("item" in subject) openLine(subject.item);
  open(subject);
}

/** The command that would save a form; null if there is nothing to save. */
export function orderOf(id: string): Order | null {
  const { draft, subject } = entries.peek().get(id) ?? {};
  return draft && subject ? changing(changesOf(subject, draft), draft.base) : null;
}

function changesOf(subject: Subject, draft: Draft): FileEdit[] {
  const fields = changedFields(draft);
  if ("item" in subject) return [{ do: "set", item: subject.item, fields }];
  return [{ do: "add", before: placeOf("above" in subject ? subject.above : null), fields }];
}

/** The item below a new one: never above what is on air. */
function placeOf(above: string | null): string | null {
  const show = state.peek();
  if (!show || above === null) return null;
  const below = after(show.items, above);
  const lines = rest(show);
  return below === null || lines.includes(below) ? (below?.id ?? null) : (lines[0]?.id ?? null);
}

/** Save a form: the faults that stood in the way, by field; none if it is saved; null for what is none of a field. */
export async function save(id: string): Promise<ShownFaults | null> {
  const missing = missingIn(entries.peek().get(id));
  if (Object.keys(missing).length > 0) {
    put(id, { faults: missing });
    return missing;
  }
  put(id, { isSaving: true, faults: {}, note: null, isLeaving: false });
  const found = await attempt(id, MAX_ATTEMPTS);
  put(id, { isSaving: false });
  if (found === null) follow(id);
  return found;
}

async function attempt(id: string, left: number): Promise<ShownFaults | null> {
  const { subject, draft, unanswered } = entries.peek().get(id) ?? {};
  if (!subject || !draft) return null;
  if (!("item" in subject)) put(id, { unanswered: withSent(unanswered ?? null, changedFields(draft)) });
  try {
    await change(changesOf(subject, draft), draft.base);
    return {};
  } catch (error) {
    if (isStale(error) && left > 1) {
      await refresh(id);
      const theirs = Object.keys(entries.peek().get(id)?.draft?.theirs ?? {});
      const known = Object.keys(draft.theirs);
      if (theirs.every((field) => known.includes(field))) return attempt(id, left - 1);
      put(id, { note: { text: formTexts.value.changedByOther } });
      return Object.fromEntries(theirs.map((field) => [field, { text: "" }]));
    }
    const problem = error instanceof Refusal ? error.problem : null;
    // Refused as of the present event, which has not changed since the first try: none was saved.
    if (problem && problem.message !== "" && !isStale(error)) put(id, { unanswered: null });
    const faults = problem ? faultsOf(problem) : {};
    const others = problem ? otherFaults(problem, subject) : null;
    const note = others ?? (Object.keys(faults).length > 0 ? null : { text: why(error) });
    put(id, { faults, note });
    return Object.keys(faults).length > 0 ? faults : null;
  }
}

function withSent(unanswered: Unanswered | null, fields: Fields): Unanswered {
  const before = unanswered?.before ?? state.peek()?.items.map(({ id }) => id) ?? [];
  return { before, sent: [...(unanswered?.sent ?? []), fields].slice(-MAX_SENT) };
}

/** What every item needs, and this one does not have. */
function missingIn(entry: Entry | undefined): ShownFaults {
  if (!entry?.draft) return {};
  const { typed } = entry.draft;
  const isBlank = (field: Field): boolean => String(valueIn(typed, field) ?? "").trim() === "";
  const needed: Field[] = ["title"];
  if (isBlank("end")) needed.push("duration");
  if (valueIn(typed, "type") !== "break") needed.push("source");
  const text = formTexts.value.faults.empty;
  return Object.fromEntries(needed.filter(isBlank).map((field) => [field, { text }]));
}

/** The faults of a refusal by the fields of the form. */
export function faultsOf(problem: Problem): ShownFaults {
  const own = problem.faults.filter(({ field }) => field !== null && ORDER.includes(field as Field));
  // The first of a field: what follows may be its consequence.
  return Object.fromEntries(own.reverse().map((fault) => [fault.field ?? "", inWords(fault)]));
}

function inWords({ code, details, message }: FileFault): ShownFault {
  const t = formTexts.value.faults;
  switch (code) {
    case "empty":
    case "missing":
      return { text: t.empty };
    case "not-a-length":
      return { text: t.noLength };
    case "not-a-time":
      return { text: t.noTime };
    case "unknown-source":
      return { text: t.noSource(details.value ?? "") };
    default:
      return { text: message, lang: "en" };
  }
}

/** Faults at other items, such as a hard start that this one would run into. */
function otherFaults({ faults }: Problem, subject: Subject): ShownFault | null {
  const own = "item" in subject ? subject.item : null;
  const other = faults.find(({ item, field }) => item !== own || !ORDER.includes(field as Field));
  if (!other) return null;
  const title = state.peek()?.items.find(({ id }) => id === other.item)?.title;
  return { text: title ? `${texts.peek().quote(title)}: ${other.message}` : other.message, lang: "en" };
}

function why(error: unknown): string {
  const t = texts.peek();
  if (!(error instanceof Refusal) || error.problem.message === "") return t.noAnswer;
  return refusalLine(error.problem, t.refusals);
}

for (const words of kept()) begin({ ...FRESH, ...words });

effect(() => {
  const all = [...entries.value.values()];
  keep(
    all.flatMap(({ subject, draft, unanswered }) =>
      draft && Object.keys(changedFields(draft)).length > 0 ? [{ subject, draft, unanswered }] : [],
    ),
  );
});

/** Another desk has removed the line of a form: what was typed goes on at the end of the agenda, as a new item. */
effect(() => {
  const show = state.value;
  if (!show) return;
  const items = new Set(show.items.map(({ id }) => id));
  for (const [id, { subject, draft, ...rest }] of entries.peek()) {
    const line = "item" in subject ? subject.item : "above" in subject ? subject.above : null;
    if (line === null || items.has(line)) continue;
    forgetDraft(id);
    close(subject);
    if (!draft || Object.keys(changedFields(draft)).length === 0) continue;
    const lost: Subject = { lost: id };
    const words = { ...draft, base: show.event.rev, written: {}, theirs: {} };
    const note = { text: formTexts.value.removedByOther };
    begin({ ...rest, subject: lost, draft: words, note });
  }
});

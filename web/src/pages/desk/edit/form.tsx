/** The form of an item, in its line of the agenda. What was typed is lost by nothing but Discard. */

import { useEffect, useRef, useState } from "preact/hooks";
import { state } from "../../../link/session";
import { Button } from "../../../parts/button";
import { barred } from "../../../parts/words";
import { texts } from "../../../texts";
import type { State } from "../../../wire";
import { foreseen, intend } from "../foresight/foresee";
import { wordsOf } from "../foresight/line";
import { editing } from "../people/here";
import { type Field, isOnForm, ORDER, SELDOM } from "./choices";
import { changedFields, firstFaulty, typing, valueIn } from "./draft";
import { type Entry, entries, faultsOf, follow, forgetDraft, load, orderOf, put, save } from "./drafts";
import { FormField } from "./fields";
import type { Subject } from "./open";
import { formTexts } from "./words";
import "../../../styles/edit.css";
import { said, saidAtOnce } from "../../../parts/said";

/** How long nothing is typed before the server is asked what saving would do. */
const SETTLE_MS = 400;

interface Properties {
  /** Of this form among others. */
  id: string;
  subject: Subject;
  close: () => void;
}

export function Form({ id, subject, close }: Properties) {
  const show = state.value;
  const entry = entries.value.get(id);
  useEffect(() => load(id, subject), [id]);
  useEffect(() => follow(id), [id, show?.event.rev]);
  if (!show || !entry) return null;
  const shut = (): void => {
    forgetDraft(id);
    close();
  };
  if (!entry.draft) return <Loading entry={entry} again={() => load(id, subject)} close={shut} />;
  return <Filled id={id} show={show} entry={entry} close={shut} />;
}

function Loading({ entry, again, close }: { entry: Entry; again: () => void; close: () => void }) {
  const t = texts.value;
  if (entry.note === null) return <p class="muted">{t.items.loading}</p>;
  return (
    <p class="edit-end" {...saidAtOnce}>
      <span lang={entry.note.lang}>{entry.note.text}</span>
      <Button testid="edit-again" class="small" blocked={barred()} press={again}>
        {formTexts.value.again}
      </Button>
      <Button testid="edit-cancel" class="small" press={close}>
        {t.reload.cancel}
      </Button>
    </p>
  );
}

interface FilledProperties {
  id: string;
  show: State;
  entry: Entry;
  close: () => void;
}

function Filled({ id, show, entry, close }: FilledProperties) {
  const t = formTexts.value;
  const { draft } = entry;
  const form = useRef<HTMLFormElement>(null);
  const [isMoreOpen, setMoreOpen] = useState(SELDOM.some((field) => draft && valueIn(draft.typed, field)));
  useEffect(() => {
    // The line above stays in sight, also when the form goes, and takes the focus back.
    const element = form.current;
    const line = element?.closest("tr")?.previousElementSibling ?? element;
    line?.scrollIntoView({ block: "start" });
    focusOn(element, "title");
    return () => {
      requestAnimationFrame(() => {
        if (!line?.isConnected) return;
        line.scrollIntoView({ block: "nearest" });
        const here = document.activeElement;
        const isFree = here === document.body || line.nextElementSibling?.contains(here);
        if (isFree) line.querySelector<HTMLElement>(".rundown-title")?.focus({ preventScroll: true });
      });
    };
  }, []);
  useForeseen(id, entry);
  usePresence(entry.subject);
  if (!draft) return null;
  const changes = changedFields(draft);
  const isChanged = Object.keys(changes).length > 0;
  const key = id.replaceAll(/[^\w-]+/g, "-");
  const live = foreseen.value?.act === "save" ? foreseen.value : null;
  // While somebody types, only what they have touched is held against them.
  const early = live?.problem ? only(changes, faultsOf(live.problem)) : {};
  const faults = { ...early, ...entry.faults };
  const isFaulty = (live?.problem?.faults.length ?? 0) > 0;
  const then = live && isChanged && !isFaulty ? wordsOf(live) : "";
  const submit = async (): Promise<void> => {
    if (barred() !== null || entry.isSaving) return;
    if (!isChanged) return close();
    const found = await save(id);
    if (found === null) return;
    if (Object.keys(found).length === 0) close();
    else focusOn(form.current, firstFaulty(ORDER, new Set(Object.keys(found))));
  };
  const cancel = (): void => {
    if (!isChanged || entry.isLeaving) close();
    else put(id, { isLeaving: true });
  };
  const shown = (field: Field) => (
    <FormField
      key={field}
      show={show}
      field={field}
      form={key}
      value={valueIn(draft.typed, field)}
      fault={faults[field] ?? null}
      theirs={draft.theirs[field]}
      change={(value) =>
        put(id, {
          draft: typing(draft, field, value),
          faults: without(entry.faults, field),
          isLeaving: false,
        })
      }
    />
  );
  return (
    <form
      ref={form}
      class="edit-form"
      data-testid="edit-form"
      noValidate
      aria-label={t.title}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={(event) => {
        if (event.isComposing) return;
        if (event.key === "Escape") cancel();
        else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
      }}
    >
      <div class="edit-fields">
        {ORDER.filter((field) => !SELDOM.includes(field) && isOnForm(field, draft.written)).map(shown)}
      </div>
      <details
        class="edit-more"
        data-testid="edit-more"
        open={isMoreOpen || SELDOM.some((field) => faults[field] !== undefined || field in draft.theirs)}
        onToggle={(event) => setMoreOpen(event.currentTarget.open)}
      >
        <summary>{t.more}</summary>
        <div class="edit-fields">{SELDOM.map(shown)}</div>
      </details>
      <p class="edit-note" {...saidAtOnce} data-testid="edit-note" lang={entry.note?.lang}>
        {entry.note?.text}
      </p>
      <div class="edit-end">
        <span class="edit-then" {...said} data-testid="edit-then">
          {entry.isLeaving ? t.discards : then && texts.value.foresight.line.save(then)}
        </span>
        {entry.isLeaving && (
          <Button testid="edit-go-on" press={() => put(id, { isLeaving: false })}>
            {t.goOn}
          </Button>
        )}
        <Button testid="edit-cancel" press={cancel}>
          {entry.isLeaving ? t.discard : texts.value.reload.cancel}
        </Button>
        <button
          type="submit"
          class="primary"
          data-testid="edit-save"
          disabled={barred() !== null || entry.isSaving}
          title={barred() ?? undefined}
        >
          {entry.isSaving ? t.saving : t.save}
        </button>
      </div>
    </form>
  );
}

/** Let the other desks know which line has a form here. */
function usePresence(subject: Subject): void {
  const item = "item" in subject ? subject.item : null;
  useEffect(() => {
    if (item === null) return;
    editing.value = item;
    return () => {
      if (editing.peek() === item) editing.value = null;
    };
  }, [item]);
}

function only<T>(fields: object, table: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(table).filter(([key]) => key in fields));
}

function without<T>(table: Readonly<Record<string, T>>, key: string): Record<string, T> {
  const { [key]: _, ...others } = table;
  return others;
}

function focusOn(form: HTMLFormElement | null, field: string | null): void {
  if (field !== null) form?.querySelector<HTMLElement>(`[data-testid="input-${field}"]`)?.focus();
}

/** Show what saving would do, once typing has settled. */
function useForeseen(id: string, { draft, isSaving }: Entry): void {
  useEffect(() => {
    if (!draft || isSaving || Object.keys(changedFields(draft)).length === 0) return;
    const settled = setTimeout(() => intend("save", () => orderOf(id)), SETTLE_MS);
    return () => {
      clearTimeout(settled);
      intend("save", null);
    };
  }, [id, draft, isSaving]);
}

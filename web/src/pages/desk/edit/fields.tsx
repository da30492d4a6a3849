/** The fields of the form: a text, a choice, a flag, several sources in an order, notes. */

import type { ComponentChildren } from "preact";
import { Button } from "../../../parts/button";
import { named, texts } from "../../../texts";
import type { State } from "../../../wire";
import { choicesFor, FIELDS, type Field } from "./choices";
import type { Value } from "./draft";
import { formTexts, nameOfSource, shown } from "./words";

/** What can be written, in every language. */
const EXAMPLES: Partial<Record<Field, string>> = { duration: "15m, 1h30m", end: "10:45" };

export interface FieldProperties {
  show: State;
  field: Field;
  /** Begins the ids of this form's elements. */
  form: string;
  value: Value;
  /** What is wrong with it, in the server's English or the page's language; null if nothing is known to be. */
  fault: { text: string; lang?: "en" } | null;
  /** Another desk has given it this value meanwhile; undefined if none has. */
  theirs: Value | undefined;
  change: (value: Value) => void;
}

/** A field with its label, its fault, and what another desk has made of it. */
export function FormField(properties: FieldProperties) {
  const { show, field, form, fault, theirs, change } = properties;
  const t = formTexts.value;
  const id = `${form}-${field}`;
  const kind = FIELDS[field];
  return (
    <div class={`edit-field ${kind} ${field}`} data-testid={`field-${field}`}>
      {kind === "list" ? (
        <span class="edit-label" id={`${id}-label`}>
          {labelOf(field)}
        </span>
      ) : (
        <label class="edit-label" for={id}>
          {labelOf(field)}
        </label>
      )}
      <Control {...properties} id={id} />
      {fault && (
        <p class="edit-fault" id={`${id}-fault`} lang={fault.lang} data-testid={`fault-${field}`}>
          {fault.text}
        </p>
      )}
      {theirs !== undefined && (
        <p class="edit-theirs" id={`${id}-theirs`} data-testid={`theirs-${field}`}>
          {t.theirs(shown(show, field, theirs))}
          <Button testid={`take-theirs-${field}`} class="small" press={() => change(theirs)}>
            {t.takeTheirs}
          </Button>
        </p>
      )}
    </div>
  );
}

function labelOf(field: Field): string {
  if (field in formTexts.value.labels) return named(formTexts.value.labels, field);
  return field === "end" ? texts.value.items.end : texts.value.reload.fields[field];
}

type ControlProperties = FieldProperties & { id: string };

/** What a screen reader says of a field besides its label. */
function described({ id, fault, theirs }: ControlProperties) {
  const by = [fault && `${id}-fault`, theirs !== undefined && `${id}-theirs`].filter(Boolean).join(" ");
  return { "aria-invalid": fault !== null, "aria-describedby": by || undefined };
}

function Control(properties: ControlProperties): ComponentChildren {
  const { id, field, value, change } = properties;
  const text = typeof value === "string" ? value : "";
  const common = { id, "data-testid": `input-${field}`, ...described(properties) };
  switch (FIELDS[field]) {
    case "flag":
      return (
        <input
          type="checkbox"
          {...common}
          checked={text.toLowerCase() === "true"}
          onChange={(event) => change(event.currentTarget.checked ? "true" : null)}
        />
      );
    case "choice":
      return <Choice {...properties} common={common} />;
    case "list":
      return <Several {...properties} />;
    case "notes":
      return (
        <textarea {...common} rows={3} value={text} onInput={(event) => change(event.currentTarget.value)} />
      );
    default:
      return (
        <input
          type="text"
          {...common}
          value={text}
          placeholder={placeholder(field)}
          autocomplete="off"
          onInput={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

/** What holds in an empty field, or what can be written there. */
function placeholder(field: Field): string {
  const t = formTexts.value;
  if (field === "start") return t.follows;
  if (field === "warn" || field === "danger") return t.unset[field];
  return EXAMPLES[field] ?? "";
}

function Choice({ show, field, value, change, common }: ControlProperties & { common: object }) {
  const chosen = typeof value === "string" ? value : "";
  const known = choicesFor(show, field);
  const choices = chosen === "" || known.includes(chosen) ? known : [chosen, ...known];
  return (
    <select {...common} value={chosen} onChange={(event) => change(event.currentTarget.value || null)}>
      <option value="">{unset(show, field)}</option>
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {shown(show, field, choice)}
        </option>
      ))}
    </select>
  );
}

/** What holds where nothing is chosen. */
function unset(show: State, field: Field): string {
  const t = formTexts.value;
  if (field === "language") return t.unsetLanguage(shown(show, field, show.event.language));
  return named(t.unset, field);
}

/** Sources in an order, without any of their own, or none on purpose. */
function Several(properties: ControlProperties) {
  const { show, field, id, value, change } = properties;
  const t = formTexts.value;
  const parts = typeof value === "object" ? value : [value];
  const rest = choicesFor(show, field).filter((choice) => !parts?.includes(choice));
  const add = (choice: string): void => {
    if (choice === "-") change([]);
    else if (choice !== "") change([...(parts ?? []), choice]);
  };
  return (
    <fieldset class="edit-several" aria-labelledby={`${id}-label`}>
      {parts?.map((part) => {
        const left = parts.filter((other) => other !== part);
        return (
          <Part
            key={part}
            name={nameOfSource(show, part)}
            remove={() => change(left.length > 0 ? left : null)}
          />
        );
      })}
      {parts?.length === 0 && <Part name={t.nobody} remove={() => change(null)} />}
      <select
        id={id}
        data-testid={`input-${field}`}
        {...described(properties)}
        aria-label={t.addTo(labelOf(field))}
        value=""
        onChange={(event) => {
          add(event.currentTarget.value);
          event.currentTarget.value = "";
        }}
      >
        <option value="">{parts === null ? unset(show, field) : t.add}</option>
        {parts === null && field !== "with" && <option value="-">{t.nobody}</option>}
        {rest.map((choice) => (
          <option key={choice} value={choice}>
            {nameOfSource(show, choice)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}

function Part({ name, remove }: { name: string; remove: () => void }) {
  return (
    <span class="edit-part">
      {name}
      <button type="button" aria-label={formTexts.value.without(name)} onClick={remove}>
        ×
      </button>
    </span>
  );
}

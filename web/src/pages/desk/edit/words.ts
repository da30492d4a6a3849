/** The form's own texts. They are loaded with it. */

import { computed } from "@preact/signals";
import { sourceName } from "../../../show/agenda";
import { type Language, language, named, nameOfLanguage, texts } from "../../../texts";
import { editForm as de } from "../../../texts/editform/de";
import { type EditFormTexts, editForm as en } from "../../../texts/editform/en";
import { editForm as ja } from "../../../texts/editform/ja";
import type { State } from "../../../wire";
import type { Value } from "./draft";

const TABLES: Record<Language, EditFormTexts> = { de, en, ja };

export const formTexts = computed<EditFormTexts>(() => TABLES[language.value]);

/** A value as the form shows it. */
export function shown(show: State, key: string, value: Value): string {
  const t = formTexts.value;
  if (value === null || value === "") return t.nothing;
  if (typeof value !== "string")
    return value.length === 0
      ? t.nobody
      : value.map((part) => nameOfSource(show, part)).join(texts.value.comma);
  switch (key) {
    case "source":
    case "return":
      return nameOfSource(show, value);
    case "language":
      return nameOfLanguage(value);
    case "layout":
      return named(texts.value.override.layouts, value);
    case "type":
      return named(t.types, value);
    case "advance":
      return named(texts.value.items.ends, value);
    case "follow":
      return named(t.follow, value);
    case "hard":
    case "skip":
      return named(t.yesNo, value);
    default:
      return value;
  }
}

export function nameOfSource(show: State, id: string): string {
  return id === "host" ? formTexts.value.host : sourceName(show, id, texts.value.slate);
}

/**
 * The words on the pages, in the language of whoever looks at them.
 *
 * Chosen by `?lang=`, else by the choice made on this machine, else by the browser's languages, else by the event.
 */

import { computed, signal } from "@preact/signals";
import { state } from "./link/session";
import { de } from "./texts/de";
import { en, type Texts } from "./texts/en";
import { ja } from "./texts/ja";

export type { Texts };
export type Language = "en" | "de" | "ja";

const TABLES: Record<Language, Texts> = { en, de, ja };
export const LANGUAGES: readonly [Language, string][] = [
  ["de", "Deutsch"],
  ["en", "English"],
  ["ja", "日本語"],
];
const KEY = "schalte.language";

function known(tag: string | null | undefined): Language | null {
  const primary = tag?.toLowerCase().split("-", 1)[0];
  return primary !== undefined && primary in TABLES ? (primary as Language) : null;
}

function kept(): Language | null {
  try {
    return known(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

const asked = signal<Language | null>(known(new URLSearchParams(location.search).get("lang")) ?? kept());
const browser = navigator.languages.map(known).find((language) => language !== null) ?? null;

export const language = computed<Language>(
  () => asked.value ?? browser ?? known(state.value?.event.language) ?? "en",
);
export const texts = computed<Texts>(() => TABLES[language.value]);

/** A name from a table of the texts. A key that only a newer server knows is shown as it is. */
export function named(table: Readonly<Record<string, string>>, key: string): string {
  return table[key] ?? key;
}

/** A number as the language writes it: 0.5, 0,5. */
export function figure(value: number, digits = 0): string {
  return value.toLocaleString(language.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Speak this language from now on, on this machine. */
export function speak(chosen: Language): void {
  asked.value = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Not remembered then.
  }
}

/**
 * The texts of the pages, in the reader's language.
 *
 * The language is set by `?lang=`, else by the choice on this computer, else by the browser, else by the event. Each
 * language is a file of its own, since one page needs one of them.
 */

import { batch, computed, effect, signal } from "@preact/signals";
import { loaded } from "./link/loading";
import { state } from "./link/session";
import type { Texts } from "./texts/en";

export type { Texts };
export type Language = "en" | "de" | "ja";

const LOADERS: Record<Language, () => Promise<Texts>> = {
  en: async () => (await loaded(() => import("./texts/en"))).en,
  de: async () => (await loaded(() => import("./texts/de"))).de,
  ja: async () => (await loaded(() => import("./texts/ja"))).ja,
};
export const LANGUAGES: readonly [Language, string][] = [
  ["de", "Deutsch"],
  ["en", "English"],
  ["ja", "日本語"],
];
const KEY = "schalte.language";

function known(tag: string | null | undefined): Language | null {
  const primary = tag?.toLowerCase().split("-", 1)[0];
  return primary !== undefined && primary in LOADERS ? (primary as Language) : null;
}

function stored(): Language | null {
  try {
    return known(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

const chosen = signal<Language | null>(known(new URLSearchParams(location.search).get("lang")) ?? stored());
const browser = navigator.languages.map(known).find((language) => language !== null) ?? null;

export const language = computed<Language>(
  () => chosen.value ?? browser ?? known(state.value?.event.language) ?? "en",
);
/** Those of the first language are there before anything is drawn: see `firstTexts`. */
export const texts = signal({} as Texts);
/** The language of the texts that are shown: until those of a chosen one have come, the one before. */
export const shownLanguage = signal<Language>(language.peek());

/** The texts of the first language are there: the page may be drawn. */
export const firstTexts = new Promise<void>((resolve) => {
  effect(() => {
    const wanted = language.value;
    void LOADERS[wanted]().then((table) => {
      if (wanted !== language.peek()) return;
      batch(() => {
        texts.value = table;
        shownLanguage.value = wanted;
      });
      resolve();
    });
  });
});

/** A name from a table of the texts. A key that only a newer server knows is shown as it is. */
export function named(table: Readonly<Record<string, string>>, key: string): string {
  return table[key] ?? key;
}

/** The name of a language in that language: Deutsch, 日本語. Its tag where the browser has no name for it. */
export function nameOfLanguage(tag: string): string {
  try {
    return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** A number in the format of the language: 0.5, 0,5. */
export function figure(value: number, digits = 0): string {
  return value.toLocaleString(language.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Use this language from now on, on this computer. */
export function speak(wanted: Language): void {
  chosen.value = wanted;
  try {
    localStorage.setItem(KEY, wanted);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

/** The panel's own texts. They are loaded with it, since no other page needs them. */

import { computed } from "@preact/signals";
import { day, wall } from "../../../show/time";
import { type Language, language } from "../../../texts";
import { joinLinks as de } from "../../../texts/joinlinks/de";
import { joinLinks as en, type JoinLinkTexts } from "../../../texts/joinlinks/en";
import { joinLinks as ja } from "../../../texts/joinlinks/ja";
import type { Holder } from "./groups";

const TABLES: Record<Language, JoinLinkTexts> = { de, en, ja };

export const panelTexts = computed<JoinLinkTexts>(() => TABLES[language.value]);
export const panelTextsIn = (language: Language): JoinLinkTexts => TABLES[language];

/** The name of a link's holder: that of its place, or the page's word for a role without places. */
export function nameOf({ role, name }: Pick<Holder, "role" | "name">, t: JoinLinkTexts): string {
  return t.names[role] ?? name;
}

/** Day and time, always both: a link is used on several days. */
export function moment(iso: string, zone: string, language: Language): string {
  const at = Date.parse(iso);
  return `${day(at, zone, language)}, ${wall(at, zone)}`;
}

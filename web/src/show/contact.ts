/** The telephone numbers and mail addresses in a contact of the event file. Pure. */

/** A piece of a contact; `href` where it can be called or written to. */
export interface ContactPart {
  text: string;
  href: string | null;
}

const MAIL = String.raw`[^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>().]+`;
/** Six digits at least: an extension such as 21 can only be dialled inside the house. */
const PHONE = String.raw`\+?\d(?:[\s()/.-]*\d){5,}`;

export function contactParts(contact: string): readonly ContactPart[] {
  return contact
    .split(new RegExp(`(${MAIL}|${PHONE})`))
    .filter((text) => text !== "")
    .map((text) => ({ text, href: hrefOf(text) }));
}

function hrefOf(text: string): string | null {
  if (new RegExp(`^${MAIL}$`).test(text)) return `mailto:${text}`;
  if (!new RegExp(`^${PHONE}$`).test(text)) return null;
  // A zero in brackets is dialled at home alone: +49 (0)2151 …
  const dialled = text.startsWith("+") ? text.replace("(0)", "") : text;
  return `tel:${dialled.replace(/[^+\d]/g, "")}`;
}

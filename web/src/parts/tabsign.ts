/** The tally in a tab's title and icon, for a tab behind others: a colour, a shape and a word. Pure. */

import type { Light } from "../show/light";

export interface TabSign {
  title: string;
  /** The address of the icon, an SVG image in itself. */
  icon: string;
}

/** The shapes of the tally light, as letters. */
const MARKS: Record<Light, string> = { "on-air": "●", next: "◐", preview: "◎", off: "○", unknown: "?" };
/** The colours of the tally light: of the ground, and of the shape on it. */
const COLOURS: Record<Light, [string, string]> = {
  "on-air": ["#d92b41", "#ffffff"],
  next: ["#35c07f", "#04210f"],
  preview: ["#0b0e13", "#35c07f"],
  off: ["#161b23", "#a3aebd"],
  unknown: ["#161b23", "#ffb938"],
};
const RING = '<circle cx="16" cy="16" r="8" fill="none" stroke="INK" stroke-width="3"/>';
const SHAPES: Record<Light, string> = {
  "on-air": '<circle cx="16" cy="16" r="10" fill="INK"/>',
  next: `${RING}<path d="M16 8a8 8 0 0 0 0 16z" fill="INK"/>`,
  preview: `${RING}<circle cx="16" cy="16" r="3.5" fill="INK"/>`,
  off: RING,
  // A question mark, drawn: an image has no fonts of the page.
  unknown:
    '<path d="M11 12a5 5 0 1 1 6 5q-1 .4-1 3" fill="none" stroke="INK" stroke-width="3"/><circle cx="16" cy="24" r="2" fill="INK"/>',
};

/** `word`: the tally in the reader's language; `name`: whose page it is. A narrow tab shows only the beginning. */
export function tabSign(light: Light, word: string, name: string): TabSign {
  const [ground, ink] = COLOURS[light];
  const shape = SHAPES[light].replaceAll("INK", ink);
  const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="${ground}"/>${shape}</svg>`;
  return {
    title: [`${MARKS[light]} ${word}`, name].filter(Boolean).join(" · "),
    icon: `data:image/svg+xml,${encodeURIComponent(image)}`,
  };
}

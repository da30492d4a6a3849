/** The order of the agenda and how it is changed, in English. */

export const arranging = {
  grip: "Drag to another place · Alt+↑ or ↓ on the line",
  up: "One place up",
  down: "One place down",
  atEdge: "It is already there.",
  /** For a screen reader, while a line is moved. */
  isAt: (title: string, above: string) => `${title} is now below ${above}.`,
  firstPlace: "the item on air",
  /** While a line is moved by keys. `what`: what dropping it would do. */
  byKeys: (what: string) => `Enter drops it here: ${what} · Escape puts it back`,
  /** At a line that another desk has in its form. */
  edits: (name: string) => `${name} is editing this`,
  doesNotFit: (title: string, at: string) => `${title} is planned for ${at} and does not fit there.`,
};

export type Arranging = typeof arranging;

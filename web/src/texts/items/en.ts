/** The details of an item at the desk, in English. */

export const items = {
  hint: "Show or hide the details of this item",
  speaker: "Speaker",
  language: "Language",
  end: "End",
  ends: {
    manual: "stays on air until somebody goes on",
    auto: "goes on by itself",
  },
  sources: "Sources",
  notes: "Notes",
  ready: "live",
  /** Moves an item that is still to come. */
  delay: "Begin",
  later: (minutes: number) => `${minutes} min later`,
  earlier: (minutes: number) => `${minutes} min earlier`,
  skip: "Skip",
  unskip: "Put back in",
  edit: "Edit",
  addBelow: "Insert below",
  remove: "Remove",
  /** The question before an item is removed. */
  removes: (title: string) => `Remove ${title} from the agenda?`,
  keep: "Keep",
  /** At the end of the agenda. */
  add: "New item",
  nothingToCome: "Nothing more is to come.",
  /** Until the form of an item is there. */
  loading: "Loading …",
};

export type Items = typeof items;

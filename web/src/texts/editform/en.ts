/** The form of an item at the desk, in English. */

export const editForm = {
  title: "Edit the item",
  save: "Save",
  saving: "Saving …",
  again: "Try again",
  discards: "Discard what you have changed?",
  discard: "Discard",
  goOn: "Go on editing",
  /** In an empty field for the start. */
  follows: "follows on",
  /** The part of the form with what is seldom changed. */
  more: "More: picture follows voice, warnings, skipped",
  /** Of fields whose names in a list of changes are too short for a form. */
  labels: {
    warn: "first warning, time left",
    danger: "last warning, time left",
    skip: "skipped",
  },
  /** What holds where nothing is chosen. */
  unset: {
    source: "choose …",
    with: "nobody else",
    layout: "by the number of pictures",
    mics: "all on screen",
    return: "by itself",
    fallback: "as for the whole event",
    type: "Talk",
    advance: "as for the whole event",
    follow: "the agenda",
    warn: "as for the whole event",
    danger: "as for the whole event",
  },
  unsetLanguage: (name: string) => `${name} (the event’s)`,
  types: { talk: "Talk", panel: "Panel", qa: "Questions", break: "Break", open: "Open session" },
  yesNo: { true: "yes", false: "no" },
  follow: { agenda: "the agenda", voice: "whoever speaks" },
  host: "the host",
  nobody: "none",
  nothing: "nothing",
  add: "add …",
  addTo: (field: string) => `Add to: ${field}`,
  without: (name: string) => `Leave out ${name}`,
  faults: {
    empty: "This is needed.",
    noLength: "Not a length. Write 15m, 1h30m or 90s.",
    noTime: "Not a time. Write 10:30.",
    noSource: (value: string) => `The event has no source “${value}”.`,
  },
  /** What another desk has given a field that was changed here as well. */
  theirs: (value: string) => `Changed by another desk: ${value}`,
  takeTheirs: "Take it",
  changedByOther: "Another desk changed the marked fields meanwhile. Check them, then save again.",
  removedByOther: "Another desk removed this item. Save it again as a new one, or discard it.",
  /** Of a new item, whose saving had no answer. */
  wasSaved: "The item was saved: only the answer was lost.",
  notInFile: "The event file does not have this item any more.",
};

export type EditFormTexts = typeof editForm;

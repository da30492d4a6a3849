/** The desk's keys, in English. */

export const keys = {
  title: "Keys",
  hint: "Keys · ?",
  close: "Close",
  single: "Single keys act",
  singleNote:
    "Switch this off if you speak to this computer or if keys are set off by accident. Arrows, Enter and Escape always act. Kept in this browser.",
  list: {
    next: "Next",
    hold: "Hold, or go on",
    undo: "Undo",
    lengths: "the item on air a minute longer or shorter",
    release: "Release what was taken by hand",
    sources: "put a source in preview",
    take: "take what is marked",
    agenda: "go through the agenda; Enter marks an item as next",
    move: "move the line up or down; Enter drops it, Escape puts it back",
    message: "write a message; Escape leaves the field",
    talk: "talk to everyone while held",
    lines: "lines",
    help: "this list",
  },
  /** Names of keys. */
  space: "Space",
};

export type Keys = typeof keys;

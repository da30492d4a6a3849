/** Messages, flags and contacts, in English. */

import type { FlagDoc } from "../../wire";

export const notes = {
  onePlace: "One place …",
  presets: "Ready-made messages",
  presetHint: "Sends it at once to the chosen people, each of whom reads it in their own language",
  read: "✓ read",
  notRead: "not read yet",
  away: "not connected",
  answer: "Answer",
  answerHint: (name: string) => `Write to ${name}; sending takes the call away`,
  answerTo: (name: string) => `Answer to ${name}`,
  /** Before a telephone number. */
  contact: "Contact: ",
  /** On the page that has called the desk. */
  reasons: {
    "no-sound": "No sound here",
    "no-picture": "No picture here",
    "not-ready": "Not ready",
  } satisfies Record<NonNullable<FlagDoc["what"]>, string>,
  sayWhat: "Say what is wrong, if you like. The desk reads it in its own language.",
  ownWords: "In your own words",
  answered: (clock: string) => `✓ Seen by the desk ${clock}`,
};

export type Notes = typeof notes;

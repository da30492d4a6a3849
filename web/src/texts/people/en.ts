/** The people at the desks and what they did, in English. */

export const people = {
  heading: "Desks",
  /** A desk whose person gave no name. */
  desk: (number: number | string) => `Desk ${number}`,
  /** A command that no page sent. */
  program: "A program",
  onlooker: "Looking on",
  you: "you",
  ask: "Your name, for the other desks",
  save: "OK",
  change: "Change your name",
  /** With the time: what somebody did. */
  did: (who: string, what: string, at: string) => `${who} · ${what} · ${at}`,
  /** Of a command: what it was and whose. */
  whose: (what: string, who: string, at: string) => `${what}, ${who} ${at}`,
  undid: (what: string) => `Undo: ${what}`,
  takesBack: (whose: string) => `takes back ${whose}`,
  about: (command: string, what: string) => `${command}: ${what}`,
  micOpen: (name: string) => `${name}: microphone open`,
  micClosed: (name: string) => `${name}: microphone closed`,
  more: "What was done last",
};

export type People = typeof people;

/** The people at the desks and what they did, in German. */

import type { People } from "./en";

export const people: People = {
  heading: "Regieplätze",
  desk: (number) => `Regieplatz ${number}`,
  program: "Ein Programm",
  onlooker: "Schaut nur zu",
  you: "Sie",
  ask: "Ihr Name, für die anderen Regieplätze",
  save: "OK",
  change: "Namen ändern",
  did: (who, what, at) => `${who} · ${what} · ${at}`,
  whose: (what, who, at) => `${what}, ${who} ${at}`,
  undid: (what) => `Rückgängig: ${what}`,
  takesBack: (whose) => `nimmt zurück: ${whose}`,
  about: (command, what) => `${command}: ${what}`,
  micOpen: (name) => `${name}: Mikrofon auf`,
  micClosed: (name) => `${name}: Mikrofon zu`,
  more: "Was zuletzt geschah",
};

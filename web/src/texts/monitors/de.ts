/** The programme and the next picture at the desk, in German. */

import type { Monitors } from "./en";

export const monitors: Monitors = {
  next: "Als Nächstes",
  first: "Zuerst",
  asMarked: "Als Nächstes, wie vorgemerkt",
  allWell: "Keine Störungen",
  nothing: "Die Veranstaltung endet",
  nothingHint: "Nach diesem Punkt kommt nichts mehr.",
  label: "Der nächste Punkt, wie er aussehen wird",
  hard: (at) => `fester Beginn ${at}`,
  hardEarly: (at, early) => `fester Beginn ${at}, ${early} zu früh`,
  begins: (at) => `voraussichtlich ${at}`,
};

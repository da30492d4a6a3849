/** The order of the agenda and how it is changed, in German. */

import type { Arranging } from "./en";

export const arranging: Arranging = {
  grip: "An einen anderen Platz ziehen · Alt+↑ oder ↓ in der Zeile",
  up: "Einen Platz nach oben",
  down: "Einen Platz nach unten",
  atEdge: "Dort steht der Punkt schon.",
  isAt: (title, above) => `${title} steht jetzt unter ${above}.`,
  firstPlace: "dem laufenden Punkt",
  byKeys: (what) => `Enter setzt ihn hier ab: ${what} · Escape stellt ihn zurück`,
  edits: (name) => `${name} bearbeitet diesen Punkt`,
  doesNotFit: (title, at) => `${title} ist für ${at} geplant, das geht so nicht auf.`,
};

/** Pictures and microphones by hand, in German. */

import type { Override } from "./en";

export const override: Override = {
  written: (names) => `Von Hand: ${names}. Das bleibt bis „Lösen“ oder bis zum nächsten Punkt.`,
  pick: (name) => `${name} zu den Bildern des Takes hinzufügen`,
  unpick: (name) => `${name} aus dem Take herausnehmen`,
  picked: "Von Hand",
  layouts: {
    solo: "Ein Bild",
    "side-by-side": "Nebeneinander",
    pip: "Bild im Bild",
    grid: "Raster",
  },
  take: "Take",
  clear: "Auswahl aufheben",
  openMic: (name) => `Mikrofon von ${name} bis zum nächsten Punkt öffnen`,
  closeMic: (name) => `Mikrofon von ${name} bis zum nächsten Punkt schließen`,
};

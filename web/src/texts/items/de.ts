/** The details of an item at the desk, in German. */

import type { Items } from "./en";

export const items: Items = {
  hint: "Einzelheiten zu diesem Punkt ein- oder ausblenden",
  speaker: "Es spricht",
  language: "Sprache",
  end: "Ende",
  ends: {
    manual: "bleibt auf Sendung, bis jemand weiterschaltet",
    auto: "geht von selbst weiter",
  },
  sources: "Quellen",
  notes: "Notizen",
  ready: "sendet",
  delay: "Beginn",
  later: (minutes) => `${minutes} min später`,
  earlier: (minutes) => `${minutes} min früher`,
  skip: "Streichen",
  unskip: "Wieder aufnehmen",
  edit: "Bearbeiten",
  addBelow: "Darunter einfügen",
  remove: "Entfernen",
  removes: (title) => `${title} aus dem Ablauf entfernen?`,
  keep: "Behalten",
  add: "Neuer Punkt",
  nothingToCome: "Es kommt nichts mehr.",
  loading: "Wird geladen …",
};

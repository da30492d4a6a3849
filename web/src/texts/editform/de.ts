/** The form of an item at the desk, in German. */

import type { EditFormTexts } from "./en";

export const editForm: EditFormTexts = {
  title: "Punkt bearbeiten",
  save: "Speichern",
  saving: "Wird gespeichert …",
  again: "Noch einmal",
  discards: "Änderungen verwerfen?",
  discard: "Verwerfen",
  goOn: "Weiter bearbeiten",
  follows: "im Anschluss",
  unset: {
    source: "wählen …",
    with: "niemand sonst",
    layout: "nach Zahl der Bilder",
    mics: "alle im Bild",
    return: "von selbst",
    fallback: "wie für den ganzen Tag",
    type: "Vortrag",
    advance: "wie für den ganzen Tag",
  },
  unsetLanguage: (name) => `${name} (wie der Tag)`,
  types: { talk: "Vortrag", panel: "Podium", qa: "Fragerunde", break: "Pause", open: "Offene Runde" },
  yesNo: { true: "ja", false: "nein" },
  host: "der Gastgeber",
  nobody: "keine",
  nothing: "nichts",
  add: "dazu …",
  addTo: (field) => `Hinzufügen: ${field}`,
  without: (name) => `${name} weglassen`,
  faults: {
    empty: "Hier fehlt etwas.",
    noLength: "Keine Länge. Möglich: 15m, 1h30m, 90s.",
    noTime: "Keine Uhrzeit. Möglich: 10:30.",
    noSource: (value) => `Eine Quelle „${value}“ gibt es nicht.`,
  },
  theirs: (value) => `Ein anderes Pult hat geändert: ${value}`,
  takeTheirs: "Übernehmen",
  changedByOther:
    "Ein anderes Pult hat die markierten Felder inzwischen geändert. Bitte prüfen und noch einmal speichern.",
  removedByOther: "Ein anderes Pult hat diesen Punkt entfernt. Als neuen Punkt speichern oder verwerfen.",
  notInFile: "Dieser Punkt steht nicht mehr in der Ablaufdatei.",
};

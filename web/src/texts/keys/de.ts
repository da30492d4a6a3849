/** The desk's keys, in German. */

import type { Keys } from "./en";

export const keys: Keys = {
  title: "Tasten",
  hint: "Tasten · ?",
  close: "Schließen",
  single: "Einzelne Tasten wirken",
  singleNote:
    "Ausschalten bei Spracheingabe oder wenn Tasten versehentlich auslösen. Pfeile, Enter und Escape wirken immer. Gilt für diesen Browser.",
  list: {
    next: "Weiter",
    hold: "anhalten oder fortsetzen",
    undo: "rückgängig",
    lengths: "der laufende Punkt dauert eine Minute länger oder kürzer",
    release: "löst, was von Hand geschaltet ist",
    sources: "eine Quelle in die Vorschau nehmen",
    take: "nimmt das Vorgemerkte auf Sendung",
    agenda: "durch den Ablauf gehen; Enter merkt einen Punkt als nächsten vor",
    move: "den Punkt verschieben; Enter setzt ihn ab, Escape stellt ihn zurück",
    message: "eine Nachricht schreiben; Escape verlässt das Feld",
    talk: "mit allen sprechen, solange gedrückt",
    lines: "Leitungen",
    help: "diese Liste",
  },
  space: "Leertaste",
};

/** Messages, flags and contacts, in German. */

import type { Notes } from "./en";

export const notes: Notes = {
  onePlace: "Ein Ort …",
  presets: "Vorbereitete Nachrichten",
  presetHint: "Geht sofort an die Gewählten; jede Seite zeigt es in ihrer Sprache",
  read: "✓ gelesen",
  notRead: "noch nicht gelesen",
  away: "nicht verbunden",
  answer: "Antworten",
  answerHint: (name) => `An ${name} schreiben; mit dem Senden ist der Ruf erledigt`,
  answerTo: (name) => `Antwort an ${name}`,
  contact: "Kontakt: ",
  reasons: {
    "no-sound": "Kein Ton hier",
    "no-picture": "Kein Bild hier",
    "not-ready": "Nicht bereit",
  },
  sayWhat: "Wenn Sie möchten, sagen Sie, was fehlt. Die Regie liest es in ihrer Sprache.",
  ownWords: "In eigenen Worten",
  answered: (clock) => `✓ Regie hat es gesehen ${clock}`,
};

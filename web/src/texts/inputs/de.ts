/** Die Texte der weiteren Eingänge eines Ortes. */

import type { inputs as english } from "./en";

export const inputs: typeof english = {
  button: "Eingänge und Folien",
  buttonHint: "Was dieser Rechner außerdem sendet: eine weitere Kamera, Folien, ein Fenster",
  title: "Weitere Eingänge",
  hint: "Was dieser Rechner neben seiner Kamera sendet. Die Regie sieht jeden als eigenes Bild.",
  shareScreen: "Folien teilen",
  shareHint:
    "Zeigt ein Fenster oder Ihren Bildschirm neben Ihrem Bild. Wann es auf Sendung ist, entscheidet die Regie.",
  content: "Was gesendet wird",
  contents: { screen: "Bildschirm oder Fenster", camera: "Kamera oder Capture-Karte" },
  choose: "– wählen –",
  sound: "Ton",
  noSound: "Kein Ton",
  screenSound: "Der Ton dessen, was geteilt wird",
  share: "Teilen …",
  shareAgain: "Wieder teilen …",
  start: "Senden",
  clapNeedsBoth: "Drücken Sie zuerst „Senden“: Der Test braucht Bild und Ton.",
  stop: "Beenden",
  states: {
    off: "aus",
    opening: "startet …",
    sending: "sendet",
    again: "wieder teilen",
    faulty: "Fehler",
  },
  askAgain: "Vor dem Laden dieser Seite wurde hier geteilt. Der Browser fragt jedes Mal neu.",
  ended: "Das Teilen wurde in der Leiste des Browsers beendet, oder das Fenster wurde geschlossen.",
  refused:
    "Es wurde nichts geteilt. Drücken Sie „Teilen“ und wählen Sie ein Fenster. Auf einem Mac muss der Browser auch unter Systemeinstellungen › Datenschutz & Sicherheit › Bildschirmaufnahme erlaubt sein.",
  failed:
    "Der Bildschirm konnte nicht aufgenommen werden. Wählen Sie ein anderes Fenster, oder teilen Sie noch einmal.",
  paused:
    "Es kommt gerade kein Bild: Das Fenster ist minimiert. Öffnen Sie es wieder, neben oder hinter diesem.",
  silent: "Was Sie teilen, hat keinen Ton. Wählen Sie dafür einen Browser-Tab, und haken Sie dessen Ton an.",
  unsupported:
    "Dieser Browser kann keinen Bildschirm teilen. Nehmen Sie Chrome, Edge oder Firefox auf einem Rechner.",
  chooseCamera: "Wählen Sie die Kamera, und drücken Sie dann „Senden“.",
  replaced: "Ein anderes Fenster oder ein anderer Rechner sendet das jetzt.",
  waiting: "Ein anderer Rechner sendet die Bilder dieses Ortes. Die Regie wurde gebeten, diesen zuzulassen.",
  tip: "Teilen Sie das Fenster der Folien, nicht den ganzen Bildschirm: Dann sieht niemand Notizen oder Nachrichten.",
};

/** The texts of the hall's second window and of the technician's tools, in German. */

import type { Texts } from "../en";

export const hall: Texts["hall"] = {
  join: "Beitreten",
  button: "Saalbild",
  buttonHint:
    "Öffnet ein zweites Fenster für den Projektor: das Programm und nichts, was nur für die Crew ist",
  fill: "Saalbild: Vollbild",
  fillHint:
    "Lässt das Saalbild seinen Bildschirm füllen. Geschieht das nicht: in dieses Fenster klicken und F drücken",
  close: "Saalbild schließen",
  closeHint: "Das Saalbild füllt seinen Bildschirm. Schließt dieses Fenster",
  missing: "Das Saalbild ist geschlossen.",
  missingHint: "Der Projektor zeigt nichts von dieser Seite. Diese Seite und ihr Ton laufen weiter.",
  openAgain: "Wieder öffnen",
  notNeeded: "Nicht nötig",
  blocked: "Der Browser hat das Saalbild blockiert.",
  blockedHint: "In der Adressleiste Pop-ups für diese Seite erlauben, dann das Saalbild noch einmal öffnen.",
  place: "Dieses Fenster auf den Projektor ziehen. Dann F drücken oder hier klicken.",
  alone: "Dieses Fenster zeigt das Programm eines Saals. Bitte auf der Seite des Saals „Saalbild“ anklicken.",
  channel: "Dolmetschung:",
  line: {
    title: "Die Leitung",
    open: "Die Leitung der letzten zehn Minuten, und was sich neu starten lässt",
    loss: "Verlust",
    names: { trip: "Umlaufzeit", loss: "Verlust", up: "Bitrate, gesendet und empfangen", down: "Empfangen" },
    arrows: { up: "↑", down: "↓" },
    upTo: (value) => `Skala bis ${value}`,
    tenMinutes: "vor 10 Minuten",
    now: "jetzt",
  },
  restart: {
    buttons: {
      camera: "Kamera neu starten",
      microphone: "Mikrofon neu starten",
      connection: "Verbindung neu starten",
    },
    effects: {
      camera: "Schließt die Kamera und öffnet sie wieder. Das Bild steht etwa eine Sekunde.",
      microphone: "Schließt das Mikrofon und öffnet es wieder. Der Ton fehlt etwa eine Sekunde.",
      connection:
        "Verbindet sich neu mit dem Server. Bild und Ton fehlen in beiden Richtungen etwa eine Sekunde.",
    },
    notJoined: "Diese Seite ist noch nicht beigetreten",
  },
  auto: {
    asks: "Der Browser fragt nach Kamera und Mikrofon, und niemand ist da, um zu antworten.",
    sound: "Der Browser gibt keinen Ton aus, bevor jemand klickt.",
    start: "Chromium starten mit",
  },
  deskContact: "Die Regie:",
  onIn: (clock, title) => `auf Sendung in ${clock} · ${title}`,
};

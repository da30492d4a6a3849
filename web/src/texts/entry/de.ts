/** Der Weg auf Sendung: woher der Ton kommt, Messton, Prüfung der Leitung, Hilfe bei gesperrten Geräten. */

import type { entry as english } from "./en";

export const entry: typeof english = {
  presets: {
    label: "Woher der Ton kommt",
    mixer: {
      name: "Mischpult oder Capture-Karte",
      words: "In Stereo und so, wie er kommt: nichts wird gefiltert oder ausgesteuert.",
    },
    laptop: {
      name: "Laptop oder Headset",
      words: "Der Browser entfernt Echo und Rauschen und gleicht den Pegel aus.",
    },
  },
  tone: {
    plays: "Ton läuft, Mikrofon hört mit …",
    heard: "Am Mikrofon gehört ✓",
    "not-heard":
      "Am Mikrofon nicht gehört. Sind die Lautsprecher an? Mit Kopfhörern, oder wenn das Mischpult sie nicht zurückgibt, ist das richtig so.",
    removed:
      "Abgespielt. Der Browser entfernt aus dem Mikrofon, was die Lautsprecher spielen; ob der Ton zu hören war, wissen also nur Sie.",
    "no-microphone": "Abgespielt. Ohne Mikrofon wissen nur Sie, ob der Ton zu hören war.",
    worn: "Abgespielt. In Kopfhörern hören ihn nur Sie. Wenn nicht: oben andere wählen oder lauter stellen.",
  },
  line: {
    measures: "Leitung wird gemessen …",
    trip: (ms) => `Umlaufzeit ${ms} ms`,
    loss: (percent) => `Verlust ${percent} %`,
    up: (megabits) => `Upload ${megabits} Mbit/s`,
    down: (megabits, atLeast) => `Download ${megabits} Mbit/s${atLeast ? " oder mehr" : ""}`,
    verdicts: {
      "720p": "Gut für 720p.",
      small: "Reicht für ein kleines Bild.",
      poor: "Reicht nicht für ein Bild.",
      unmeasured: "Was die Leitung trägt, verrät dieser Browser nicht.",
    },
    remedies: {
      up: "Die Leitung zum Server ist schmal. Netzwerkkabel statt WLAN verwenden und schließen, was das Netz sonst belastet.",
      down: "Die Leitung vom Server ist schmal: Das Programm kommt vielleicht kleiner und nicht mit allen Bildern an. Netzwerkkabel statt WLAN verwenden und andere Downloads anhalten.",
      loss: "Die Leitung verliert Pakete. Netzwerkkabel verwenden oder näher an den WLAN-Router gehen.",
      trip: "Die Leitung ist langsam. VPN oder Satellitenstrecke abschalten, falls es sie gibt; im Gespräch ist mit Verzögerung zu rechnen.",
    },
  },
  blocked: {
    where: {
      chrome:
        "Klicken Sie auf das Zeichen links neben der Adresse und schalten Sie Kamera und Mikrofon ein. Diese Seite macht dann von selbst weiter. Sind sie dort schon an, sperrt der Computer den Browser in seinen Datenschutz-Einstellungen.",
      firefox:
        "Klicken Sie in der Adressleiste auf die durchgestrichene Kamera oder das Mikrofon, entfernen Sie „Blockiert“ mit × und drücken Sie „Noch einmal versuchen“.",
      safari:
        "Wählen Sie in der Menüleiste Safari → Einstellungen für diese Website, erlauben Sie Kamera und Mikrofon und drücken Sie „Noch einmal versuchen“.",
      android:
        "Tippen Sie auf das Zeichen links neben der Adresse → Berechtigungen und erlauben Sie Kamera und Mikrofon. Fehlen sie dort: Android-Einstellungen → Apps → Ihr Browser → Berechtigungen.",
      ios: "Tippen Sie neben der Adresse auf aA oder das Seitenzeichen → Website-Einstellungen, erlauben Sie Kamera und Mikrofon und drücken Sie „Noch einmal versuchen“.",
      "ios-app":
        "Öffnen Sie die Einstellungen dieses Telefons → Apps → Ihr Browser und schalten Sie Kamera und Mikrofon ein. Laden Sie dann diese Seite neu.",
      other:
        "Suchen Sie bei der Adresse eine Kamera oder ein Schloss, erlauben Sie Kamera und Mikrofon und drücken Sie „Noch einmal versuchen“.",
    },
    /** The operating system keeps the devices from the browser. */
    system: {
      camera: "Der Computer sperrt die Kamera für diesen Browser.",
      microphone: "Der Computer sperrt das Mikrofon für diesen Browser.",
      maybe: "Wenn kein anderes Programm das Gerät benutzt, sperrt der Computer es für diesen Browser.",
      where: {
        mac: "Apfel-Menü → Systemeinstellungen → Datenschutz & Sicherheit → Kamera und Mikrofon: Schalten Sie Ihren Browser ein, starten Sie ihn neu, falls der Mac darum bittet, und drücken Sie „Noch einmal versuchen“.",
        windows:
          "Windows-Einstellungen → Datenschutz und Sicherheit → Kamera und Mikrofon: Schalten Sie den Zugriff ein, auch für Desktop-Apps, und drücken Sie „Noch einmal versuchen“.",
        other:
          "Erlauben Sie Ihrem Browser Kamera und Mikrofon in den Datenschutz-Einstellungen des Systems und drücken Sie „Noch einmal versuchen“.",
      },
    },
    inApp: (app) =>
      `${app ?? "Diese App"} hat den Link in einem eigenen Browser geöffnet, der oft keine Kamera freigibt. Tippen Sie auf ⋯ und wählen Sie „Im Browser öffnen“, oder kopieren Sie den Link in Chrome oder Safari.`,
    unsupportedTitle: "Dieser Browser kann nicht teilnehmen",
    unsupported:
      "Er kann kein Live-Bild und keinen Live-Ton (WebRTC). Öffnen Sie denselben Link in einem aktuellen Chrome, Edge, Firefox oder Safari.",
    noDevices:
      "Dieser Browser gibt Seiten weder Kamera noch Mikrofon. Öffnen Sie den Link in Chrome, Edge, Firefox oder Safari.",
  },
};

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
  },
  line: {
    measures: "Leitung wird gemessen …",
    trip: (ms) => `Umlaufzeit ${ms} ms`,
    loss: (percent) => `Verlust ${percent} %`,
    up: (megabits) => `hin ${megabits} Mb/s`,
    down: (megabits) => `empfangen ${megabits} Mb/s`,
    verdicts: {
      "720p": "Gut für 720p.",
      small: "Reicht für ein kleines Bild.",
      poor: "Reicht nicht für ein Bild.",
      unmeasured: "Was die Leitung trägt, verrät dieser Browser nicht.",
    },
    remedies: {
      up: "Die Leitung zum Server ist schmal. Netzwerkkabel statt WLAN verwenden und schließen, was das Netz sonst belastet.",
      loss: "Die Leitung verliert Pakete. Netzwerkkabel verwenden oder näher an das WLAN gehen.",
      trip: "Die Leitung ist langsam. VPN oder Satellitenstrecke abschalten, falls es sie gibt; im Gespräch ist mit Verzögerung zu rechnen.",
    },
  },
};

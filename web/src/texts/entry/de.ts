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
};

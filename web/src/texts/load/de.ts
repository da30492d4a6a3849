/** Ein überlasteter Rechner, auf Deutsch. */

import type { load as english } from "./en";

export const load: typeof english = {
  here: {
    preview: "Dieser Rechner ist an seiner Grenze: Die eigene Vorschau zeigt weniger Bilder.",
    previews: "Dieser Rechner ist an seiner Grenze: Die Vorschaubilder stehen.",
    "720p15": "Dieser Rechner ist an seiner Grenze: Er sendet 15 Bilder pro Sekunde.",
    "540p15": "Dieser Rechner ist an seiner Grenze: Er sendet 15 Bilder pro Sekunde, und kleinere.",
    "360p10": "Dieser Rechner ist an seiner Grenze: Er sendet 10 kleine Bilder pro Sekunde.",
    programme: "Dieser Rechner ist an seiner Grenze: Er empfängt das Programm als kleines Bild.",
  },
  remedy:
    "Beenden Sie andere Programme, schließen Sie Tabs, und stecken Sie das Netzteil ein. Danach wird es von selbst wieder besser.",
  paused: "angehalten: Dieser Rechner ist an seiner Grenze",
  there: {
    "720p15": {
      chip: "Rechner: nur 15/s",
      what: "Der Rechner dort ist an seiner Grenze: Er sendet 15 Bilder pro Sekunde.",
    },
    "540p15": {
      chip: "Rechner: nur 15/s",
      what: "Der Rechner dort ist an seiner Grenze: Er sendet 15 Bilder pro Sekunde, und kleinere.",
    },
    "360p10": {
      chip: "Rechner: nur 10/s",
      what: "Der Rechner dort ist an seiner Grenze: Er sendet 10 kleine Bilder pro Sekunde.",
    },
  },
  thereRemedy: "Bitten Sie dort, andere Programme zu beenden und das Netzteil einzustecken.",
  encoder: {
    label: "Kodierung",
    hardware: "Hardware",
    software: "Software",
    sent: (width, height, fps) => `${width}×${height}, ${fps} Bilder pro Sekunde`,
  },
};

/** Was am Server selbst nicht stimmt, für die Regie. */

import type { server as en } from "./en";

export const server: typeof en = {
  name: "Server",
  warnings: {
    overload: ({ level = 1 }) => ({
      what:
        level >= 3
          ? "überlastet: Zuschauer bekommen nur Ton, neue werden abgewiesen"
          : level === 2
            ? "überlastet: Zuschauer bekommen nur Ton"
            : "überlastet: Zuschauer bekommen kleine Bilder",
      remedy:
        "Säle, Gäste und Dolmetscher sind nicht betroffen. Die Bilder kommen von selbst zurück. Beenden Sie andere Programme auf dem Server, oder bitten Sie Zuschauer, gemeinsam zuzusehen.",
    }),
    disk: ({ free_mb = 0 }) => ({
      what: `Datenträger fast voll, noch ${free_mb} MB`,
      remedy:
        "Schaffen Sie Platz auf dem Datenträger des Datenordners. Ohne Platz wird kein Befehl ausgeführt.",
    }),
    "log-fails": () => ({
      what: "das Protokoll der Sendung lässt sich nicht schreiben",
      remedy:
        "Bis dahin ändert sich nichts. Prüfen Sie den Datenträger des Datenordners: Platz, Rechte, Einbindung.",
    }),
    writer: () => ({
      what: "die Sendung läuft nicht",
      remedy: "Starten Sie den Server neu. Die Sendung geht mit ihrem Protokoll weiter.",
    }),
    media: () => ({ what: "der Medienport ist geschlossen", remedy: "Starten Sie den Server neu." }),
    clock: ({ ahead_s = 0 }) => ({
      what: `seine Uhr weicht um ${Math.abs(ahead_s)} s von der der Sendung ab`,
      remedy:
        ahead_s > 0
          ? "Die Uhr des Servers geht nach. Stellen Sie sie (NTP), und starten Sie dann den Server neu."
          : "Die Uhr des Servers wurde während der Sendung vorgestellt. Starten Sie den Server in einer Pause neu, dann stimmt die Zeit.",
    }),
    "certificate-expires": ({ days = 0 }) => ({
      what: `das Zertifikat läuft in ${days} Tagen ab`,
      remedy: "Erneuern Sie es. Der Server liest die neuen Dateien von selbst.",
    }),
    "certificate-expired": () => ({
      what: "das Zertifikat ist abgelaufen",
      remedy:
        "Browser weisen neue Seiten ab. Erneuern Sie es jetzt; der Server liest die neuen Dateien von selbst.",
    }),
    "certificate-unreadable": () => ({
      what: "das neue Zertifikat ist nicht brauchbar",
      remedy: "Das alte bleibt in Kraft. Was an den Dateien nicht stimmt, steht im Protokoll des Servers.",
    }),
    "disk-unknown": () => ({
      what: "der Datenträger des Sendungsprotokolls antwortet nicht",
      remedy:
        "Prüfen Sie den Datenträger oder das Netzlaufwerk des Datenordners. Der Fehler steht im Protokoll des Servers.",
    }),
    "certificate-unknown": () => ({
      what: "die Dateien des Zertifikats lassen sich nicht prüfen",
      remedy: "Das Zertifikat in Gebrauch bleibt in Kraft. Der Fehler steht im Protokoll des Servers.",
    }),
    "overload-unknown": () => ({
      what: "Überlast lässt sich nicht erkennen",
      remedy:
        "Die Sendung geht weiter, aber Zuschauer bekommen unter Last nicht weniger. Der Fehler steht im Protokoll des Servers.",
    }),
  },
};

/** Links zur Teilnahme, in der Regie. */

import { lengths } from "../length";
import { listing } from "../listing";
import type { JoinLinkTexts } from "./en";

const length = lengths(" h", " min", " s", " ");
const list = listing("de");
const links = (n: number): string => (n === 1 ? "1 Link" : `${n} Links`);

export const joinLinks: JoinLinkTexts = {
  title: "Links zur Teilnahme",
  timesIn: (city) => `Alle Zeiten: Ortszeit ${city}`,
  loading: "Wird geladen …",
  notLoaded: (why) => `Die Liste ist nicht aktuell: ${why}`,
  roles: {
    moderator: "Regie",
    venue: "Säle",
    guest: "Gäste",
    interpreter: "Kabinen",
    viewer: "Publikum",
    stage: "Bühnenmonitore",
    metrics: "Messwerte",
  },
  names: { moderator: "Regie", viewer: "Publikum", stage: "Bühnenmonitor", metrics: "Messwerte" },
  none: "Kein gültiger Link",
  number: (n) => `Nr. ${n}`,
  readOnly: "nur zusehen",
  madeBy: { cli: "auf dem Server angelegt", desk: "in der Regie angelegt" },
  statuses: {
    valid: "gültig",
    expired: "abgelaufen",
    revoked: "widerrufen",
    "place-gone": "nicht mehr in der Veranstaltung",
  },
  until: (when) => `gültig bis ${when}`,
  followsEvent: "folgt der Veranstaltung",
  followsHint:
    "Verschiebt ein geänderter Ablauf das Ende der Veranstaltung, verschiebt sich auch dieses Datum",
  used: (when, address) => `zuletzt benutzt ${when} von ${address}`,
  unused: "nicht benutzt, seit der Server läuft",
  page: (session) => `Seite ${session}`,
  from: (address, clock) => `von ${address} seit ${clock}`,
  feeds: "sendet eine Quelle",
  thisPage: "diese Seite",
  closePage: "Seite schließen",
  closePageOf: (session, name) => `Seite schließen: ${session} von ${name}`,
  show: "Zeigen",
  showOf: (n, name) => `Link ${n} von ${name} zeigen`,
  shownOnce: "Code wurde einmal gezeigt",
  revoke: "Widerrufen",
  revokeOf: (n, name) => `Link ${n} von ${name} widerrufen`,
  revokeAll: (n) => `Alle ${n} widerrufen`,
  revokeAllOf: (name) => `Alle Links widerrufen: ${name}`,
  ended: (n) => `Abgelaufen und widerrufen (${n})`,

  ask: {
    link: (n, name) => `Link ${n} von ${name} widerrufen?`,
    all: (n, name) => `${name}: ${links(n)} widerrufen?`,
    page: (session, name) => `Seite ${session} von ${name} schließen?`,
    closes: (n) =>
      n === 0
        ? "Zurzeit ist damit keine Seite offen."
        : `${n === 1 ? "Eine offene Seite schließt" : `${n} offene Seiten schließen`} sich innerhalb einer Sekunde und ${n === 1 ? "sagt" : "sagen"}, warum.`,
    feeding: (names) =>
      `${list(names)} ${names.length > 1 ? "senden" : "sendet"} von dort eine Quelle: Bild und Ton enden.`,
    own: "Diese Regie ist damit offen: Sie schließt sich auch.",
    isFinal:
      "Ein widerrufener Link lässt sich nie wieder öffnen. Wer weiter teilnehmen soll, braucht einen neuen.",
    stays: "Die Seite kommt nicht von selbst zurück. Ihr Link bleibt gültig.",
    gone: "Das ist schon beendet.",
  },

  make: "Link anlegen",
  makeFor: (name) => `Link für ${name} anlegen`,
  forWhom: "Für",
  validFor: "Gültig",
  asEvent: "Bis einen Tag nach der Veranstaltung",
  hours: (hours) => (hours < 48 ? `Für ${length(hours * 3600)}` : `Für ${hours / 24} Tage`),
  lookOn: "Nur zusehen: sieht die Regie und steuert nichts",
  makeIt: "Anlegen",

  shownTitle: (name) => `Link für ${name}`,
  onlyNow:
    "Der Code wird nur jetzt gezeigt. Kopieren oder drucken Sie ihn, bevor Sie schließen: Danach sieht ihn niemand mehr, und es braucht einen neuen Link.",
  url: "Link",
  typed: (site) => `Code zum Eintippen auf ${site}`,
  copyUrl: "Link kopieren",
  invitation: "Einladung",
  copyInvitation: "Einladung kopieren",
  copied: "Kopiert",
  notCopied:
    "Nicht kopiert: Dieser Browser erlaubt es hier nicht. Der Text ist markiert; kopieren Sie ihn mit der Tastatur.",
  qr: (name) => `QR-Code des Links für ${name}`,
  printOne: "Blatt drucken",

  print: "Blätter drucken",
  printFor: "Je ein Blatt für",
  printNow: (n) => (n === 1 ? "1 Blatt drucken" : `${n} Blätter drucken`),
  nothingToPrint: "Es gibt keinen Link, der sich drucken lässt.",
  unprintable: (names) =>
    `Nicht für ${list(names)}: Es gibt keinen Link, dessen Code sich noch einmal zeigen lässt. „schalte links“ auf dem Server legt einen an. Oder legen Sie hier einen an und drucken Sie ihn sofort.`,
  paper: {
    scan: "QR-Code scannen oder diese Adresse öffnen:",
    type: (site) => `Oder ${site} öffnen und diesen Code eingeben:`,
    until: (when, zone) => `Gültig bis ${when} Uhr (${zone})`,
    keep: {
      venue: "Nur für diesen Saal: bitte nicht weitergeben.",
      guest: "Nur für Sie: bitte nicht weitergeben.",
      interpreter: "Nur für diese Kabine: bitte nicht weitergeben.",
      stage: "Nur für diesen Monitor: bitte nicht weitergeben.",
    },
    how: {
      venue:
        "Bitte den Link am Saalrechner in Chrome oder Edge öffnen, Kamera, Mischpult und Lautsprecher angeschlossen, und diese einmal auswählen. Danach die Seite bis zum Ende offen lassen.",
      guest:
        "Bitte den Link eine halbe Stunde vor Ihrem Auftritt an einem Rechner oder Telefon mit Kamera und Mikrofon öffnen, möglichst mit Kopfhörern. Die Seite prüft mit Ihnen Bild und Ton.",
      interpreter:
        "Bitte den Link am Rechner der Kabine mit angeschlossenem Headset öffnen. Jede Dolmetscherin und jeder Dolmetscher öffnet eine eigene Seite.",
      viewer: "Zum Zuschauen den Link öffnen. Dort wählen Sie auch Ihre Sprache.",
      stage:
        "Bitte den Link auf dem Monitor vor der Bühne öffnen. Er zeigt die Restzeit und braucht keine Bedienung.",
    },
  },
};

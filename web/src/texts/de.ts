/** German. People are addressed as Sie. */

import type { Texts } from "../texts";

/** A length in the two largest units that matter: 45 s, 4 min, 1 h 35 min. */
function length(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const parts = [hours > 0 ? `${hours} h` : "", rest > 0 ? `${rest} min` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

export const de: Texts = {
  product: "Schalte",
  language: "Sprache",
  slate: "Standbild",
  roles: {
    moderator: "Moderationspult",
    venue: "Saalkonsole",
    guest: "Gast",
    viewer: "Programm",
    stage: "Bühnenuhr",
  },
  sourceStates: {
    live: "live",
    connecting: "verbindet sich",
    stalled: "Bild unterbrochen",
    absent: "nicht verbunden",
  },
  statuses: { done: "vorbei", "on-air": "läuft", next: "danach", coming: "", skipped: "entfällt" },
  skippedBecause: {
    file: "im Ablauf gestrichen",
    asked: "von der Moderation gestrichen",
    "no-time": "keine Zeit mehr vor einem festen Beginn",
    passed: "übersprungen",
  },

  onAir: "Auf Sendung",
  next: "Gleich dran",
  off: "Nicht auf Sendung",
  inTime: (clock) => `in ${clock}`,
  microphoneOpen: "Mikrofon ist offen",
  microphoneClosed: "Mikrofon ist zu",

  left: "noch",
  endingSoon: "gleich zu Ende",
  finishNow: "jetzt abschließen",
  overTime: "überzogen",
  startsIn: "bis zum Beginn",
  startsAny: "beginnt jeden Moment",
  continuesIn: "bis es weitergeht",
  onTime: "im Zeitplan",
  late: (seconds) => `${length(seconds)} Verspätung`,
  early: (seconds) => `${length(seconds)} vor Plan`,
  expectedEnd: "Ende",

  now: "Jetzt",
  after: "Danach",
  agenda: "Ablauf",
  planned: "Plan",
  expected: "Erwartet",
  item: "Programmpunkt",
  itemLength: "Dauer",
  itemState: "Stand",
  hardStart: "Beginnt zu seiner Zeit, was auch immer davor läuft",
  goTo: "Dorthin",
  goToTitle: (title) => `„${title}“ jetzt auf Sendung nehmen`,
  itemIsOnAir: "Dieser Punkt läuft gerade",
  nothingElse: "Nichts weiter",
  betweenItems: "Zwischen zwei Punkten",
  phases: { before: "Noch nicht begonnen", running: "Läuft", held: "Angehalten", ended: "Beendet" },

  welcome: "Herzlich willkommen",
  backSoon: "Gleich geht es weiter",
  farewell: "Danke, dass Sie dabei waren",
  reconnecting: (name) => `Das Bild von ${name} ist gleich wieder da`,
  pictureComing: (name) => `Das Bild von ${name} kommt gleich`,
  nextUp: "Als Nächstes",
  clockIn: (city) => `in ${city}`,

  lost: "Verbindung verloren – wird wiederhergestellt …",
  mediaInterrupted: "Bild und Ton unterbrochen – werden wiederhergestellt …",
  mediaRefused: (why) => `Kein Bild und Ton: ${why}`,
  connecting: "Verbindung wird aufgebaut …",
  connected: "Verbunden",
  noLinkTitle: "Sie brauchen einen eigenen Link",
  noLink:
    "Diese Seite öffnet sich mit dem persönlichen Link, den Sie bekommen haben. Öffnen Sie ihn noch einmal aus der Nachricht, oder fragen Sie die Veranstalter.",
  badLinkTitle: "Dieser Link gilt nicht",
  badLink: "Dieser Link ist abgelaufen oder unvollständig. Bitten Sie die Veranstalter um einen neuen.",
  serverSays: "Der Server sagt:",

  start: "Start",
  done: "Fertig",
  close: "Schließen",
  deviceButton: "Kamera und Ton",
  deviceTitle: "Kamera, Mikrofon, Lautsprecher",
  deviceHint: "Einmal wählen genügt. Dieser Rechner merkt es sich und verbindet sich künftig von selbst.",
  camera: "Kamera",
  microphone: "Mikrofon",
  speaker: "Lautsprecher",
  thisInput: "Dieser Rechner liefert",
  standard: "Systemstandard",
  noCamera: "Keine Kamera",
  noMicrophone: "Kein Mikrofon",
  unnamed: (n) => `Gerät ${n}`,
  processing: "Echo und Rauschen entfernen",
  processingHint: "Aus, wenn ein Mischpult angeschlossen ist",
  opening: "Warte auf Kamera und Mikrofon …",
  permissionHint:
    "Ihr Browser fragt gleich, ob diese Seite Kamera und Mikrofon benutzen darf. Bitte erlauben Sie es.",
  level: "Pegel",
  levelHint: "Sprechen Sie: Der Balken sollte sich bewegen.",
  faults: {
    camera: {
      denied:
        "Die Kamera ist nicht erlaubt. Klicken Sie auf das Kamera- oder Schlosssymbol neben der Adresse, erlauben Sie sie, und laden Sie die Seite neu.",
      missing: "Keine Kamera gefunden. Schließen Sie eine an; sie wird benutzt, sobald sie da ist.",
      busy: "Ein anderes Programm benutzt die Kamera. Schließen Sie es (Zoom, Teams, OBS …) und versuchen Sie es noch einmal.",
      lost: "Die Kamera wurde abgezogen. Schließen Sie sie wieder an; das Bild kommt von selbst zurück.",
      insecure: "Browser geben Kameras nur auf sicheren Seiten frei. Öffnen Sie diese Seite mit https://.",
      failed:
        "Die Kamera ließ sich nicht starten. Wählen Sie eine andere, oder versuchen Sie es noch einmal.",
    },
    microphone: {
      denied:
        "Das Mikrofon ist nicht erlaubt. Klicken Sie auf das Mikrofon- oder Schlosssymbol neben der Adresse, erlauben Sie es, und laden Sie die Seite neu.",
      missing: "Kein Mikrofon gefunden. Schließen Sie eines an; es wird benutzt, sobald es da ist.",
      busy: "Ein anderes Programm benutzt das Mikrofon. Schließen Sie es und versuchen Sie es noch einmal.",
      lost: "Das Mikrofon wurde abgezogen. Schließen Sie es wieder an; der Ton kommt von selbst zurück.",
      insecure: "Browser geben Mikrofone nur auf sicheren Seiten frei. Öffnen Sie diese Seite mit https://.",
      failed:
        "Das Mikrofon ließ sich nicht starten. Wählen Sie ein anderes, oder versuchen Sie es noch einmal.",
    },
  },
  tryAgain: "Noch einmal versuchen",

  tapForSound: "Antippen für Ton",
  soundOn: "Ton an",
  soundOff: "Ton aus",
  fullScreen: "Vollbild",

  youSee: (name) => `Sie sehen ${name}`,
  youSeeReturn: (name) => `Rückbild: ${name}`,

  startShow: "Start",
  startHint: "Nimmt den ersten Punkt auf Sendung",
  back: "Zurück",
  backHint: "Nimmt den vorigen Punkt noch einmal auf Sendung",
  goOn: "Weiter",
  nextHint: "Taste N",
  endShow: "Beenden",
  hold: "Anhalten",
  holdHint: "Nichts geht von selbst weiter, bis Sie Fortsetzen drücken",
  resume: "Fortsetzen",
  resumeHint: "Es geht wieder von selbst weiter",
  minus: "−1 min",
  plus: "+1 min",
  take: "Take",
  takeHint: (name) => `${name} jetzt auf Sendung, bis Sie lösen oder zum nächsten Punkt`,
  release: "Lösen",
  releaseHint: "Zurück zu dem, was der Ablauf sagt",
  taken: "Von Hand",
  standIn: "Ersatz",
  sources: "Quellen",
  programme: "Programm",
  whoIsThere: "Verbunden",
  nobody: "nicht verbunden",
  loss: "Paketverlust",
  why: {
    offline: "Geht nicht, solange die Verbindung fehlt",
    notStarted: "Es hat noch nicht begonnen",
    started: "Es läuft schon",
    ended: "Es ist zu Ende",
    firstItem: "Davor gibt es keinen Punkt",
    noItem: "Gerade läuft kein Punkt",
    absent: (name) => `${name} ist nicht verbunden`,
    onAir: (name) => `${name} ist schon auf Sendung`,
  },
  notDone: "Nicht ausgeführt",
  noAnswer:
    "Der Server hat nicht geantwortet. Sehen Sie nach, ob es geschehen ist, bevor Sie noch einmal drücken.",

  checkTitle: (name) => `Guten Tag, ${name}`,
  checkHint:
    "Prüfen Sie Bild und Ton und treten Sie dann ein. Niemand sieht oder hört Sie, bevor Sie auf Sendung sind.",
  join: "Eintreten",
  joinWithoutCamera: "Ohne Kamera eintreten",
  joinWithoutMicrophone: "Ohne Mikrofon eintreten",
  joinWithNothing: "Ohne Kamera und Mikrofon eintreten",
  greenRoom: "Warteraum",
  youAreOnIn: "bis zu Ihrem Auftritt",
  youAreOnSoon: "Sie sind jeden Moment dran",
  youWereOn: "Ihr Auftritt ist vorbei. Vielen Dank!",
  noTurn: "Kein Programmpunkt nennt Sie; die Moderation kann Sie trotzdem auf Sendung nehmen.",
  youAreOnAir: "Sie sind auf Sendung",
  nobodyHears: "Noch sieht und hört Sie niemand",
  mute: "Stumm schalten",
  unmute: "Ton wieder an",
  muted: "Sie sind stumm geschaltet",
};

/** Why a command or a link was refused and what to do, in German. */

import type { Refusals } from "../../show/refusals";
import { people } from "../people/de";

/** Who was faster; empty where nobody was, since the agenda went on by itself. */
const faster = (who: string, desk: string): string => who || (desk && people.desk(desk));

export const refusals: Refusals = {
  reasons: {
    "not-begun": () => "Die Sendung hat noch nicht begonnen. Drücken Sie zuerst Start.",
    running: () => "Die Sendung läuft schon.",
    "ended-start": () =>
      "Die Sendung ist beendet. Mit „Springen“ im Ablauf nehmen Sie einen Punkt noch einmal auf Sendung.",
    ended: ({ who, desk }) =>
      `${faster(who, desk) ? `${faster(who, desk)} hat die Sendung beendet.` : "Die Sendung ist schon beendet."} Mit „Springen“ im Ablauf geht es weiter.`,
    "all-skipped": () =>
      "Alle Punkte sind gestrichen. Nehmen Sie einen mit „Springen“ im Ablauf auf Sendung.",
    "first-item": ({ item }) => `„${item}“ ist der erste Punkt, davor kommt nichts.`,
    "just-back": ({ item, who, desk }) =>
      `„${item}“ wurde eben erst zurück auf Sendung genommen${faster(who, desk) && ` (${faster(who, desk)})`}.`,
    "went-on": ({ item, who, desk }) =>
      `„${item}“ ist schon auf Sendung${faster(who, desk) && `: ${faster(who, desk)} war schneller`}. Erst nachsehen, dann noch einmal drücken.`,
    "went-off": ({ item, who, desk }) =>
      `„${item}“ ist schon vorbei${faster(who, desk) && `: ${faster(who, desk)} war schneller`}. Gerade läuft nichts. Bitte erst nachsehen.`,
    "from-missing": ({ item }) =>
      `Diese Seite hat nicht gemeldet, welchen Punkt sie zeigt (jetzt ${item}). Laden Sie sie neu.`,
    "item-on-air": ({ item }) => `„${item}“ ist schon auf Sendung.`,
    "source-on-air": ({ source }) => `${source} ist schon auf Sendung.`,
    "nothing-to-extend": () => "Gerade läuft kein Punkt, der länger oder kürzer werden könnte.",
    "too-long": ({ item }) => `„${item}“ lässt sich nicht um mehr als 24 Stunden verlängern.`,
    "too-late": ({ item }) => `„${item}“ lässt sich nicht um mehr als 24 Stunden verschieben.`,
    "not-to-come": ({ item }) =>
      `„${item}“ läuft gerade. Ändern Sie die Dauer mit +1 min, oder drücken Sie Weiter.`,
    over: ({ item }) => `„${item}“ ist vorbei. Mit „Springen“ kommt der Punkt noch einmal auf Sendung.`,
    "plan-fixed": () => "Die Sendung läuft; der Plan lässt sich nicht mehr verschieben.",
    "nothing-to-undo": () =>
      "Es gibt nichts rückgängig zu machen: Seit es zuletzt von selbst weiterging, wurde kein Befehl gegeben.",
    "mark-one": () => "Merken Sie einen Punkt oder eine Quelle vor, nicht beides.",
    "slate-silent": () => "Das Pausenbild hat kein Mikrofon.",
    "slate-alone": () => "Neben dem Pausenbild kann nichts im Bild sein.",
    "source-twice": ({ source }) => `${source} ist zweimal genannt.`,
    "not-its-language": ({ booth, one, other }) => `${booth} dolmetscht nur zwischen ${one} und ${other}.`,
    "seat-closed": ({ seat }) => `Das Mikrofon von ${seat} ist aus. Es gibt nichts zu übernehmen.`,
    "unknown-item": ({ name }) =>
      `Den Punkt „${name}“ gibt es im Ablauf nicht mehr. Der Ablauf wurde geändert, bitte nachsehen.`,
    "unknown-source": ({ name }) => `Die Quelle „${name}“ gibt es nicht mehr. Der Ablauf wurde geändert.`,
    "unknown-place": ({ name }) => `„${name}“ nimmt nicht mehr teil. Der Ablauf wurde geändert.`,
    "unknown-language": ({ name }) => `Einen Kanal „${name}“ gibt es nicht.`,
    "unknown-booth": ({ name }) => `Die Kabine „${name}“ gibt es nicht mehr. Der Ablauf wurde geändert.`,
    "unknown-cue": ({ name }) => `Ein Zeichen „${name}“ gibt es nicht mehr. Der Ablauf wurde geändert.`,
    "event-file": () => "Die Ablaufdatei hätte einen Fehler.",
    "source-needed": ({ source, id }) =>
      `${source} ist auf Sendung und fehlt in der neuen Datei. Lassen Sie „${id}“ darin stehen, bis die Quelle nicht mehr auf Sendung ist.`,
    "file-outdated": () =>
      "Der Ablauf wurde inzwischen geändert. Es ist nichts passiert: Übertragen Sie Ihre Änderung in den aktuellen Ablauf.",
    "file-under-way": () =>
      "Ihre letzte Datei wird noch geprüft. Warten Sie das Ergebnis ab, und wählen Sie diese dann noch einmal.",
    "files-waiting": () => "Gerade werden mehrere Dateien geprüft. Wählen Sie diese gleich noch einmal.",
    "no-file": () => "Der Server hat den Text dieses Ablaufs nicht und kann ihn deshalb nicht bearbeiten.",
    "item-stays": ({ item }) =>
      `„${item}“ ist auf Sendung oder vorbei. Der Punkt bleibt im Ablauf, wo er ist.`,
    "item-lost": ({ item }) => `„${item}“ stünde vor dem, was auf Sendung ist, und käme nie dran.`,
    "not-editable": () =>
      "Der Ablauf ist in der Datei so geschrieben, dass er sich hier nicht bearbeiten lässt. Ändern Sie die Datei.",
    "nobody-waits": ({ place }) => `Für ${place} wartet niemand mehr.`,
    "others-wait": ({ place, elsewhere }) => `Für ${place} wartet niemand mehr, wohl aber für ${elsewhere}.`,
    "not-yours": ({ source }) =>
      `Dieser Link darf „${source}“ nicht einspeisen. Der Ablauf wurde geändert, laden Sie diese Seite neu.`,
    "fed-elsewhere": ({ place }) =>
      `${place} kommt schon von einem anderen Rechner. Die Regie wurde gebeten, diesen zuzulassen.`,
    "fed-now": ({ place }) =>
      `${place} kommt jetzt aus einem anderen Fenster oder von einem anderen Rechner.`,
    "many-wait": ({ place }) => `Für ${place} warten zu viele Seiten. Schließen Sie, was Sie nicht brauchen.`,
    "inputs-full": ({ most }) =>
      `Über diesen Link laufen schon ${most} weitere Eingänge. Beenden Sie einen, den Sie nicht brauchen.`,
    overloaded: () => "Der Server ist überlastet und nimmt gerade keine weiteren Zuschauer an.",
    "watchers-full": () => "Mehr Zuschauer kann der Server nicht versorgen.",
    "offers-waiting": () => "Gerade verbinden sich sehr viele.",
    "offers-often": () => "Diese Seite hat sich zu oft verbunden und muss kurz warten.",
    "pages-full": () => "Mit diesem Link sind zu viele Seiten offen. Schließen Sie, was Sie nicht brauchen.",
    "booth-full": ({ booth, seats }) =>
      `In ${booth} sind alle ${seats} Plätze besetzt. Übernehmen Sie einen davon, oder schließen Sie seine Seite.`,
    "commands-often": () => "Über diesen Link kamen zu viele Kommandos. Warten Sie einige Sekunden.",
    "previews-often": () =>
      "Der Server berechnet gerade andere Vorschauen. Versuchen Sie es gleich noch einmal.",
    "choices-often": () => "Das waren zu viele Wechsel auf einmal. Warten Sie einen Moment.",
    "message-gone": () => "Diese Nachricht wurde inzwischen ersetzt oder entfernt.",
    "not-to-you": () => "Diese Nachricht ging an jemand anderen.",
    "other-flag": () => "Ein Ruf lässt sich nur dort setzen, wo er herkommt. Die Regie kann ihn löschen.",
    "cue-to-all": () => "Ein Zeichen aus der Kabine geht an eine Stelle, nicht an alle.",
    "link-damaged": () =>
      "Dieser Link oder Code gehört nicht zu dieser Veranstaltung, oder er enthält einen Fehler. Vergleichen Sie ihn Zeichen für Zeichen mit Ihrer Nachricht.",
    "link-version": () =>
      "Dieser Link stammt von einer älteren Version von Schalte. Bitten Sie die Veranstalter um einen neuen.",
    "link-expired": () => "Dieser Link ist abgelaufen. Bitten Sie die Veranstalter um einen neuen.",
    "link-revoked": () => "Dieser Link wurde widerrufen. Bitten Sie die Veranstalter um einen neuen.",
    "link-place-gone": ({ id }) =>
      `„${id}“ nimmt an dieser Veranstaltung nicht mehr teil. Bitten Sie die Veranstalter um einen neuen Link.`,
    "link-metrics": () => "Dieser Schlüssel ist für die Messwerte des Servers und öffnet keine Seite.",
    "link-no-metrics": () => "Dieser Link öffnet die Messwerte des Servers nicht.",
    "links-busy": () =>
      "Ein anderes Programm ändert gerade die Links. Nichts wurde geändert. Versuchen Sie es gleich noch einmal.",
    "links-fail": ({ fault }) =>
      `Der Server kann die Links nicht ändern, vielleicht ist die Platte voll. Nichts wurde geändert. Sagen Sie der Technik Bescheid: ${fault}`,
    "links-full": ({ most }) => `Es gibt ${most} gültige Links. Widerrufen Sie einige, die niemand braucht.`,
    "guesses-often": () =>
      "Aus Ihrem Netz kamen zu viele falsche Links oder Codes; es muss einige Sekunden warten.",
    "thrown-out": () =>
      "Sie kommt nicht von selbst zurück. Ihr Link gilt weiter: Fragen Sie die Veranstalter, bevor Sie ihn wieder öffnen.",
    role: () => "Ihr Link erlaubt das nicht. Fragen Sie die Regie.",
    "read-only": () => "Mit Ihrem Link können Sie nur zusehen.",
    "other-booth": () => "Ihr Link gehört zu einer anderen Kabine.",
    "messages-often": () =>
      "Diese Seite hat zu viel auf einmal gesendet und wurde für einige Sekunden getrennt.",
    "commands-waiting": () => "Der Server hat gerade zu viel zu tun. Versuchen Sie es gleich noch einmal.",
    "id-used": () =>
      "Das kam zweimal an. Sehen Sie nach, ob es geschehen ist, und drücken Sie dann noch einmal.",
    "log-fails": ({ fault }) =>
      `Der Server kann sein Protokoll nicht schreiben, vielleicht ist die Platte voll. Sagen Sie der Technik Bescheid: ${fault}`,
    stops: () => "Der Server wird gerade beendet.",
    "stops-unsure": () => "Der Server wird gerade beendet. Ob es noch geschehen ist, zeigt sich danach.",
  },
  codes: {
    stale: "Inzwischen ging es weiter. Erst nachsehen, dann noch einmal drücken.",
    invalid: "Das geht jetzt nicht.",
    unauthorized: "Dieser Link ist ungültig. Bitten Sie die Veranstalter um einen neuen.",
    forbidden: "Ihr Link erlaubt das nicht.",
    "too-many": "Das war zu oft. Warten Sie einen Moment.",
    busy: "Der Server hat gerade zu viel zu tun. Versuchen Sie es gleich noch einmal.",
    offer:
      "Der Server kann Bild und Ton dieses Browsers nicht verbinden. Nehmen Sie einen anderen, etwa Chrome oder Firefox.",
    waiting: "Eine andere Seite speist diesen Ort ein.",
    failed: "Der Server hat eine Störung. Sagen Sie der Technik Bescheid.",
  },
};

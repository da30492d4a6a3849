/** Was am Ton eines Mikrofons nicht stimmt, und was zu tun ist. */

import type { sound as en } from "./en";

export const sound: typeof en = {
  range: "Momentane Lautheit (EBU R128). Sprache soll zwischen den beiden Strichen liegen: -30 bis -16 LUFS.",
  hall: {
    "too-low": {
      what: "Der Ton aus dem Saal ist zu leise: Andere verstehen ihn kaum.",
      remedy:
        "Heben Sie den Pegel am Mischpult an, bis Sprache zwischen den beiden Strichen der Anzeige liegt.",
    },
    clipping: {
      what: "Der Ton aus dem Saal ist zu laut und übersteuert.",
      remedy:
        "Senken Sie den Ausgang des Mischpults zu diesem Rechner oder den Eingangspegel der Soundkarte.",
    },
    hum: {
      what: "Der Ton aus dem Saal brummt: In den Pausen ist Netzbrummen zu hören.",
      remedy:
        "Schalten Sie eine DI-Box mit Ground-Lift zwischen Mischpult und Rechner, und schließen Sie beide an dieselbe Steckdosenleiste an.",
    },
    "no-sound": {
      what: "Das Mikrofon des Saals ist offen, aber es kommt kein Ton.",
      remedy:
        "Prüfen Sie Stummschaltung und Fader am Mischpult, das Kabel und welches Mikrofon hier gewählt ist.",
    },
  },
  person: {
    "too-low": {
      what: "Sie sind zu leise: Man versteht Sie kaum.",
      remedy:
        "Gehen Sie näher ans Mikrofon, oder heben Sie seinen Pegel in den Toneinstellungen des Systems an.",
    },
    clipping: {
      what: "Sie sind zu laut, Ihr Ton ist übersteuert.",
      remedy:
        "Gehen Sie weiter weg vom Mikrofon, oder senken Sie seinen Pegel in den Toneinstellungen des Systems.",
    },
    hum: {
      what: "Ihr Mikrofon brummt.",
      remedy:
        "Versuchen Sie es ohne Netzteil am Laptop, halten Sie das Mikrofonkabel von Stromkabeln fern, oder nehmen Sie ein anderes Mikrofon.",
    },
    "no-sound": {
      what: "Ihr Mikrofon ist offen, aber es kommt kein Ton.",
      remedy: "Prüfen Sie die Stummtaste an Mikrofon oder Headset und welches Mikrofon hier gewählt ist.",
    },
  },
  there: {
    "too-low": {
      what: "zu leise",
      remedy: "Bitten Sie um mehr Pegel am Mischpult oder darum, näher ans Mikrofon zu gehen.",
    },
    clipping: {
      what: "übersteuert",
      remedy: "Bitten Sie darum, den Pegel am Mischpult oder am Mikrofon zu senken.",
    },
    hum: {
      what: "Netzbrummen",
      remedy: "Lassen Sie Kabel und Strom prüfen: eine DI-Box mit Ground-Lift oder eine andere Steckdose.",
    },
    "no-sound": {
      what: "kein Ton",
      remedy: "Lassen Sie Stummschaltung, Fader, Kabel und die Wahl des Mikrofons prüfen.",
    },
  },
  lipSync: {
    title: "Lippensynchronität",
    label: "Verzögerung des Tons",
    delay: (ms) => `${ms} ms`,
    test: "Klatschtest",
    idle: "Wenn sich die Lippen später bewegen, als die Stimme zu hören ist: Lassen Sie jemanden vor Kamera und Mikrofon treten, und drücken Sie Klatschtest.",
    clapNow: "Jetzt einmal klatschen …",
    waits: "Klatschen Sie einmal vor der Kamera, nahe am Mikrofon.",
    nothing:
      "In 5 s war kein Klatschen zu hören. Klatschen Sie näher am Mikrofon, oder heben Sie den Pegel an, und versuchen Sie es noch einmal.",
    choose: "Wählen Sie das Bild, in dem sich die Hände treffen.",
    picture: (ms) => `Bild ${ms} ms nach dem Ton des Klatschens`,
    set: (ms) => `Der Ton wird jetzt um ${ms} ms verzögert.`,
    late: "Das Bild kommt nicht später als der Ton; der Ton wird ohne Verzögerung gesendet.",
    needsBoth: "Wählen Sie zuerst Kamera und Mikrofon.",
  },
  echo: {
    hall: (talker) => ({
      what: `${talker} hört sich selbst: Der Ton aus den Lautsprechern dieses Saals geht über das Mikrofon des Saals zurück.`,
      remedy:
        "Nehmen Sie den Ton dieses Rechners aus dem Signal, das das Mischpult an ihn zurückgibt (Mix-Minus), oder stellen Sie die Lautsprecher beim Mikrofon leiser.",
    }),
    person: (talker) => ({
      what: `${talker} hört sich selbst über Ihr Mikrofon.`,
      remedy: "Benutzen Sie Kopfhörer, oder stellen Sie Ihren Lautsprecher leiser.",
    }),
    there: (talker, place) => ({
      what: `${talker} hört sich selbst: Der Ton kommt über das Mikrofon von ${place} zurück.`,
      remedy: `Bitten Sie ${place} um Mix-Minus am Mischpult, um leisere Lautsprecher oder Kopfhörer. Schließen Sie bis dahin das Mikrofon von ${place}, während andere sprechen.`,
    }),
  },
};

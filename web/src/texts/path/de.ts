/** Der Netzweg von Bild und Ton: was gesperrt ist, was stattdessen dient, worum zu bitten ist. */

import type { Ports, RelayTransport } from "../../media/path/linecheck";
import type { path as english } from "./en";

const either = ({ udp, tcp }: Ports): string => (tcp ? `UDP ${udp} oder TCP ${tcp}` : `UDP ${udp}`);
const over = (relay: RelayTransport): string =>
  relay === null ? "TURN" : `TURN über ${relay.toUpperCase()}`;

export const path: typeof english = {
  label: "Netzweg",
  names: { udp: "UDP", tcp: "TCP", relay: "Relais", blocked: "Gesperrt" },
  good: "Nichts ist gesperrt",
  connecting: "Verbindet",
  trying: "Wird geprüft …",
  again: "Noch einmal prüfen",
  here: {
    tcp: "UDP ist hier gesperrt; Bild und Ton laufen über TCP, was auf schlechten Leitungen stockt.",
    relay: ({ tcp }, relay) =>
      `${tcp ? "UDP und TCP zum Server sind" : "UDP zum Server ist"} hier gesperrt; Bild und Ton laufen über ein Relais (${over(relay)}), was die Verzögerung erhöht.`,
    blocked: "Bild und Ton kommen von hier nicht durch, obwohl diese Seite den Server erreicht.",
    family: (family) =>
      `Bild und Ton kommen nicht durch: Der Server bietet sie nur über IPv${family} an, und dieses Netz hat kein IPv${family}.`,
  },
  ahead: {
    tcp: "UDP ist hier gesperrt; Bild und Ton werden über TCP laufen, was auf schlechten Leitungen stockt.",
    relay: ({ tcp }, relay) =>
      `${tcp ? "UDP und TCP zum Server sind" : "UDP zum Server ist"} hier gesperrt; Bild und Ton werden über ein Relais laufen (${over(relay)}), was die Verzögerung erhöht.`,
  },
  there: {
    tcp: "UDP ist dort gesperrt; Bild und Ton laufen über TCP, was auf schlechten Leitungen stockt.",
    relay: "Bild und Ton laufen über ein Relais (TURN), was die Verzögerung erhöht.",
    blocked: "Bild und Ton sind dort gesperrt; nur die Seite selbst kommt durch.",
  },
  remedies: {
    udp: ({ hosts, udp }) => `Bitten Sie die Netzverwaltung, UDP ${udp} zu ${hosts} freizugeben.`,
    direct: (ports) =>
      `Bitten Sie die Netzverwaltung, UDP ${ports.udp} zu ${ports.hosts} freizugeben${ports.tcp ? `, oder zumindest TCP ${ports.tcp}` : ""}.`,
    any: (ports) =>
      `Bitten Sie die Netzverwaltung, ${either(ports)} zu ${ports.hosts} freizugeben, oder nehmen Sie ein anderes Netz, etwa den Hotspot eines Telefons.`,
    family: (family) =>
      `Nehmen Sie ein Netz mit IPv${family}, oder bitten Sie um eine Medienadresse des Servers für IPv${family === 4 ? 6 : 4}.`,
  },
  goesOn: "Diese Seite versucht es weiter.",
};

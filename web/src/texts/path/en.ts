/** The network path of picture and sound: what is blocked, what is used instead, and what to ask for. */

import type { PagePath, Ports, RelayTransport } from "../../media/path/linecheck";

/** Or: of UDP and TCP ports. */
const either = ({ udp, tcp }: Ports): string => (tcp ? `UDP ${udp} or TCP ${tcp}` : `UDP ${udp}`);
const over = (relay: RelayTransport): string =>
  relay === null ? "TURN" : `TURN over ${relay.toUpperCase()}`;

export const path = {
  label: "Network path",
  names: { udp: "UDP", tcp: "TCP", relay: "Relay", blocked: "Blocked" } satisfies Record<PagePath, string>,
  good: "Nothing is blocked",
  connecting: "Connecting",
  /** Before joining. */
  trying: "Checking …",
  again: "Check again",
  /** On the page itself. */
  here: {
    tcp: "UDP is blocked here; picture and sound go over TCP, which stutters on bad lines.",
    relay: ({ tcp }: Ports, relay: RelayTransport) =>
      `${tcp ? "UDP and TCP to the server are" : "UDP to the server is"} blocked here; picture and sound go through a relay (${over(relay)}), which adds delay.`,
    blocked: "Picture and sound do not get through from here, although this page reaches the server.",
    family: (family: 4 | 6) =>
      `Picture and sound do not get through: the server offers them over IPv${family} only, and this network has no IPv${family}.`,
  },
  /** On the page before it joins, in place of those of `here`. */
  ahead: {
    tcp: "UDP is blocked here; picture and sound will go over TCP, which stutters on bad lines.",
    relay: ({ tcp }: Ports, relay: RelayTransport) =>
      `${tcp ? "UDP and TCP to the server are" : "UDP to the server is"} blocked here; picture and sound will go through a relay (${over(relay)}), which adds delay.`,
  },
  /** At the desk, after the name of a place. */
  there: {
    tcp: "UDP is blocked there; picture and sound go over TCP, which stutters on bad lines.",
    relay: "Picture and sound go through a relay (TURN), which adds delay.",
    blocked: "Picture and sound are blocked there; only the page itself gets through.",
  } satisfies Record<Exclude<PagePath, "udp">, string>,
  remedies: {
    udp: ({ hosts, udp }: Ports) => `Ask the network’s administrators to open UDP ${udp} to ${hosts}.`,
    direct: (ports: Ports) =>
      `Ask the network’s administrators to open UDP ${ports.udp} to ${ports.hosts}${ports.tcp ? `, or at least TCP ${ports.tcp}` : ""}.`,
    any: (ports: Ports) =>
      `Ask the network’s administrators to open ${either(ports)} to ${ports.hosts}, or use another network, such as a phone’s hotspot.`,
    family: (family: 4 | 6) =>
      `Use a network with IPv${family}, or ask for a media address of the server for IPv${family === 4 ? 6 : 4}.`,
  },
  goesOn: "This page keeps trying.",
};

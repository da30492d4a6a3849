/**
 * The network path of this page's picture and sound, and what is blocked. Pure.
 *
 * The answer says where the server can be reached; getStats says which candidate pairs the browser has tried, which of
 * them were answered, and which one is in use.
 */

import type { Condition } from "../../wire";

export type PagePath = NonNullable<Condition["path"]>;
export type Transport = "udp" | "tcp";
/** How the page reaches its TURN server; null where the browser does not say. */
export type RelayTransport = Transport | "tls" | null;

/** A candidate of the server's answer. */
export interface Offered {
  transport: Transport;
  address: string;
  port: number;
}

/** A candidate pair, as the browser has tried it. */
export interface Tried {
  transport: Transport;
  /** `none`: it leads to the server directly. */
  relay: RelayTransport | "none";
  /** The server has answered a check on it, and not ceased to. */
  answered: boolean;
  /** It carries picture and sound. */
  selected: boolean;
}

/** What to ask the network's administrators for: hosts and ports of the server, each for people. */
export interface Ports {
  hosts: string;
  udp: string;
  /** Empty: the server offers none. */
  tcp: string;
}

export type LineCheck =
  /** Not connected yet, or for too short a time to judge. */
  | { kind: "unknown"; path: PagePath | null }
  | { kind: "good"; path: PagePath }
  /** UDP is blocked. */
  | { kind: "tcp"; path: "tcp"; ports: Ports }
  /** Nothing that leads to the server directly is answered. */
  | { kind: "relay"; path: "relay"; over: RelayTransport; ports: Ports }
  /** Nothing gets through. */
  | { kind: "blocked"; path: "blocked"; ports: Ports }
  /** Nothing gets through, as the server offers addresses of this family of IP alone, and the network lacks it. */
  | { kind: "family"; path: "blocked"; family: 4 | 6 };

export const UNKNOWN: LineCheck = { kind: "unknown", path: null };

/** Browsers check a candidate at once and several times a second; by then one that works has answered on any path. */
export const JUDGED_AFTER_S = 4;
/** Longer than one offer has to connect (`CONNECT_TIMEOUT_MS`): one lost message is not a blocked network. */
export const BLOCKED_AFTER_S = 12;

/**
 * `tried` are the pairs of the present connection, or of the last one that had any. `seconds` have passed since the
 * answer, or while not connected since the first one that was to no avail.
 */
export function checkLine(
  offered: readonly Offered[],
  tried: readonly Tried[],
  connected: boolean,
  seconds: number,
): LineCheck {
  const ports = portsOf(offered);
  const used = tried.find((pair) => pair.selected);
  if (connected && used) {
    const path = used.relay === "none" ? used.transport : "relay";
    if (path === "udp") return { kind: "good", path };
    if (seconds < JUDGED_AFTER_S) return { kind: "unknown", path };
    const works = (transport: Transport) =>
      tried.some((pair) => pair.relay === "none" && pair.transport === transport && pair.answered);
    // A better path works: the browser has its reasons, or is about to change to it.
    if (works("udp") || (path === "relay" && works("tcp"))) return { kind: "good", path };
    if (path === "tcp") return { kind: "tcp", path, ports };
    return { kind: "relay", path, over: used.relay === "none" ? null : used.relay, ports };
  }
  // With an answered pair it is not the network that blocks.
  if (connected || seconds < BLOCKED_AFTER_S || tried.some((pair) => pair.answered)) return UNKNOWN;
  const families = new Set(offered.map(familyOf));
  const [family] = families;
  if (tried.length === 0 && family !== undefined && families.size === 1)
    return { kind: "family", path: "blocked", family };
  return { kind: "blocked", path: "blocked", ports };
}

/** The candidates of an answer, each once. */
export function offeredBy(sdp: string): Offered[] {
  const found = new Map<string, Offered>();
  for (const [, transport = "", address = "", port = ""] of sdp.matchAll(
    /^a=candidate:\S+ 1 (udp|tcp) \d+ (\S+) (\d+) typ /gim,
  ))
    found.set(`${transport} ${address} ${port}`, {
      transport: transport.toLowerCase() as Transport,
      address,
      port: Number(port),
    });
  return [...found.values()];
}

export function portsOf(offered: readonly Offered[]): Ports {
  const listed = (of: (candidate: Offered) => string | number, transport?: Transport) =>
    [...new Set(offered.filter((each) => !transport || each.transport === transport).map(of))].join(" / ");
  const port = ({ port }: Offered) => port;
  return { hosts: listed(({ address }) => address), udp: listed(port, "udp"), tcp: listed(port, "tcp") };
}

function familyOf({ address }: Offered): 4 | 6 {
  return address.includes(":") ? 6 : 4;
}

/** An entry of getStats, with the fields that are read here. */
export interface StatsEntry {
  id: string;
  type: string;
  [field: string]: unknown;
}

/** The candidate pairs of a connection. Chromium and Safari name the selected pair in `transport`, Firefox marks it. */
export function triedPairs(entries: Iterable<StatsEntry>): Tried[] {
  const all = new Map([...entries].map((entry) => [entry.id, entry]));
  const selected = new Set(
    [...all.values()].flatMap((entry) =>
      entry.type === "transport" ? ((entry.selectedCandidatePairId as string | undefined) ?? []) : [],
    ),
  );
  const pairs = [...all.values()].filter(({ type }) => type === "candidate-pair");
  return pairs.map((pair) => {
    const local = all.get(String(pair.localCandidateId));
    const remote = all.get(String(pair.remoteCandidateId));
    const isRelay = local?.candidateType === "relay" || local?.candidateType === "relayed";
    const relay = local?.relayProtocol;
    return {
      transport: (local?.protocol ?? remote?.protocol) === "tcp" ? "tcp" : "udp",
      relay: isRelay ? (relay === "udp" || relay === "tcp" || relay === "tls" ? relay : null) : "none",
      // Chromium keeps the counts of a pair that works no more.
      answered:
        pair.state !== "failed" &&
        pair.writable !== false &&
        (Number(pair.responsesReceived ?? 0) > 0 || pair.state === "succeeded"),
      selected: selected.size > 0 ? selected.has(pair.id) : pair.selected === true,
    };
  });
}

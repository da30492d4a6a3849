/** Figures of a line as it is measured before joining, and what it is good for. Pure. */

import type { PagePath, StatsEntry } from "./linecheck";

/** Null: not measured, as not every browser has every figure. */
export interface LineFigures {
  /** The round trip in milliseconds, in the best second. */
  rtt_ms: number | null;
  /** The fraction of packets lost, 0 to 1, of the worse direction. What a full line loses is not its own loss. */
  loss: number | null;
  /** What the line carries to the server, by the browser's estimate. */
  up_kbps: number | null;
  /** What the line carries from the server, by padding: `MAX_DOWN_KBPS` or more, or less. */
  down_kbps: number | null;
  transport: PagePath | null;
}

/** What is counted in one reading of getStats, all streams together. */
export interface LineCounts {
  sent: number;
  lostUp: number | null;
  received: number;
  lostDown: number;
  /** All that has arrived on the selected pair; null: the browser does not count it. */
  arrivedBytes: number | null;
  /** Round trips of the checks on the selected pair, in seconds, and how many. */
  trips_s: number;
  trips: number;
  up_bps: number | null;
}

export function lineCounts(entries: readonly StatsEntry[]): LineCounts {
  const of = (type: string) => entries.filter((entry) => entry.type === type);
  const sum = (list: readonly StatsEntry[], field: string) =>
    list.reduce((total, entry) => total + Math.max(0, Number(entry[field] ?? 0)), 0);
  const selected = of("transport").map((entry) => entry.selectedCandidatePairId);
  const pair = of("candidate-pair").find(
    ({ id, selected: marked }) => marked === true || selected.includes(id),
  );
  const reports = of("remote-inbound-rtp");
  const upBps = Number(pair?.availableOutgoingBitrate ?? 0);
  return {
    // Retransmissions are on a stream of their own, of which the server reports no loss.
    sent: sum(of("outbound-rtp"), "packetsSent") - sum(of("outbound-rtp"), "retransmittedPacketsSent"),
    lostUp: reports.length > 0 ? sum(reports, "packetsLost") : null,
    received: sum(of("inbound-rtp"), "packetsReceived"),
    lostDown: sum(of("inbound-rtp"), "packetsLost"),
    arrivedBytes: pair?.bytesReceived === undefined ? null : Number(pair.bytesReceived),
    trips_s: Number(pair?.totalRoundTripTime ?? 0),
    trips: Number(pair?.responsesReceived ?? 0),
    up_bps: upBps > 0 ? upBps : null,
  };
}

/** A loss of fewer packets than that says nothing of the line. */
const MIN_PACKETS = 50;

/** The best of what was read in the seconds of a measurement. Null: nothing yet. */
export interface BestSecond {
  rtt_ms: number | null;
  down_kbps: number | null;
}

/**
 * The round trip and what has arrived between two readings, `seconds` apart. Where the padding fills the line, the round
 * trip is longer than the line's own.
 */
export function secondBetween(before: LineCounts, now: LineCounts, seconds: number): BestSecond {
  const trips = now.trips - before.trips;
  const trip_s = trips > 0 ? (now.trips_s - before.trips_s) / trips : 0;
  const bytes =
    before.arrivedBytes === null || now.arrivedBytes === null ? null : now.arrivedBytes - before.arrivedBytes;
  return {
    rtt_ms: trip_s > 0 ? trip_s * 1_000 : null,
    down_kbps: bytes === null ? null : (bytes * 8) / 1_000 / seconds,
  };
}

/** The shorter round trip, and the more that has arrived: a line that was full has carried no more. */
export function bestOf(one: BestSecond, other: BestSecond): BestSecond {
  return {
    rtt_ms: bestKnown(one.rtt_ms, other.rtt_ms, Math.min),
    down_kbps: bestKnown(one.down_kbps, other.down_kbps, Math.max),
  };
}

const bestKnown = (one: number | null, other: number | null, of: typeof Math.min) =>
  one === null ? other : other === null ? one : of(one, other);

/** The figures of the time between two readings; `best`: of its seconds. */
export function figuresBetween(
  before: LineCounts,
  now: LineCounts,
  { rtt_ms, down_kbps }: BestSecond,
  transport: PagePath | null,
): LineFigures {
  const share = (lost: number, all: number) =>
    all >= MIN_PACKETS ? Math.min(1, Math.max(0, lost) / all) : null;
  const lostDown = now.lostDown - before.lostDown;
  const wasFull = down_kbps !== null && down_kbps < LINE_LIMITS.down.full;
  const losses = [
    now.lostUp === null ? null : share(now.lostUp - (before.lostUp ?? 0), now.sent - before.sent),
    wasFull ? null : share(lostDown, now.received - before.received + lostDown),
  ].filter((loss) => loss !== null);
  // All checks since the connection began, where none was answered in between.
  const trip_ms = now.trips > 0 ? (now.trips_s / now.trips) * 1_000 : 0;
  return {
    rtt_ms: rtt_ms ?? (trip_ms > 0 ? trip_ms : null),
    loss: losses.length > 0 ? Math.max(...losses) : null,
    up_kbps: now.up_bps === null ? null : now.up_bps / 1_000,
    down_kbps,
    transport,
  };
}

/** What a line is good for: 720p, a small picture, or not even that; `unmeasured`: the browser does not say. */
export type LineVerdict = "720p" | "small" | "poor" | "unmeasured";
/** The figure that decides. */
export type LineLimit = "up" | "down" | "loss" | "trip";

/**
 * The limits. Up: the three layers of a camera take 3.3 Mbit/s at most, and show 720p from 1.5 Mbit/s for the largest; the
 * smaller two share 0.8, and one of them is enough for a small picture. Down: the large layer of the programme, or the
 * smallest with the sound of six microphones. With the headers of UDP and IP, 2.3 Mbit/s of padding take 2.5. Loss and round trip as in `show/quality`: retransmission hides 2 %, at 10 % speech breaks up; from
 * 300 ms people talk over each other, at 800 ms they cannot converse.
 */
export const LINE_LIMITS: Readonly<Record<LineLimit, { full: number; small: number }>> = {
  up: { full: 2_300, small: 500 },
  down: { full: 2_300, small: 500 },
  loss: { full: 0.02, small: 0.1 },
  trip: { full: 300, small: 800 },
};

/** The verdict, and the figure that keeps the line from a better one. */
export function judgeLine({ rtt_ms, loss, up_kbps, down_kbps }: LineFigures): {
  verdict: LineVerdict;
  limit: LineLimit | null;
} {
  const steps: readonly LineVerdict[] = ["720p", "small", "poor"];
  const step = (limit: LineLimit, value: number | null): number => {
    if (value === null) return 0;
    const { full, small } = LINE_LIMITS[limit];
    const sign = limit === "up" || limit === "down" ? -1 : 1;
    return sign * value <= sign * full ? 0 : sign * value <= sign * small ? 1 : 2;
  };
  const found = (
    [
      ["up", step("up", up_kbps)],
      ["down", step("down", down_kbps)],
      ["loss", step("loss", loss)],
      ["trip", step("trip", rtt_ms)],
    ] as const
  ).reduce((worst, each) => (each[1] > worst[1] ? each : worst));
  if (found[1] > 0) return { verdict: steps[found[1]] ?? "poor", limit: found[0] };
  return { verdict: up_kbps === null ? "unmeasured" : "720p", limit: null };
}

/** The server pads up to 3.2 Mbit/s: where so much arrives, the line may carry more. */
export const MAX_DOWN_KBPS = 3_000;

/** The sender's estimate begins at 300 kb/s, and has found the rate of a camera within 3 s on most lines. */
export const MEASURE_S = 5;
/** Over a long round trip it takes longer: 1.9 Mbit/s after 5 s at 60 ms, on a line of 10 Mbit/s. */
export const MAX_MEASURE_S = 10;

/** Whether the figures of so many seconds are final. */
export function isMeasured(figures: LineFigures, seconds: number): boolean {
  const { limit } = judgeLine(figures);
  return seconds >= (limit === "up" || limit === "down" ? MAX_MEASURE_S : MEASURE_S);
}

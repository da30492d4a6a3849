import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatsEntry } from "../src/media/path/linecheck";
import {
  figuresBetween,
  isMeasured,
  judgeLine,
  LINE_LIMITS,
  type LineFigures,
  lineCounts,
  MAX_MEASURE_S,
  MEASURE_S,
} from "../src/media/path/linefigures";

/** A reading of a Chromium that sends a test picture in two layers. */
function reading(
  counts: { sent?: number; lostUp?: number; received?: number; lostDown?: number; bytes?: number },
  pair: Record<string, unknown> = {},
): StatsEntry[] {
  const { sent = 0, lostUp, received = 0, lostDown = 0, bytes = 0 } = counts;
  return [
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "other", type: "candidate-pair", totalRoundTripTime: 9, responsesReceived: 1 },
    { id: "P", type: "candidate-pair", ...pair },
    { id: "O1", type: "outbound-rtp", packetsSent: sent / 2 + 7, retransmittedPacketsSent: 7 },
    { id: "O2", type: "outbound-rtp", packetsSent: sent / 2 },
    ...(lostUp === undefined ? [] : [{ id: "R", type: "remote-inbound-rtp", packetsLost: lostUp }]),
    { id: "I", type: "inbound-rtp", packetsReceived: received, packetsLost: lostDown, bytesReceived: bytes },
  ];
}

const between = (before: StatsEntry[], now: StatsEntry[]): LineFigures =>
  figuresBetween(lineCounts(before), lineCounts(now), 5, "udp");

test("figures are those of the time between two readings", () => {
  const before = reading(
    { sent: 100, lostUp: 50, received: 100, lostDown: 40, bytes: 1_000 },
    { totalRoundTripTime: 5, responsesReceived: 10 },
  );
  const now = reading(
    { sent: 1_100, lostUp: 60, received: 200, lostDown: 42, bytes: 126_000 },
    { totalRoundTripTime: 5.2, responsesReceived: 14, availableOutgoingBitrate: 3_300_000 },
  );
  const { rtt_ms, loss, ...rest } = between(before, now);
  assert.ok(Math.abs((rtt_ms ?? 0) - 50) < 1e-6);
  assert.ok(Math.abs((loss ?? 0) - 2 / 102) < 1e-9, "of the worse direction");
  assert.deepEqual(rest, { up_kbps: 3_300, down_kbps: 200, transport: "udp" });
});

test("what a browser does not say is no figure, and a few packets are no loss", () => {
  const nothing = { rtt_ms: null, loss: null, up_kbps: null, down_kbps: null, transport: "udp" };
  assert.deepEqual(between(reading({}), reading({})), nothing);
  assert.equal(between(reading({}), reading({ received: 9, lostDown: 9, bytes: 1 })).loss, null);
  // Without a report of the server nothing is known of the way there.
  assert.equal(between(reading({}), reading({ sent: 500 })).loss, null);
  assert.equal(between(reading({}), reading({ sent: 500, lostUp: 0 })).loss, 0);
  // Packets that come twice are counted as less than none lost.
  assert.equal(between(reading({}), reading({ received: 500, lostDown: -3, bytes: 1 })).loss, 0);
});

test("the worst figure decides what a line is good for, and is named", () => {
  const good: LineFigures = { rtt_ms: 20, loss: 0, up_kbps: 3_000, down_kbps: 100, transport: "udp" };
  const judged = (part: Partial<LineFigures>) => {
    const { verdict, limit } = judgeLine({ ...good, ...part });
    return [verdict, limit];
  };
  assert.deepEqual(judged({}), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.full }), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.full - 1 }), ["small", "up"]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.small - 1, loss: 0.05 }), ["poor", "up"]);
  assert.deepEqual(judged({ loss: LINE_LIMITS.loss.full }), ["720p", null]);
  assert.deepEqual(judged({ loss: 0.05, rtt_ms: 900 }), ["poor", "trip"]);
  assert.deepEqual(judged({ loss: 0.05 }), ["small", "loss"]);
  assert.deepEqual(judged({ loss: null, rtt_ms: null }), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: null }), ["unmeasured", null]);
  assert.deepEqual(judged({ up_kbps: null, loss: 0.2 }), ["poor", "loss"]);
});

test("a line that seems narrow is measured for longer: the estimate may still rise", () => {
  const figures: LineFigures = { rtt_ms: 60, loss: 0, up_kbps: 2_500, down_kbps: 100, transport: "udp" };
  assert.deepEqual(
    [MEASURE_S - 1, MEASURE_S].map((seconds) => isMeasured(figures, seconds)),
    [false, true],
  );
  const narrow = { ...figures, up_kbps: 1_900 };
  assert.deepEqual(
    [MEASURE_S, MAX_MEASURE_S - 1, MAX_MEASURE_S].map((seconds) => isMeasured(narrow, seconds)),
    [false, false, true],
  );
  assert.ok(isMeasured({ ...figures, up_kbps: null }, MEASURE_S));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { StatsEntry } from "../src/media/path/linecheck";
import {
  bestOf,
  figuresBetween,
  isMeasured,
  judgeLine,
  LINE_LIMITS,
  type LineFigures,
  lineCounts,
  MAX_MEASURE_S,
  MEASURE_S,
  secondBetween,
} from "../src/media/path/linefigures";

/** A reading of a Chromium that sends a test picture in two layers. */
function reading(
  counts: { sent?: number; lostUp?: number; received?: number; lostDown?: number },
  pair: Record<string, unknown> = {},
): StatsEntry[] {
  const { sent = 0, lostUp, received = 0, lostDown = 0 } = counts;
  return [
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "other", type: "candidate-pair", totalRoundTripTime: 9, responsesReceived: 1, bytesReceived: 9e9 },
    { id: "P", type: "candidate-pair", ...pair },
    { id: "O1", type: "outbound-rtp", packetsSent: sent / 2 + 7, retransmittedPacketsSent: 7 },
    { id: "O2", type: "outbound-rtp", packetsSent: sent / 2 },
    ...(lostUp === undefined ? [] : [{ id: "R", type: "remote-inbound-rtp", packetsLost: lostUp }]),
    { id: "I", type: "inbound-rtp", packetsReceived: received, packetsLost: lostDown },
  ];
}

const between = (before: StatsEntry[], now: StatsEntry[], down: number | null = null): LineFigures =>
  figuresBetween(
    lineCounts(before),
    lineCounts(now),
    { ...secondBetween(lineCounts(before), lineCounts(now), 5), down_kbps: down },
    "udp",
  );

test("figures are those of the time between two readings", () => {
  const before = reading(
    { sent: 100, lostUp: 50, received: 100, lostDown: 40 },
    { totalRoundTripTime: 5, responsesReceived: 10 },
  );
  const now = reading(
    { sent: 1_100, lostUp: 60, received: 200, lostDown: 42 },
    { totalRoundTripTime: 5.2, responsesReceived: 14, availableOutgoingBitrate: 3_300_000 },
  );
  const { rtt_ms, loss, ...rest } = between(before, now, 2_900);
  assert.ok(Math.abs((rtt_ms ?? 0) - 50) < 1e-6);
  assert.ok(Math.abs((loss ?? 0) - 2 / 102) < 1e-9, "of the worse direction");
  assert.deepEqual(rest, { up_kbps: 3_300, down_kbps: 2_900, transport: "udp" });
});

test("what arrives is counted on the selected pair, padding and all, and the best second counts", () => {
  const readings = [
    { bytesReceived: 1_000, totalRoundTripTime: 1, responsesReceived: 5 },
    { bytesReceived: 251_000, totalRoundTripTime: 1.5, responsesReceived: 6 },
    { bytesReceived: 351_000, totalRoundTripTime: 1.6, responsesReceived: 8 },
    { bytesReceived: 351_000, totalRoundTripTime: 1.6, responsesReceived: 8 },
  ].map((pair) => lineCounts(reading({}, pair)));
  const seconds = readings.slice(1).map((now, n) => {
    const before = readings[n];
    assert.ok(before);
    return secondBetween(before, now, 2);
  });
  assert.deepEqual(
    seconds.map(({ down_kbps }) => down_kbps),
    [1_000, 400, 0],
  );
  const best = seconds.reduce(bestOf);
  assert.deepEqual(
    [best.down_kbps, Math.round(best.rtt_ms ?? 0)],
    [1_000, 50],
    "the line was full, or it was not",
  );
  const [uncounted, counted] = [lineCounts(reading({})), readings[0]];
  assert.ok(uncounted && counted);
  assert.equal(secondBetween(uncounted, counted, 1).down_kbps, null, "it is not counted here");
});

test("what a full line loses is no loss of its own", () => {
  const now = reading({ sent: 1_000, lostUp: 10, received: 500, lostDown: 500 });
  assert.equal(between(reading({ lostUp: 0 }), now, LINE_LIMITS.down.full).loss, 0.5);
  assert.equal(between(reading({ lostUp: 0 }), now, LINE_LIMITS.down.full - 1).loss, 0.01);
});

test("what a browser does not say is no figure, and a few packets are no loss", () => {
  const nothing = { rtt_ms: null, loss: null, up_kbps: null, down_kbps: null, transport: "udp" };
  assert.deepEqual(between(reading({}), reading({})), nothing);
  assert.equal(between(reading({}), reading({ received: 9, lostDown: 9 })).loss, null);
  // Without a report of the server nothing is known of the way there.
  assert.equal(between(reading({}), reading({ sent: 500 })).loss, null);
  assert.equal(between(reading({}), reading({ sent: 500, lostUp: 0 })).loss, 0);
  // Packets that come twice are counted as less than none lost.
  assert.equal(between(reading({}), reading({ received: 500, lostDown: -3 })).loss, 0);
});

test("the worst figure decides what a line is good for, and is named", () => {
  const good: LineFigures = { rtt_ms: 20, loss: 0, up_kbps: 3_000, down_kbps: 3_100, transport: "udp" };
  const judged = (part: Partial<LineFigures>) => {
    const { verdict, limit } = judgeLine({ ...good, ...part });
    return [verdict, limit];
  };
  assert.deepEqual(judged({}), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.full }), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.full - 1 }), ["small", "up"]);
  assert.deepEqual(judged({ up_kbps: LINE_LIMITS.up.small - 1, loss: 0.05 }), ["poor", "up"]);
  assert.deepEqual(judged({ down_kbps: LINE_LIMITS.down.full - 1 }), ["small", "down"]);
  assert.deepEqual(judged({ down_kbps: LINE_LIMITS.down.small - 1, up_kbps: 1_000 }), ["poor", "down"]);
  assert.deepEqual(
    judged({ down_kbps: null }),
    ["720p", null],
    "the server was busy, or the browser does not count",
  );
  assert.deepEqual(judged({ loss: LINE_LIMITS.loss.full }), ["720p", null]);
  assert.deepEqual(judged({ loss: 0.05, rtt_ms: 900 }), ["poor", "trip"]);
  assert.deepEqual(judged({ loss: 0.05 }), ["small", "loss"]);
  assert.deepEqual(judged({ loss: null, rtt_ms: null }), ["720p", null]);
  assert.deepEqual(judged({ up_kbps: null }), ["unmeasured", null]);
  assert.deepEqual(judged({ up_kbps: null, loss: 0.2 }), ["poor", "loss"]);
});

test("a line that seems narrow is measured for longer: the estimate may still rise", () => {
  const figures: LineFigures = { rtt_ms: 60, loss: 0, up_kbps: 2_500, down_kbps: 3_100, transport: "udp" };
  assert.deepEqual(
    [MEASURE_S - 1, MEASURE_S].map((seconds) => isMeasured(figures, seconds)),
    [false, true],
  );
  for (const part of [{ up_kbps: 1_900 }, { down_kbps: 1_900 }]) {
    assert.deepEqual(
      [MEASURE_S, MAX_MEASURE_S - 1, MAX_MEASURE_S].map((s) => isMeasured({ ...figures, ...part }, s)),
      [false, false, true],
    );
  }
  assert.ok(isMeasured({ ...figures, up_kbps: null }, MEASURE_S));
});

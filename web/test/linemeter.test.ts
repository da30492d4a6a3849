import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { type LineCheck, UNKNOWN } from "../src/media/path/linecheck";
import { MEASURE_S } from "../src/media/path/linefigures";
import { LineMeter } from "../src/media/path/linemeter";

test("what the line carries down is the most that arrives in a second, of padding alone", async (t) => {
  let now = 0;
  t.mock.timers.enable({ apis: ["setInterval"] });
  t.mock.method(performance, "now", () => now);
  let bytes = 0;
  const pc = {
    connectionState: "connected",
    getStats: async () =>
      new Map(
        Object.entries({
          T: { type: "transport", selectedCandidatePairId: "P" },
          P: { id: "P", type: "candidate-pair", bytesReceived: bytes, availableOutgoingBitrate: 3e6 },
        }),
      ),
  };
  const call = {
    pc: pc as unknown as RTCPeerConnection,
    isPadded: true,
    path: { check: signal<LineCheck>(UNKNOWN) },
    send: async () => {},
  };
  const second = async (kbps: number, ms = 1_000) => {
    now += ms;
    bytes += (kbps * ms) / 8;
    t.mock.timers.tick(1_000);
    await new Promise((done) => setImmediate(done));
  };
  const meter = new LineMeter(call, () => null);
  meter.begin();
  await second(0);
  for (const kbps of [800, 2_500, 2_400]) await second(kbps);
  // The page was busy: of two readings in a row the second is too soon, and what came with it counts with the next.
  await second(9_000, 200);
  assert.equal(meter.figures.value?.down_kbps, 2_500);
  await second(2_400);
  assert.equal(meter.figures.value?.down_kbps, 3_500);
  meter.end();

  call.isPadded = false;
  meter.begin();
  for (let n = 0; n <= MEASURE_S; n++) await second(3_000);
  assert.deepEqual([meter.figures.value?.down_kbps, meter.isDone.value], [null, true], "only the programme");
  meter.end();
});

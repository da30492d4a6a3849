import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sample, ShowClock } from "../src/link/clock";
import { retryDelay } from "../src/link/socket";

/** A trip that began at `sent`, in whose course the show's clock was at `now_ms`, and that ended at `received`. */
const trip = (sent: number, now_ms: number, received: number, speed = 1): Sample => ({
  sent,
  received,
  now_ms,
  speed,
});

/** The time is known to a few milliseconds: the server cuts it to whole ones, and clocks may drift. */
function reads(clock: ShowClock, at: number, expected: number, why?: string): void {
  const read = clock.read(at) ?? Number.NaN;
  assert.ok(Math.abs(read - expected) <= 2 * clock.speed, `${why ?? "the time"}: ${read}, not ${expected}`);
}

test("the time is in the middle of what all samples allow", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 10_000, 400));
  reads(clock, 200, 10_000);
  clock.add(trip(1000, 11_010, 1020));
  clock.add(trip(2000, 12_300, 2500));
  // By the first at most 10 000 ms ahead, by the second at least 9990; the third, on a slow line, adds nothing.
  reads(clock, 1010, 11_005);
  reads(clock, 5010, 15_005);
});

test("on a line that is slow now up and now down, the bounds meet closer than any trip is long", () => {
  const clock = new ShowClock();
  // The show is 10 000 ms ahead. 200 ms up and 2 down, then 2 up and 200 down.
  clock.add(trip(0, 10_200, 202));
  clock.add(trip(1000, 11_002, 1202));
  reads(clock, 5000, 15_000);
});

test("an old sample with a short round trip expires", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 0, 1));
  for (let n = 1; n <= 8; n++) clock.add(trip(n * 1000, n * 1000 + 500, n * 1000 + 10));
  reads(clock, 8005, 8500);
});

test("a trip that was read late takes nothing from what is known, even after hours", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 10_000, 1));
  for (let n = 1; n <= 100; n++) clock.add(trip(n * 100, 10_000 + n * 100, n * 100 + 800));
  reads(clock, 10_000, 20_000);
  // The clocks may have drifted apart meanwhile: a new short trip counts more than one of hours ago.
  clock.add(trip(7_200_000, 7_211_000, 7_200_020));
  reads(clock, 7_200_020, 7_211_010);
});

test("a rehearsal's clock runs at its own speed", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 1000, 0, 60));
  reads(clock, 100, 7000);
});

test("a sample that a newer one contradicts is dropped, however short its trip was", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 100_000, 4));
  // A sleep of 600 s that this page's clock missed.
  clock.add(trip(1_000, 701_050, 1_100));
  reads(clock, 2_050, 702_050);
  clock.add(trip(3_000, 703_010, 3_020));
  reads(clock, 3_010, 703_010, "the shortest trip of those that agree");
});

test("samples that agree are all kept", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 100_002, 4));
  for (const [n, lasted] of [900, 40, 300].entries()) {
    // All of the trip was on the way back: the largest error of its midpoint.
    clock.add(trip(1_000 * (n + 1), 100_000 + 1_000 * (n + 1), 1_000 * (n + 1) + lasted));
  }
  // All that the later trips say is that the first sample came back without delay.
  reads(clock, 2, 100_001);
});

test("in a rehearsal samples agree by the show's speed", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 6_000, 200, 60));
  clock.add(trip(1_000, 66_000, 1_010, 60));
  clock.add(trip(2_000, 126_300, 2_300, 60));
  reads(clock, 1_005, 66_000);
});

test("after a sleep the old time counts until a new answer, and answers to older probes are ignored", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 100_000, 0));
  clock.slept(5_000, 600_000);
  reads(clock, 5_000, 105_000, "the wall clock may only have been set");
  clock.add(trip(4_999, 104_999, 5_001));
  reads(clock, 5_001, 105_001, "asked before the sleep");
  clock.add(trip(5_000, 705_050, 5_100));
  reads(clock, 5_050, 705_050, "however long the trip");
  clock.addSleep();
  reads(clock, 5_050, 705_050, "nothing is missed any more");
});

test("after a sleep shorter than the next trip the samples from before it are dropped", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 100_000, 0));
  clock.slept(5_000, 1_500);
  clock.add(trip(5_000, 108_000, 8_000));
  reads(clock, 6_500, 108_000);
});

test("after a sleep without a server the page goes by its wall clock", () => {
  const clock = new ShowClock();
  clock.add(trip(0, 100_000, 0, 2));
  clock.slept(5_000, 600_000);
  clock.addSleep();
  reads(clock, 5_000, 110_000 + 1_200_000);
  clock.addSleep();
  reads(clock, 5_000, 110_000 + 1_200_000, "once");
});

test("the time is unknown before the first sample and after a restart of the server", () => {
  const clock = new ShowClock();
  assert.equal(clock.read(0), null);
  clock.add(trip(0, 1000, 0));
  clock.reset();
  assert.equal(clock.read(0), null);
});

test("attempts to reconnect start soon and never wait longer than two seconds", () => {
  assert.equal(retryDelay(0, 1), 250);
  assert.equal(retryDelay(0, 0), 125);
  assert.equal(retryDelay(3, 1), 2000);
  assert.equal(retryDelay(50, 1), 2000);
});

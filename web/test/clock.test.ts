import assert from "node:assert/strict";
import { test } from "node:test";
import { ShowClock, sampled } from "../src/link/clock";
import { retryDelay } from "../src/link/socket";

const answer = (sent: number, now_ms: number, speed = 1) => ({ type: "clock" as const, sent, now_ms, speed });

test("the time is in the middle of what all samples allow", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 10_000), 400));
  assert.equal(clock.read(200), 10_000);
  clock.add(sampled(answer(1000, 11_010), 1020));
  clock.add(sampled(answer(2000, 12_300), 2500));
  // By the first at most 10 000 ms ahead, by the second at least 9990; the third, on a slow line, adds nothing.
  assert.equal(clock.read(1010), 11_005);
  assert.equal(clock.read(5010), 15_005);
});

test("on a line that is slow now up and now down, the bounds meet closer than any trip is long", () => {
  const clock = new ShowClock();
  // The show is 10 000 ms ahead. 200 ms up and 2 down, then 2 up and 200 down.
  clock.add(sampled(answer(0, 10_200), 202));
  clock.add(sampled(answer(1000, 11_002), 1202));
  assert.equal(clock.read(5000), 15_000);
});

test("an old sample with a short round trip expires", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 0), 1));
  for (let n = 1; n <= 8; n++) clock.add(sampled(answer(n * 1000, n * 1000 + 500), n * 1000 + 10));
  assert.equal(clock.read(8005), 8500);
});

test("a rehearsal's clock runs at its own speed", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 1000, 60), 0));
  assert.equal(clock.read(100), 7000);
});

test("a sample that a newer one contradicts is dropped, however short its trip was", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 100_000), 4));
  // A sleep of 600 s that this page's clock missed.
  clock.add(sampled(answer(1_000, 701_050), 1_100));
  assert.equal(clock.read(2_050), 702_050);
  clock.add(sampled(answer(3_000, 703_010), 3_020));
  assert.equal(clock.read(3_010), 703_010, "the shortest trip of those that agree");
});

test("samples that agree are all kept", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 100_002), 4));
  for (const [n, trip] of [900, 40, 300].entries()) {
    // All of the trip was on the way back: the largest error of its midpoint.
    clock.add(sampled(answer(1_000 * (n + 1), 100_000 + 1_000 * (n + 1)), 1_000 * (n + 1) + trip));
  }
  // All that the later trips say is that the first sample came back without delay.
  assert.equal(clock.read(2), 100_001);
});

test("in a rehearsal samples agree by the show's speed", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 6_000, 60), 200));
  clock.add(sampled(answer(1_000, 66_000, 60), 1_010));
  clock.add(sampled(answer(2_000, 126_300, 60), 2_300));
  assert.equal(clock.read(1_005), 66_000);
});

test("after a sleep the old time counts until a new answer, and answers to older probes are ignored", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 100_000), 0));
  clock.slept(5_000, 600_000);
  assert.equal(clock.read(5_000), 105_000, "the wall clock may only have been set");
  clock.add(sampled(answer(4_999, 104_999), 5_001));
  assert.equal(clock.read(5_001), 105_001, "asked before the sleep");
  clock.add(sampled(answer(5_000, 705_050), 5_100));
  assert.equal(clock.read(5_050), 705_050, "however long the trip");
  clock.addSleep();
  assert.equal(clock.read(5_050), 705_050, "nothing is missed any more");
});

test("after a sleep shorter than the next trip the samples from before it are dropped", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 100_000), 0));
  clock.slept(5_000, 1_500);
  clock.add(sampled(answer(5_000, 108_000), 8_000));
  assert.equal(clock.read(6_500), 108_000);
});

test("after a sleep without a server the page goes by its wall clock", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 100_000, 2), 0));
  clock.slept(5_000, 600_000);
  clock.addSleep();
  assert.equal(clock.read(5_000), 110_000 + 1_200_000);
  clock.addSleep();
  assert.equal(clock.read(5_000), 110_000 + 1_200_000, "once");
});

test("the time is unknown before the first sample and after a restart of the server", () => {
  const clock = new ShowClock();
  assert.equal(clock.read(0), null);
  clock.add(sampled(answer(0, 1000), 0));
  clock.reset();
  assert.equal(clock.read(0), null);
});

test("attempts to reconnect start soon and never wait longer than two seconds", () => {
  assert.equal(retryDelay(0, 1), 250);
  assert.equal(retryDelay(0, 0), 125);
  assert.equal(retryDelay(3, 1), 2000);
  assert.equal(retryDelay(50, 1), 2000);
});

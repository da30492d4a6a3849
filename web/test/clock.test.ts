import assert from "node:assert/strict";
import { test } from "node:test";
import { ShowClock, sampled } from "../src/link/clock";
import { pause } from "../src/link/socket";

const answer = (sent: number, now_ms: number, speed = 1) => ({ type: "clock" as const, sent, now_ms, speed });

test("the sample with the shortest round trip counts", () => {
  const clock = new ShowClock();
  clock.add(sampled(answer(0, 10_000), 400));
  clock.add(sampled(answer(1000, 11_010), 1020));
  clock.add(sampled(answer(2000, 12_300), 2500));
  assert.equal(clock.read(1010), 11_010);
  assert.equal(clock.read(5010), 15_010);
});

test("a lucky sample of long ago does not count for ever", () => {
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

test("before the first sample, and after the server began anew, the time is not known", () => {
  const clock = new ShowClock();
  assert.equal(clock.read(0), null);
  clock.add(sampled(answer(0, 1000), 0));
  clock.forget();
  assert.equal(clock.read(0), null);
});

test("attempts to reconnect start soon and never wait longer than five seconds", () => {
  assert.equal(pause(0, 1), 250);
  assert.equal(pause(0, 0), 125);
  assert.equal(pause(3, 1), 2000);
  assert.equal(pause(50, 1), 5000);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConditionReporter, conditionOf, REPORT_INTERVAL_MS } from "../src/media/condition";
import type { Condition } from "../src/wire";

const works = conditionOf("works", "works", false, null, "good", null, null);
const muted = conditionOf("works", "works", true, null, null, null, null);
const lost = conditionOf("lost", "works", true, null, null, null, null);

test("a condition has the state of both devices, the mute, the path, the sound, what limits the picture and how it is reduced", () => {
  assert.deepEqual(conditionOf("stand-in", "interrupted", true, "tcp", "hum", "cpu", "540p15"), {
    type: "condition",
    camera: "stand-in",
    microphone: "interrupted",
    muted: true,
    path: "tcp",
    sound: "hum",
    limit: "cpu",
    reduced: "540p15",
  });
});

test("the first change is sent at once, the last of many after the interval, and no state twice", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sent: Condition[] = [];
  const reporter = new ConditionReporter((condition) => sent.push(condition) > 0);
  for (const condition of [works, lost, muted, lost, muted]) reporter.update(condition);
  assert.deepEqual(sent, [works]);
  t.mock.timers.tick(REPORT_INTERVAL_MS);
  assert.deepEqual(sent, [works, muted]);
  t.mock.timers.tick(10 * REPORT_INTERVAL_MS);
  reporter.update(muted);
  assert.deepEqual(sent, [works, muted]);
});

test("each welcome is answered with the condition, also one that could not be sent before", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sent: Condition[] = [];
  let isOnline = false;
  const reporter = new ConditionReporter((condition) => isOnline && sent.push(condition) > 0);
  reporter.update(works);
  reporter.update(lost);
  isOnline = true;
  reporter.welcomed();
  assert.deepEqual(sent, [lost]);
  t.mock.timers.tick(REPORT_INTERVAL_MS);
  reporter.welcomed();
  assert.deepEqual(sent, [lost, lost]);
});

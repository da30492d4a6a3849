import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "../src/link/pending";
import { Repeated } from "../src/link/repeated";

const PAUSE_MS = 3_000;

/** A question whose answers the test gives. */
function asked() {
  const waiting: { resolve: (answer: string) => void; reject: (why: Error) => void }[] = [];
  const answers: string[] = [];
  const faults: Refusal[] = [];
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" as DocumentVisibilityState });
  const repeated = new Repeated(
    () => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })),
    PAUSE_MS,
    (answer) => answers.push(answer),
    (why) => faults.push(why),
    page,
  );
  return { waiting, answers, faults, repeated, page };
}

/** Let everything that waits for an answer go on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

test("a question is asked again after each answer, and never twice at a time", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { waiting, answers, repeated } = asked();
  repeated.askNow();
  t.mock.timers.tick(10 * PAUSE_MS);
  assert.equal(waiting.length, 1);
  waiting[0]?.resolve("first");
  await settled();
  assert.deepEqual(answers, ["first"]);
  t.mock.timers.tick(PAUSE_MS - 1);
  assert.equal(waiting.length, 1);
  t.mock.timers.tick(60_000);
  assert.equal(waiting.length, 2);
  repeated.stop();
});

test("an answer that is older than what was done since is dropped, and the question asked again at once", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { waiting, answers, repeated } = asked();
  repeated.askNow();
  repeated.askNow();
  assert.equal(waiting.length, 1);
  waiting[0]?.resolve("before");
  await settled();
  assert.deepEqual([answers, waiting.length], [[], 2]);
  waiting[1]?.resolve("after");
  await settled();
  assert.deepEqual(answers, ["after"]);
  repeated.stop();
});

test("a refusal is reported, and the question asked again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { waiting, faults, answers, repeated } = asked();
  repeated.askNow();
  waiting[0]?.reject(new Error("no network"));
  await settled();
  assert.ok(faults[0] instanceof Refusal);
  t.mock.timers.tick(60_000);
  waiting[1]?.resolve("again");
  await settled();
  assert.deepEqual(answers, ["again"]);
  repeated.stop();
});

test("nothing is asked or answered once it is stopped", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { waiting, answers, repeated } = asked();
  repeated.askNow();
  repeated.stop();
  waiting[0]?.resolve("late");
  await settled();
  repeated.askNow();
  t.mock.timers.tick(60_000);
  assert.deepEqual([answers, waiting.length], [[], 1]);
});

test("nothing is asked while nobody sees the page, and at once when it is shown again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { waiting, repeated, page } = asked();
  repeated.askNow();
  waiting[0]?.resolve("first");
  await settled();
  page.visibilityState = "hidden";
  t.mock.timers.tick(60_000);
  assert.equal(waiting.length, 1);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(waiting.length, 2);
  waiting[1]?.resolve("second");
  await settled();
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(waiting.length, 2, "not before its time");
  repeated.stop();
});

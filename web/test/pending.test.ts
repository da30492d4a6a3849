import assert from "node:assert/strict";
import { test } from "node:test";
import { freshId, noAnswer, PendingAnswers, Refusal } from "../src/link/pending";

test("an answer resolves its promise, once", async () => {
  const waiting = new PendingAnswers<string, number>();
  const answer = waiting.wait("a", "question", 60_000);
  assert.deepEqual(waiting.messages, ["question"]);
  waiting.resolve("nobody", 1);
  waiting.resolve("a", 2);
  waiting.reject("a", noAnswer());
  assert.equal(await answer, 2);
  assert.deepEqual(waiting.messages, []);
});

test("when the connection is lost, every pending promise is rejected", async () => {
  const waiting = new PendingAnswers<string, number>();
  const both = Promise.allSettled([waiting.wait("a", "a", 60_000), waiting.wait("b", "b", 60_000)]);
  waiting.rejectAll(noAnswer());
  for (const result of await both)
    assert.ok(result.status === "rejected" && result.reason instanceof Refusal);
});

test("ids are unique", () => {
  assert.match(freshId(), /^[0-9a-f]{24}$/);
  assert.notEqual(freshId(), freshId());
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { SpeakerMarks } from "../src/media/sound/speakers";
import { type Arrangement, cutTo, isSpeaking } from "../src/show/arrangement";

const grid = (...sources: string[]): Arrangement => ({ sources, layout: "grid" });
const solo = (source: string): Arrangement => ({ sources: [source], layout: "solo" });

test("a new tile is waited for, and fewer tiles are drawn at once", () => {
  assert.deepEqual(cutTo(solo("a"), grid("a", "b", "c")), { awaited: [1, 2], settles: false });
  assert.equal(cutTo(grid("a", "b", "c"), solo("a")), null);
  assert.equal(cutTo(grid("a", "b"), { ...grid("a", "b"), layout: "pip" }), null);
});

test("a slot that goes on with another source takes a moment", () => {
  assert.deepEqual(cutTo(grid("a", "b"), grid("b", "a")), { awaited: [], settles: true });
  assert.deepEqual(cutTo(grid("a", "b", "c"), solo("b")), { awaited: [], settles: true });
});

test("the slate, which the page draws itself, comes and goes at once", () => {
  assert.equal(cutTo(solo("slate"), grid("a", "b")), null);
  assert.equal(cutTo(grid("a", "b"), solo("slate")), null);
});

test("of a hall with two pictures the one with the microphone is marked, where it is drawn", () => {
  const voices = new Set(["hall"]);
  assert.ok(isSpeaking("hall", voices, ["hall", "hall/slides"]));
  assert.ok(!isSpeaking("hall/slides", voices, ["hall", "hall/slides"]));
  assert.ok(isSpeaking("hall/slides", voices, ["hall/slides", "guest"]));
  assert.ok(!isSpeaking("guest", voices, ["hall/slides", "guest"]));
});

/** Marks after levels of one source each 400 ms, as pages without meters get them. */
function marksAfter(...levels: Record<string, number>[]): { marks: SpeakerMarks; now: number } {
  const marks = new SpeakerMarks();
  let now = 0;
  for (const each of levels) {
    now += 400;
    marks.hear(each, now);
  }
  return { marks, now };
}

test("speech is marked, a single cough and the noise of a hall are not", () => {
  const speech = marksAfter({ a: -25, b: -55 }, { a: -30, b: -55 });
  assert.deepEqual([...speech.marks.at(speech.now)], ["a"]);
  const cough = marksAfter({ a: -20 });
  assert.deepEqual([...cough.marks.at(cough.now)], []);
});

test("a mark outlasts a pause between sentences, and ends after the last one", () => {
  const { marks, now } = marksAfter({ a: -25 }, { a: -25 });
  assert.deepEqual([...marks.at(now + 1_000)], ["a"]);
  assert.deepEqual([...marks.at(now + 2_000)], []);
});

test("two who speak at once are marked, the echo of one in another hall is not", () => {
  const { marks, now } = marksAfter({ a: -20, b: -26, echo: -34 }, { a: -24, b: -20, echo: -33 });
  assert.deepEqual([...marks.at(now)], ["a", "b"]);
});

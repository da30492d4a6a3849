import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeWork, type Relief, ReliefLadder, reductionOf, reliefs } from "../src/media/load/relief";
import type { Work } from "../src/media/load/work";

const IDLE: Work = {
  cpu: 0,
  bandwidth: 0,
  encoder: 0.2,
  decoder: 0.1,
  encoded: 1,
  dropped: 0,
  lag_ms: 5,
};
const HALL = reliefs({ preview: true, previews: false, sends: true });

/** A page whose work is read as the browser's stats are: every second while it is suspicious, else every five. */
class Page {
  readonly ladder = new ReliefLadder();
  given: readonly Relief[] = [];
  now = 0;

  constructor(private readonly all: readonly Relief[] = HALL) {
    this.read(IDLE);
  }

  /** So many seconds of work; it may depend on what the page gives up. */
  pass(seconds: number, work: Partial<Work> | ((given: readonly Relief[]) => Partial<Work>)): this {
    const end = this.now + seconds;
    while (this.now < end) {
      this.now += this.ladder.isSuspicious ? 1 : 5;
      this.read({ ...IDLE, ...(typeof work === "function" ? work(this.given) : work) });
    }
    return this;
  }

  private read(work: Work): void {
    this.given = this.ladder.update(work, this.all, this.now);
  }
}

/** An encoder that takes so much of the time for the whole picture, and less for a reduced one. */
const encoderOf = (whole: number) => (given: readonly Relief[]) => {
  const reduction = reductionOf(given);
  const shares = { "720p15": 0.51, "540p15": 0.34, "360p10": 0.15 };
  return { encoder: Math.min(1, whole * (reduction === null ? 1 : shares[reduction])) };
};

test("each sign of overload counts alone, and a free computer has room to spare", () => {
  assert.equal(judgeWork(IDLE), -1);
  const signs: Partial<Work>[] = [
    { cpu: 0.6 },
    { encoder: 0.9 },
    { decoder: 0.9 },
    { encoded: 0.6 },
    { dropped: 0.2 },
    { lag_ms: 300 },
  ];
  for (const sign of signs) assert.equal(judgeWork({ ...IDLE, ...sign }), 1, JSON.stringify(sign));
  assert.equal(judgeWork({ ...IDLE, encoder: 0.7 }), 0);
});

test("frames that are missing on a narrow line are no sign of a slow computer", () => {
  assert.equal(judgeWork({ ...IDLE, encoded: 0.4, bandwidth: 0.8 }), -1);
});

test("a browser that counts nothing is never overloaded", () => {
  const nothing: Work = {
    cpu: null,
    bandwidth: null,
    encoder: null,
    decoder: null,
    encoded: null,
    dropped: null,
    lag_ms: null,
  };
  assert.deepEqual(new Page().pass(120, nothing).given, []);
});

test("the preview is given up first, then frames, then size, and the programme last", () => {
  assert.deepEqual(HALL, ["preview", "720p15", "540p15", "360p10", "programme"]);
  assert.deepEqual(new Page().pass(120, { encoder: 0.95 }).given, HALL);
  assert.deepEqual(reliefs({ preview: false, previews: true, sends: false }), ["previews", "programme"]);
});

test("15 pictures a second are sent within 15 s of the first sign, and a moment of load changes nothing", () => {
  assert.equal(reductionOf(new Page().pass(15, { encoder: 0.95 }).given), "720p15");
  const page = new Page();
  for (let n = 0; n < 10; n++) page.pass(1, { encoder: 1 }).pass(10, {});
  assert.deepEqual(page.given, []);
});

test("a desk that cannot decode in time stops its previews, but not soon", () => {
  const desk = reliefs({ preview: false, previews: true, sends: false });
  assert.deepEqual(new Page(desk).pass(15, { dropped: 0.3 }).given, []);
  assert.deepEqual(new Page(desk).pass(25, { dropped: 0.3 }).given, ["previews"]);
  assert.deepEqual(new Page(desk).pass(120, { lag_ms: 400 }).given, []);
});

test("a page whose camera is closed has its preview and picture no more to give up, and keeps the programme", () => {
  const page = new Page().pass(60, encoderOf(1.3));
  assert.deepEqual(page.ladder.update(IDLE, ["programme"], page.now + 5), []);
});

test("a page that draws late gives up what only its own person sees", () => {
  assert.deepEqual(new Page().pass(60, { lag_ms: 400 }).given, ["preview"]);
});

test("the page stops where its encoder keeps up, and does not try what cannot be", () => {
  const page = new Page().pass(60, encoderOf(1.3));
  assert.deepEqual(page.given, ["preview", "720p15"]);
  // The whole picture would take 0.66 * 1.96 of the time.
  for (let n = 0; n < 60; n++)
    assert.equal(reductionOf(page.pass(10, encoderOf(1.3)).given), "720p15", `after ${n * 10} s`);
});

test("once the computer is free again the page takes all back, one after the other", () => {
  const page = new Page().pass(60, { cpu: 1 });
  assert.equal(reductionOf(page.given), "360p10");
  const taken: (string | null)[] = [];
  for (let n = 0; n < 60; n++) {
    const reduction = reductionOf(page.pass(5, { encoder: 0.1 }).given);
    if (taken.at(-1) !== reduction) taken.push(reduction);
  }
  assert.deepEqual(taken, ["360p10", "540p15", "720p15", null]);
  assert.deepEqual(page.given, []);
});

test("a step back that fails is tried less and less often", () => {
  // The browser does not say how long it encodes: only trying shows that the whole picture is too much.
  const blind = (given: readonly Relief[]) => ({
    encoder: null,
    encoded: given.includes("720p15") ? 1 : 0.5,
  });
  const page = new Page().pass(60, blind);
  const tries: number[] = [];
  let was = page.given;
  while (page.now < 1_800) {
    page.pass(1, blind);
    if (was.includes("720p15") && !page.given.includes("720p15")) tries.push(page.now);
    was = page.given;
  }
  assert.ok(tries.length >= 3 && tries.length <= 8, `${tries}`);
  const waits = tries.slice(1).map((at, n) => at - (tries[n] ?? 0));
  for (const [n, wait] of waits.slice(1).entries()) assert.ok(wait >= (waits[n] ?? 0) - 5, `${waits}`);
});

test("a computer that slept, and the moment after a step, say nothing", () => {
  const page = new Page();
  page.now += 60;
  page.given = page.ladder.update({ ...IDLE, encoder: 1 }, HALL, page.now);
  assert.deepEqual(page.given, []);
  const stepped = new Page().pass(6, { encoder: 1 });
  assert.deepEqual(stepped.given, ["preview"]);
  assert.deepEqual(stepped.pass(3, { encoder: 1 }).given, ["preview"]);
});

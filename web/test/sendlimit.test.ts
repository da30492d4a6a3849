import assert from "node:assert/strict";
import { test } from "node:test";
import { type Durations, limitDurations, SendLimitJudge } from "../src/media/path/sendlimit";

/** Readings of one encoding every 5 s. */
class Read {
  private readonly judge = new SendLimitJudge();
  private counted: Record<string, number> = { none: 0, cpu: 0, bandwidth: 0 };
  private now = 0;
  limit: string | null = null;

  constructor() {
    this.read();
  }

  /** For so many seconds this reason limits `share` of the time. */
  pass(seconds: number, reason: "cpu" | "bandwidth" | "none", share = 1): this {
    for (let n = 0; n < seconds / 5; n++) {
      this.counted = {
        ...this.counted,
        [reason]: (this.counted[reason] ?? 0) + 5 * share,
      };
      this.now += 5;
      this.read();
    }
    return this;
  }

  private read(): void {
    const encodings: [string, Durations][] = [
      ["h", { ...this.counted }],
      ["l", { none: this.now }],
    ];
    this.limit = this.judge.update(new Map(encodings), this.now);
  }
}

test("a slow machine and a narrow line are told apart", () => {
  for (const limit of ["cpu", "bandwidth"] as const) assert.equal(new Read().pass(20, limit).limit, limit);
  assert.equal(new Read().pass(60, "none").limit, null);
});

test("the limit at the beginning of a connection is no reason to warn", () => {
  assert.equal(new Read().pass(5, "bandwidth").limit, null);
  assert.equal(new Read().pass(5, "bandwidth").pass(60, "none").limit, null);
});

test("a warning stays until the limit is rare", () => {
  const read = new Read().pass(30, "cpu");
  assert.equal(read.pass(20, "cpu", 0.45).limit, "cpu");
  assert.equal(new Read().pass(60, "cpu", 0.45).limit, null);
  assert.equal(read.pass(30, "none").limit, null);
});

test("a machine that is too slow counts before a line that is too narrow", () => {
  const read = new Read().pass(60, "bandwidth");
  assert.equal(read.limit, "bandwidth");
  assert.equal(read.pass(30, "cpu").limit, "cpu");
});

test("only what is sent is read, and what a browser does not count is no limit", () => {
  const counted = { none: 3, cpu: 1, bandwidth: 0, other: 0 };
  const found = limitDurations([
    { id: "a", type: "outbound-rtp", qualityLimitationDurations: counted },
    { id: "b", type: "outbound-rtp" },
    { id: "c", type: "inbound-rtp", qualityLimitationDurations: counted },
  ]);
  assert.deepEqual([...found], [["a", counted]]);
  const judge = new SendLimitJudge();
  for (let now = 0; now < 60; now += 5) assert.equal(judge.update(new Map(), now), null);
});

test("the counters of a new connection begin anew", () => {
  const judge = new SendLimitJudge();
  judge.update(new Map([["a", { cpu: 100 }]]), 0);
  assert.equal(judge.update(new Map([["b", { cpu: 90 }]]), 5), null);
  assert.equal(judge.update(new Map([["b", { cpu: 3 }]]), 10), null);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { JoinOptions } from "../src/media/call";
import { type LineCheck, UNKNOWN } from "../src/media/path/linecheck";
import { LineTrial, TRIAL_LIMIT_MS } from "../src/media/path/linetrial";
import type { PathMonitor } from "../src/media/path/pathmonitor";
import type { Problem } from "../src/wire";

const PORTS = { hosts: "192.0.2.1", udp: "8081", tcp: "8080" };
const GOOD: LineCheck = { kind: "good", path: "udp" };
const TCP: LineCheck = { kind: "tcp", path: "tcp", ports: PORTS };
const BLOCKED: LineCheck = { kind: "blocked", path: "blocked", ports: PORTS };

/** A call whose path the test finds. */
class FakeCall {
  readonly problem = signal<Problem | null>(null);
  readonly check = signal<LineCheck>(UNKNOWN);
  readonly path = { check: this.check } as unknown as PathMonitor;
  readonly did: string[] = [];
  join({ source }: JoinOptions): void {
    this.did.push(`join ${source}`);
  }
  end(): void {
    this.did.push("end");
    this.check.value = UNKNOWN;
    this.problem.value = null;
  }
  close(): void {}
  useTurn(): void {}
  reconnect(): void {
    this.did.push("reconnect");
  }
  recover(): void {
    this.did.push("recover");
  }
}

test("a trial sends nothing, ends once the path is known, and keeps what it found", () => {
  const call = new FakeCall();
  const trial = new LineTrial(call);
  trial.begin();
  trial.begin();
  assert.deepEqual([call.did, trial.runs.value], [["join null"], true]);
  call.check.value = TCP;
  assert.deepEqual([call.did, trial.runs.value], [["join null", "end"], false]);
  assert.equal(trial.found.value, TCP, "though the call has forgotten it");
  trial.begin();
  assert.equal(trial.found.value, TCP, "while it is tried again");
  call.check.value = GOOD;
  assert.deepEqual([trial.found.value, trial.runs.value], [GOOD, false]);
});

test("a trial that measures ends once both the path is known and the line measured, and closes its picture", () => {
  const call = new FakeCall();
  const isDone = signal(false);
  const did: string[] = [];
  const meter = { isDone, figures: signal(null), begin: () => did.push("begin"), end: () => did.push("end") };
  const trial = new LineTrial(call, meter);
  trial.begin();
  call.check.value = GOOD;
  assert.deepEqual([did, trial.runs.value], [["begin"], true]);
  isDone.value = true;
  assert.deepEqual([did, trial.runs.value], [["begin", "end"], false]);
});

test("a trial goes on while nothing gets through, and ends when the page joins", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const call = new FakeCall();
  const trial = new LineTrial(call);
  trial.begin();
  call.check.value = BLOCKED;
  t.mock.timers.tick(TRIAL_LIMIT_MS + 1);
  assert.deepEqual([trial.found.value, trial.runs.value], [BLOCKED, true]);
  trial.end();
  trial.end();
  assert.deepEqual(call.did, ["join null", "end"]);
});

test("a trial gives up where the server refuses it or nothing is found", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const call = new FakeCall();
  const trial = new LineTrial(call);
  trial.begin();
  call.problem.value = { code: "busy", message: "busy", rev: null, reason: null, details: {}, faults: [] };
  assert.deepEqual([trial.runs.value, trial.found.value], [false, UNKNOWN]);
  trial.begin();
  t.mock.timers.tick(TRIAL_LIMIT_MS + 1);
  assert.equal(trial.runs.value, false);
  assert.deepEqual(call.did, ["join null", "end", "join null", "end"]);
});

test("a trial goes on with another connection to the server, and a page that tries nothing makes none", () => {
  const call = new FakeCall();
  const trial = new LineTrial(call);
  trial.welcomed(false);
  assert.deepEqual(call.did, []);
  trial.begin();
  trial.welcomed(true);
  trial.welcomed(false);
  assert.deepEqual(call.did, ["join null", "recover", "reconnect"]);
});

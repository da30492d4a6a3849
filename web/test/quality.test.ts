import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Complaint,
  type ConnectionMean,
  complaintAbout,
  gradeOfLoss,
  gradeOfTrip,
  updateMean,
} from "../src/show/quality";
import { destination, source } from "./build";

const calm: ConnectionMean = { up: 0, down: 0, trip: 20, small: 0 };

test("a figure is coloured above its limit, not at it; null is good", () => {
  assert.deepEqual([null, 0, 0.02, 0.021, 0.1, 0.101].map(gradeOfLoss), [
    "good",
    "good",
    "good",
    "warn",
    "warn",
    "danger",
  ]);
  assert.deepEqual([null, 300, 301, 800, 801].map(gradeOfTrip), ["good", "good", "warn", "warn", "danger"]);
});

/** The warning after each second with this loss of what the page sends. */
function told(losses: readonly number[]): (Complaint | null)[] {
  let line: ConnectionMean | null = null;
  let last: Complaint | null = null;
  return losses.map((loss) => {
    line = updateMean(line, source("Krefeld", { loss, rtt_ms: 20 }), null);
    last = complaintAbout(line, last);
    return last;
  });
}

test("one bad second gives no warning, a few do", () => {
  assert.deepEqual(told([0, 0.07, 0, 0]), [null, null, null, null]);
  assert.deepEqual(told([0.07, 0.07, 0.07]).at(-1), { about: "up", grade: "warn" });
  assert.equal(told(Array(20).fill(0.2)).at(-1)?.grade, "danger");
});

test("a warning does not flicker around its limit, and ends when the connection is good again", () => {
  const bad = Array(8).fill(0.05);
  const around = Array(20).fill([0.015, 0.023]).flat();
  assert.ok(told([...bad, ...around]).every((each, second) => second < bad.length || each?.about === "up"));
  assert.equal(told(around).at(-1), null);
  assert.equal(told([...bad, ...Array(8).fill(0)]).at(-1), null);
});

test("danger comes before warning, and sending before receiving", () => {
  const tell = (line: Partial<ConnectionMean>) => complaintAbout({ ...calm, ...line }, null);
  assert.equal(tell({}), null);
  assert.deepEqual(tell({ up: 0.05, down: 0.2 }), { about: "down", grade: "danger" });
  assert.deepEqual(tell({ up: 0.05, down: 0.05, trip: 500 }), { about: "up", grade: "warn" });
  assert.deepEqual(tell({ trip: 900 }), { about: "trip", grade: "danger" });
  assert.deepEqual(tell({ small: 0.6 }), { about: "small", grade: "warn" });
});

test("a connection is judged in both directions", () => {
  const sent = destination("Krefeld", { loss: 0.4, rtt_ms: 700 });
  const line = updateMean(null, source("Krefeld", { rtt_ms: 100 }), sent);
  assert.deepEqual(line, { up: 0, down: 0.1, trip: 700, small: 0 });
});

test("a small picture gives a warning only if it stays small", () => {
  const after = (seconds: number, smaller: boolean): Complaint | null => {
    let line: ConnectionMean | null = null;
    for (let second = 0; second < seconds; second++)
      line = updateMean(line, null, destination("Krefeld", { smaller }));
    return line && complaintAbout(line, null);
  };
  assert.equal(after(60, false), null);
  assert.equal(after(1, true), null);
  assert.equal(after(5, true)?.about, "small");
});

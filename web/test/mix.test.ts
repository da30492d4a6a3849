import assert from "node:assert/strict";
import { test } from "node:test";
import {
  atVolume,
  busOf,
  gainOf,
  type Hearing,
  isPlain,
  LOWERED_GAIN,
  MIN_UNDER_DB,
  mixesOf,
  OUTPUTS,
  type Routing,
} from "../src/media/sound/mix";

const LISTENER: Routing = { main: "channel", talkback: "main" };
const HALL: Routing = { main: "floor", talkback: "headphones" };
const QUIET: Hearing = { isInterpreted: false, under: 0.1, isTalkedTo: false };

/** Every situation of every page. */
function* everySituation(): Generator<[Hearing, Routing]> {
  for (const isInterpreted of [true, false])
    for (const isTalkedTo of [true, false])
      for (const under of [0, 0.1, 1])
        for (const main of ["floor", "channel"] as const)
          for (const talkback of ["main", "headphones", "none"] as const)
            yield [
              { isInterpreted, under, isTalkedTo },
              { main, talkback },
            ];
}

test("in a channel that is interpreted the floor is lowered; in one that is not it is at full level", () => {
  const { main } = mixesOf({ ...QUIET, isInterpreted: true }, LISTENER);
  assert.deepEqual([main.floor, main.interpretation], [0.1, 1]);
  assert.deepEqual([mixesOf(QUIET, LISTENER).main.floor], [1]);
});

test("the loudspeakers of a hall play the floor, its interpretation output the channel alone", () => {
  const mixes = mixesOf({ ...QUIET, isInterpreted: true }, HALL);
  assert.deepEqual([mixes.main.floor, mixes.main.interpretation], [1, 0]);
  assert.deepEqual([mixes.interpretation.floor, mixes.interpretation.interpretation], [0, 1]);
});

test("an output always plays the floor or the interpretation in full, or either lowered by talkback", () => {
  for (const [hearing, routing] of everySituation())
    for (const output of OUTPUTS) {
      const { floor, interpretation } = mixesOf(hearing, routing)[output];
      assert.ok(Math.max(floor, interpretation) >= (hearing.isTalkedTo ? LOWERED_GAIN : 1));
    }
});

test("talkback is on the output chosen for it alone, and lowers that one alone", () => {
  for (const [hearing, routing] of everySituation()) {
    const mixes = mixesOf(hearing, routing);
    for (const output of OUTPUTS) {
      const { floor, interpretation, talkback } = mixes[output];
      assert.equal(talkback, output === routing.talkback ? 1 : 0);
      if (!talkback) assert.equal(Math.max(floor, interpretation), 1);
      else if (hearing.isTalkedTo) assert.equal(Math.max(floor, interpretation), LOWERED_GAIN);
    }
  }
});

test("media elements play the floor and talkback by themselves, but neither a lowered floor nor a channel", () => {
  assert.ok(isPlain(mixesOf(QUIET, LISTENER).main));
  assert.ok(isPlain(mixesOf({ ...QUIET, isInterpreted: true }, HALL).main));
  assert.ok(!isPlain(mixesOf({ ...QUIET, isTalkedTo: true }, LISTENER).main));
  assert.ok(!isPlain(mixesOf({ ...QUIET, isInterpreted: true, under: 0 }, LISTENER).main));
});

test("a lower volume of the programme leaves talkback as it is", () => {
  const quiet = atVolume(mixesOf({ ...QUIET, isInterpreted: true }, LISTENER).main, 0.5);
  assert.deepEqual(quiet, { floor: 0.05, interpretation: 0.5, partner: 0, talkback: 1 });
});

test("every sound slot belongs to a group, and no picture does", () => {
  const slots = ["mic1", "mic6", "interpretation", "interpretation2", "partner", "talkback", "view:mic1"];
  assert.deepEqual(slots.map(busOf), [
    ...["floor", "floor", "interpretation", "interpretation", "partner", "talkback"],
    null,
  ]);
  assert.deepEqual([busOf("program"), busOf("picture3")], [null, null]);
});

test("a level of -20 dB is a tenth, 0 dB full, and below the quietest level off", () => {
  assert.ok(Math.abs(gainOf(-20) - 0.1) < 1e-9);
  assert.deepEqual([gainOf(0), gainOf(MIN_UNDER_DB - 1)], [1, 0]);
});

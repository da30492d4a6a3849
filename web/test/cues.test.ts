import assert from "node:assert/strict";
import { test } from "node:test";
import { CUE_SHOWN_MS, cuesFor } from "../src/show/cues";
import type { Role, State } from "../src/wire";
import { show } from "./build";

const AT = "2018-09-15T12:00:00+02:00";
const NOW = Date.parse(AT);

function cued(...to: string[]): State {
  const state = show([]);
  for (const each of to) state.cues[each] = { id: each, what: "slower", by: "kabine", at: AT };
  state.program = { ...state.program, source: "krefeld/stage", with: ["uchida"] };
  return state;
}

test("a cue is shown for a few seconds, and not again after a reload", () => {
  const state = cued("berlin");
  const berlin = { role: "venue" as const, id: "berlin" };
  assert.equal(cuesFor(state, berlin, NOW).length, 1);
  assert.equal(cuesFor(state, berlin, NOW + CUE_SHOWN_MS - 1).length, 1);
  assert.equal(cuesFor(state, berlin, NOW + CUE_SHOWN_MS).length, 0);
});

test("each page shows its own cues: `speaker` means the places on air, and viewers see none", () => {
  const state = cued("speaker", "stage", "desk", "technicians", "all", "kabine");
  const seen = (role: Role, id: string) => cuesFor(state, { role, id }, NOW).map(({ to }) => to);
  assert.deepEqual(seen("venue", "krefeld"), ["speaker", "technicians", "all"]);
  assert.deepEqual(seen("venue", "berlin"), ["technicians", "all"]);
  assert.deepEqual(seen("guest", "uchida"), ["speaker", "all"]);
  assert.deepEqual(seen("stage", "stage"), ["stage", "all"]);
  assert.deepEqual(seen("moderator", "moderator"), ["desk"]);
  assert.deepEqual(seen("interpreter", "kabine"), ["all", "kabine"]);
  assert.deepEqual(seen("viewer", "viewer"), []);
});

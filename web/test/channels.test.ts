import assert from "node:assert/strict";
import { test } from "node:test";
import { channelFor, channelStatus, isTalkedTo, isUnheard, talksTo } from "../src/show/channels";
import type { ChannelDoc } from "../src/wire";
import { show } from "./build";

const SINCE = "2018-09-15T12:00:00+02:00";

function speaking(floor: string, ja: Partial<ChannelDoc> = {}) {
  const channel = {
    needed: true,
    booth: null,
    seat: null,
    since: SINCE,
    silent_since: null,
    listeners: 0,
    places: [],
  };
  return { ...show([], { floor }), languages: { ja: { ...channel, ...ja }, de: channel } };
}

test("a channel is interpreted, spoken by the floor, or carries the floor since nobody interprets", () => {
  const since = Date.parse(SINCE);
  assert.deepEqual(channelStatus(speaking("de", { booth: "kabine", seat: "1" }), "ja"), {
    ...{ kind: "interpreted", booth: "kabine", seat: "1", since },
  });
  assert.deepEqual(channelStatus(speaking("ja"), "ja"), { kind: "spoken" });
  assert.deepEqual(channelStatus(speaking("de"), "ja"), { kind: "unfed", needed: true, since });
});

test("without a channel, and in one that was removed, a page hears the floor", () => {
  assert.deepEqual(channelStatus(speaking("de"), null), { kind: "floor" });
  assert.deepEqual(channelStatus(speaking("de"), "fr"), { kind: "floor" });
});

test("a language finds its channel by its tag, else by its primary subtag", () => {
  assert.equal(channelFor(["de", "ja"], "ja"), "ja");
  assert.equal(channelFor(["pt-BR", "pt-PT"], "pt-PT"), "pt-PT");
  assert.equal(channelFor(["de", "pt-BR"], "pt"), "pt-BR");
  assert.equal(channelFor(["de", "ja"], "en"), null);
  assert.equal(channelFor(["de", "ja"], null), null);
});

test("a page is told of the talkback that is for it, and never of its own", () => {
  const state = show([]);
  const desk = { speaker: "desk", name: "Anna", to: ["krefeld", "kabine"], heard_by: ["kabine"] };
  const hall = { speaker: "krefeld", name: "Krefeld", to: ["desk"], heard_by: [] };
  state.talks = { 1: desk, 2: hall };
  assert.deepEqual(talksTo(state, "krefeld"), [desk]);
  assert.deepEqual(talksTo(state, "desk"), [hall]);
  assert.deepEqual(talksTo(state, "berlin"), []);
});

test("a page hears only the newest talkback, and one who talks learns that nobody hears it", () => {
  const state = show([]);
  const older = { speaker: "krefeld", name: "Krefeld", to: ["desk"], heard_by: [] };
  const newest = { speaker: "desk", name: "Anna", to: ["tokio", "berlin"], heard_by: ["tokio"] };
  state.talks = { 1: older, 2: newest };
  assert.deepEqual(
    ["tokio", "berlin", "desk"].map((me) => isTalkedTo(state, me)),
    [true, false, false],
  );
  assert.deepEqual(
    ["krefeld", "desk", "berlin"].map((me) => isUnheard(state, me)),
    [true, false, false],
  );
});

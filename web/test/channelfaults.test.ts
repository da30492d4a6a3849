import assert from "node:assert/strict";
import { test } from "node:test";
import { CHANNEL_ALARM_AFTER_MS, channelFaults, unheard } from "../src/show/channelfaults";
import type { State } from "../src/wire";
import { item, show } from "./build";

const NOON = "2018-09-15T12:00:00+02:00";
const START = Date.parse(NOON);

function needed(booth: string | null): State {
  const state = show([item("one", { actual: { start: NOON, end: null } })], { item: "one", floor: "de" });
  state.event.languages = ["ja"];
  state.languages = {
    ja: {
      needed: true,
      booth,
      seat: booth && "1",
      since: NOON,
      silent_since: null,
      listeners: 0,
      places: [],
    },
  };
  return state;
}

test("a needed channel that nobody feeds is an alarm after ten seconds, and none once somebody does", () => {
  const later = START + CHANNEL_ALARM_AFTER_MS;
  const before = unheard(unheard(null, needed("kabine"), START), needed(null), START + 500);
  assert.deepEqual(channelFaults(before, later), []);
  const [fault] = channelFaults(unheard(before, needed(null), later + 500), later + 500);
  assert.deepEqual(fault, { language: "ja", why: "unfed", since: START + 500 });
  assert.equal(unheard(before, needed("kabine"), later).size, 0);
});

test("a page that is opened meanwhile counts from the beginning of the item", () => {
  const found = unheard(null, needed(null), START + 60_000);
  assert.equal(channelFaults(found, START + 60_000)[0]?.since, START);
});

test("a channel that the server calls silent is an alarm at once, and one without speech on the floor is none", () => {
  const now = START + 60_000;
  const silent = (silent_since: string | null) => {
    const state = needed("kabine");
    state.languages.ja = { ...state.languages.ja, silent_since } as (typeof state.languages)["ja"];
    return channelFaults(unheard(null, state, now), now);
  };
  assert.deepEqual(silent(null), []);
  assert.deepEqual(silent(NOON), [{ language: "ja", why: "silent", since: START }]);
});

test("a channel that is not needed is no alarm", () => {
  const state = needed(null);
  state.languages.ja = { ...state.languages.ja, needed: false } as (typeof state.languages)["ja"];
  assert.equal(unheard(null, state, START + 60_000).size, 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf } from "../src/pages/interpreter/keys";
import {
  cleanSeat,
  directionOf,
  handoverOf,
  isOccupied,
  type OwnSound,
  partnerOf,
  type SwitchState,
  seatChoices,
  switchState,
  whoFills,
} from "../src/show/booth";
import type { BoothDoc, ChannelDoc, SeatDoc, State } from "../src/wire";
import { show } from "./build";

const AT = "2018-09-15T12:00:00+02:00";
const LATER = "2018-09-15T12:00:10+02:00";
const WELL: OwnSound = { works: true, isElsewhere: false, muted: false };

function seat(more: Partial<SeatDoc> = {}): SeatDoc {
  return { open: false, state: "live", since: AT, sound: null, ...more };
}

function booth(more: Partial<BoothDoc> = {}): BoothDoc {
  return { to: null, output: "ja", relay: null, seats: {}, asks: null, handover_ends: null, ...more };
}

function channel(more: Partial<ChannelDoc> = {}): ChannelDoc {
  return {
    needed: true,
    booth: null,
    seat: null,
    since: null,
    silent_since: null,
    listeners: 0,
    places: [],
    ...more,
  };
}

function state(kabine: BoothDoc, languages: State["languages"] = {}): State {
  return { ...show([]), booths: { kabine }, languages };
}

function stands(doc: Partial<BoothDoc>, languages: State["languages"] = {}, own = WELL): SwitchState {
  const anna = seat({ open: true });
  return switchState(state(booth({ seats: { anna }, ...doc }), languages), "kabine", "anna", own);
}

test("a seat is on air only while the channel is fed by its booth", () => {
  assert.deepEqual(stands({}, { ja: channel({ booth: "kabine" }) }), { kind: "on-air", channel: "ja" });
  assert.deepEqual(stands({}, { ja: channel() }), { kind: "waits", channel: "ja" });
  const other = { kind: "other-booth", channel: "ja", booth: "zwei" };
  assert.deepEqual(stands({}, { ja: channel({ booth: "zwei" }) }), other);
});

test("an open seat that nobody hears says why, the nearest reason first", () => {
  const fed = { ja: channel({ booth: "kabine" }) };
  const kind = (doc: Partial<BoothDoc>, own: Partial<OwnSound> = {}) =>
    stands(doc, fed, { ...WELL, ...own }).kind;
  assert.equal(kind({}, { isElsewhere: true, works: false }), "elsewhere");
  assert.equal(kind({}, { works: false, muted: true }), "no-microphone");
  assert.equal(kind({ seats: { anna: seat({ open: true, state: "stalled" }) } }, { muted: true }), "no-line");
  assert.equal(kind({}, { muted: true }), "muted");
  assert.equal(kind({ output: null }), "no-relay");
  assert.deepEqual(stands({ output: null, to: "de" }, fed), { kind: "floor", channel: "de" });
});

test("a closed seat is off, whatever its devices do, unless another page has it", () => {
  const own = { works: false, isElsewhere: false, muted: true };
  assert.equal(stands({ seats: { anna: seat() } }, {}, { ...own, isElsewhere: true }).kind, "elsewhere");
  assert.deepEqual(stands({ seats: { anna: seat() } }, {}, own), { kind: "off" });
  assert.deepEqual(stands({ seats: {} }), { kind: "off" });
});

test("a free number is proposed beside the names of those who sit in the booth", () => {
  const names = (seats: Record<string, SeatDoc>, count = 2) =>
    seatChoices(booth({ seats }), count).map(
      ({ seat, status }) => `${seat}${{ free: "", taken: "!", lost: "?" }[status]}`,
    );
  assert.deepEqual(names({}), ["1", "2"]);
  assert.deepEqual(names({ "1": seat() }), ["1!", "2"]);
  assert.deepEqual(names({ "2": seat() }), ["1", "2!"]);
  assert.deepEqual(names({ anna: seat() }), ["1", "anna!"]);
  assert.deepEqual(names({ anna: seat(), ben: seat() }), ["anna!", "ben!"]);
  assert.deepEqual(names({ anna: seat({ state: "absent" }) }), ["1", "2"], "somebody who has left");
  assert.deepEqual(names({ anna: seat({ state: "absent", open: true }) }), ["1", "anna?"], "a lost line");
});

test("a booth is full when somebody sits in each of its seats, and names them", () => {
  const filling = (seats: Record<string, SeatDoc>) => whoFills(seatChoices(booth({ seats }), 2), 2);
  assert.equal(filling({ anna: seat() }), null);
  assert.deepEqual(filling({ ben: seat({ state: "stalled" }), anna: seat() }), ["anna", "ben"]);
  const lost = seat({ state: "absent", open: true });
  assert.equal(filling({ anna: seat(), ben: lost }), null, "a lost line keeps no seat");
});

test("a seat's name has no slash, no invisible character, single spaces and at most 40 characters", () => {
  assert.equal(cleanSeat("\u202eAn\u200bna\u2066 \u00a0\u3000 B.\ufeff"), "Anna B.");
  assert.equal(cleanSeat("Jose\u0301"), "Jos\u00e9");
  assert.equal(cleanSeat("  Anna/Maria\u0007 "), "AnnaMaria");
  assert.equal([...cleanSeat("𝒜".repeat(50))].length, 40);
  assert.equal(cleanSeat(" / "), "");
});

test("nobody sits in a booth without seats, nor in one whose seat has only a microphone left on", () => {
  assert.ok(!isOccupied(undefined));
  assert.ok(!isOccupied(booth()));
  assert.ok(!isOccupied(booth({ seats: { anna: seat({ state: "absent", open: true }) } })));
  assert.ok(isOccupied(booth({ seats: { anna: seat({ state: "stalled" }) } })));
});

test("the partner is the seat that is open, else one that is there", () => {
  const anna = seat();
  assert.equal(partnerOf(booth({ seats: { anna } }), "anna"), null);
  assert.equal(partnerOf(booth({ seats: { anna, ben: seat({ state: "absent" }) } }), "anna"), null);
  assert.equal(
    partnerOf(booth({ seats: { anna, ben: seat(), cleo: seat({ open: true }) } }), "anna"),
    "cleo",
  );
});

test("the direction is from what the booth hears into its channel", () => {
  const direct = directionOf(state(booth()), "kabine");
  assert.deepEqual(direct, { from: "de", into: "ja", relay: null, byHand: false });
  const relayed = state(booth({ relay: "en", to: "ja" }), { en: channel({ booth: "zwei" }) });
  assert.deepEqual(directionOf(relayed, "kabine"), { from: "en", into: "ja", relay: "zwei", byHand: true });
  const floor = directionOf(state(booth({ output: null, to: "de" })), "kabine");
  assert.deepEqual([floor.into, floor.byHand], ["de", true]);
});

test("a hand-over looks different from both seats", () => {
  const seats = { anna: seat({ open: true }), ben: seat({ open: true, since: LATER }) };
  const both = booth({ seats, handover_ends: LATER });
  const ends = Date.parse(LATER);
  assert.deepEqual(handoverOf(both, "anna"), { kind: "both", ends, older: true, partner: "ben" });
  assert.deepEqual(handoverOf(both, "ben"), { kind: "both", ends, older: false, partner: "anna" });
  const asks = booth({ seats, asks: "anna" });
  assert.deepEqual(handoverOf(asks, "anna"), { kind: "asking" });
  assert.deepEqual(handoverOf(asks, "ben"), { kind: "asked", by: "anna" });
  assert.deepEqual(handoverOf(booth({ seats }), "anna"), { kind: "none" });
});

const plain = { code: "", ctrlKey: false, metaKey: false, altKey: false };

test("keys are letters that no browser uses by itself, and nothing while somebody types", () => {
  assert.equal(keyOf({ ...plain, key: "m" }, false), "switch");
  assert.equal(keyOf({ ...plain, key: "M" }, false), "switch", "caps lock");
  assert.equal(keyOf({ ...plain, key: "m" }, true), null);
  for (const modifier of ["ctrlKey", "metaKey", "altKey"])
    assert.equal(keyOf({ ...plain, key: "c", [modifier]: true }, false), null, modifier);
  assert.equal(keyOf({ ...plain, key: " " }, false), null, "space presses the button in focus");
});

test("a Japanese input method hides letters, not keys", () => {
  assert.equal(keyOf({ ...plain, key: "Process", code: "KeyC" }, false), "cough");
  assert.equal(keyOf({ ...plain, key: "ｍ" }, false), "switch", "full width");
  assert.equal(keyOf({ ...plain, key: "Process", code: "Digit1" }, false), "slower");
});

"""Which of many open microphones a destination is sent, by level traces."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destination.microphones import LEAD_IN_S, MAX_LEAD_IN_S, VOICE_HOLD_S, choose_voices
from bridge.destination.slots import MAX_QUIET_WAIT_S, AudioSlot
from bridge.engine import MICS, Feed
from bridge.peer import PEER_TICK_S
from bridge.source.voice import VoiceActivity
from tests.unit.bridge.peers import NOW, FakePeer, FakeVenue, destination
from tests.unit.bridge.traces import (
    MEASURED,
    PACKET_S,
    Trace,
    applause,
    cough,
    echo,
    packets,
    room,
    speech,
    then,
)

TEN = [f"place{n}" for n in range(10)]
TICK_PACKETS = round(PEER_TICK_S / PACKET_S)


class VoicesHarness:
    """A destination with six microphone slots, and ten open microphones, whose packets name them."""

    def __init__(self, *, program: str = "place0", microphones: list[str] = TEN) -> None:
        self.venues = {name: FakeVenue(name, 100 + 10 * n) for n, name in enumerate(TEN)}
        self.peer = FakePeer()
        self.destination, slots = destination(self.peer, mics=6)
        self.slots = [slot for slot in slots.values() if isinstance(slot, AudioSlot) and slot.name in MICS]
        self.packet = 0
        self.feed = Feed(program, mics=tuple(microphones))
        self.apply()
        self.changes: list[tuple[float, str, str]] = []
        """When, from whom to whom a slot went; times in seconds since the beginning."""
        self.sent: list[tuple[float, str]] = []
        """When a packet of whom was sent."""

    @property
    def now(self) -> float:
        return NOW + self.packet * PACKET_S

    @property
    def carried(self) -> set[str]:
        return {slot.source for slot in self.slots if slot.source}

    def apply(self) -> None:
        self.destination.apply(
            self.feed, {name: venue.source for name, venue in self.venues.items()}, self.now
        )

    def play(self, **traces: Trace) -> None:
        """All packets of the traces; the others hear their room."""
        longest = max(map(len, traces.values()))
        quiet = {name: room(longest * PACKET_S, seed=n) for n, name in enumerate(TEN)}
        for n in range(longest):
            for name, venue in self.venues.items():
                trace = traces.get(name, ())
                venue.speak(self.now, level=-(trace[n] if n < len(trace) else quiet[name][n]))
            if self.packet % TICK_PACKETS == 0:
                before = {slot.name: slot.source or "" for slot in self.slots}
                self.destination.tick(self.now + 0.01)
                for slot in self.slots:
                    if slot.source != before[slot.name]:
                        at = self.packet * PACKET_S
                        self.changes.append((round(at, 2), before[slot.name], slot.source or ""))
            at = round(self.packet * PACKET_S, 2)
            self.sent += [(at, data[12:].decode().removeprefix("voice of ")) for data in self.peer.rtp]
            self.peer.rtp.clear()
            self.packet += 1


def test_with_six_open_no_level_is_read() -> None:
    """It costs nothing."""
    harness = VoicesHarness(microphones=TEN[:6])
    harness.play(place2=speech(1), place9=speech(1))
    assert harness.carried == set(TEN[:6])
    assert all(
        venue.source.audio and venue.source.audio._voice_index == -1 for venue in harness.venues.values()
    )


def test_of_ten_that_are_silent_the_first_six_are_sent() -> None:
    harness = VoicesHarness()
    harness.play(place0=room(5))
    assert harness.carried == set(TEN[:6])
    assert harness.changes == []


@pytest.mark.parametrize("voice", [MEASURED, *(speech(2, seed=seed) for seed in range(7))])
def test_a_voice_that_begins_is_sent_within_150_ms_from_its_first_syllable(voice: Trace) -> None:
    harness = VoicesHarness()
    harness.play(place9=then(room(5), voice))
    ((at, _, who),) = harness.changes
    assert who == "place9"
    assert at - 5 <= 0.15
    packets_sent = [n for n, (_, name) in enumerate(harness.sent) if name == "place9"]
    first = harness.sent[packets_sent[0]][0]
    begun_with = [time for time, name in harness.sent if name == "place9" and time == first]
    assert len(begun_with) >= min((first - 5) / PACKET_S + LEAD_IN_S / PACKET_S, MAX_LEAD_IN_S / PACKET_S) - 1


def test_the_timestamps_of_a_voice_are_true_to_the_clock_in_a_slot_that_was_free() -> None:
    """Its first packet is stamped when it came, not when it was sent."""
    harness = VoicesHarness(microphones=TEN)
    slot = harness.slots[5]
    harness.play(place0=room(1))
    slot.source = None
    slot.stop()
    harness.play(place0=room(1))
    voice = harness.venues["place9"].source.audio
    assert voice
    first = voice.first_since(harness.now - 0.11)
    assert first
    slot.begin(voice, harness.now - 0.11, harness.now)
    stamps = [int.from_bytes(data[4:8], "big") for data in harness.peer.rtp]
    assert len(stamps) == 5
    assert stamps[0] == slot._timestamp(first.arrival)
    assert {later - earlier for earlier, later in pairwise(stamps)} == {960}


def test_a_voice_catches_up_in_its_pauses() -> None:
    """It is stamped after the silence that was sent before it. Leaving out quiet packets brings it to the clock."""
    harness = VoicesHarness()
    harness.play(place9=then(room(5), speech(0.14)))
    (slot,) = (slot for slot in harness.slots if slot.source == "place9")
    last = slot._rewriter.last
    assert last
    assert slot._rewriter.lag(slot._timestamp(last.arrival)) < -0.02 * 48_000
    harness.play(place9=then(speech(4), room(1)))
    last = slot._rewriter.last
    assert last
    assert abs(slot._rewriter.lag(slot._timestamp(last.arrival))) <= 0.02 * 48_000


def test_nothing_is_sent_from_before_a_microphone_was_opened() -> None:
    """What was said before is nobody's business."""
    harness = VoicesHarness(microphones=TEN[:9])
    harness.play(place9=then(room(5), speech(3)))
    opened = harness.now
    harness.feed = Feed("place0", mics=tuple(TEN))
    harness.apply()
    voice = harness.venues["place9"].source.audio
    assert voice
    begun_with: list[float] = []
    for slot in harness.slots:
        slot.begin = lambda intake, begin, now: begun_with.append(begin)  # type: ignore[method-assign]
    harness.play(place9=speech(0.2, seed=1))
    assert begun_with
    assert all(begin >= opened for begin in begun_with)


@pytest.mark.parametrize("seed", range(3))
def test_pauses_for_breath_and_thought_cost_nobody_his_slot(seed: int) -> None:
    """Six in a lively talk, and four who listen."""
    turns = {
        name: then(room(1.2 * n), *[then(speech(2, seed=seed + n), room(1.5)) for _ in range(6)])
        for n, name in enumerate(TEN[:6])
    }
    harness = VoicesHarness()
    harness.play(**turns)
    assert harness.changes == []


@pytest.mark.parametrize("seed", range(3))
def test_ten_who_speak_in_turn_are_all_heard_with_few_changes(seed: int) -> None:
    turns = {name: then(room(5 + 4 * n), speech(3.5, seed=seed + n)) for n, name in enumerate(TEN)}
    harness = VoicesHarness()
    harness.play(**turns)
    assert [who for _, _, who in harness.changes] == TEN[6:]
    for at, before, who in harness.changes:
        assert at - (5 + 4 * TEN.index(who)) <= 0.15
        assert before != "place0", "the programme's source keeps its slot"


def test_two_who_begin_at_once_are_both_heard() -> None:
    harness = VoicesHarness()
    harness.play(place8=then(room(4), speech(5, seed=1)), place9=then(room(4), speech(5, -27.0, seed=2)))
    assert {who for _, _, who in harness.changes} == {"place8", "place9"}
    assert len(harness.changes) == 2
    assert harness.changes[-1][0] <= 4.2


def test_with_six_who_speak_at_once_the_seventh_waits_for_a_slot() -> None:
    harness = VoicesHarness()
    speakers = {name: then(room(3), speech(8, seed=n)) for n, name in enumerate(TEN[:6])}
    harness.play(**speakers, place9=then(room(4), speech(7, seed=99)))
    assert harness.changes == []
    harness.play(
        place1=room(5), place0=speech(5), place9=speech(5), **{n: speech(5, seed=3) for n in TEN[2:6]}
    )
    assert [(before, who) for _, before, who in harness.changes] == [("place1", "place9")]
    assert harness.changes[0][0] - 11 >= VOICE_HOLD_S - 0.5


def test_applause_in_every_hall_costs_at_most_one_change_each() -> None:
    """And he who thanks for it is heard, though all slots are full of it."""
    clapping = {name: then(room(3), applause(12, seed=n)) for n, name in enumerate(TEN[:9])}
    harness = VoicesHarness()
    harness.play(**clapping, place9=then(room(10), speech(5, -18.0)))
    begun = [(at, who) for at, _, who in harness.changes if who == "place9"]
    assert [who for _, who in begun] == ["place9"]
    assert begun[0][0] <= 10.2
    assert len(harness.changes) <= 4


@pytest.mark.parametrize("seed", range(4))
def test_an_echo_takes_no_slot(seed: int) -> None:
    voice = then(room(3), speech(15, seed=seed))
    harness = VoicesHarness()
    harness.play(place0=voice, place8=echo(voice, 14.0, 0.4), place9=echo(voice, 20.0, 0.1))
    assert harness.changes == []


def test_a_cough_takes_the_slot_of_none_who_spoke_lately() -> None:
    harness = VoicesHarness()
    speakers = {name: then(room(3), speech(1.5, seed=n), room(2)) for n, name in enumerate(TEN[:6])}
    harness.play(**speakers, place9=then(room(5), cough(), room(1.2)))
    assert harness.changes == []


def test_the_programmes_source_is_sent_also_while_six_others_speak() -> None:
    harness = VoicesHarness()
    harness.play(**{name: speech(3, seed=n) for n, name in enumerate(TEN[:6])})
    harness.feed = Feed("place9", mics=tuple(TEN))
    harness.apply()
    assert "place9" in harness.carried
    assert len(harness.carried) == 6
    harness.play(**{name: speech(10, seed=n) for n, name in enumerate(TEN[:6])})
    assert "place9" in harness.carried


def test_one_slot_carries_the_programme_alone() -> None:
    """A viewer may bring fewer m-lines."""
    harness = VoicesHarness()
    small, slots = destination(harness.peer, mics=1)
    sources = {name: venue.source for name, venue in harness.venues.items()}
    small.apply(Feed("place3", mics=tuple(TEN)), sources, NOW)
    harness.play(place9=then(room(3), speech(2)))
    small.tick(harness.now)
    assert slots["mic1"].source == "place3"


def test_microphones_without_levels_are_sent_in_their_order() -> None:
    """And give way to a voice."""
    harness = VoicesHarness()
    for n in range(packets(3)):
        for name, venue in harness.venues.items():
            level = -speech(1)[n - 100] if name == "place9" and 100 <= n < 130 else None
            venue.speak(harness.now, level=level)
        harness.destination.tick(harness.now)
        harness.packet += 1
        if n == 99:
            assert harness.carried == set(TEN[:6])
    assert "place9" in harness.carried


def test_a_closed_microphone_ends_in_a_quiet_moment_and_its_slot_goes_to_who_spoke_last() -> None:
    harness = VoicesHarness()
    speakers = {name: then(room(3), speech(6, seed=n)) for n, name in enumerate(TEN[:6])}
    harness.play(**speakers, place8=then(room(7), speech(2, seed=50)))
    harness.feed = Feed("place0", mics=tuple(name for name in TEN if name != "place3"))
    harness.apply()
    assert harness.carried == {"place0", "place1", "place2", "place4", "place5", "place8"}
    harness.play(place3=speech(1))
    assert all(at - 9 <= MAX_QUIET_WAIT_S + PACKET_S for at, name in harness.sent if name == "place3")


def test_a_hand_over_keeps_each_voice_in_its_slot() -> None:
    """The one that stays must not be interrupted when the other ends."""
    peer = FakePeer()
    made, slots = destination(peer)
    one, two = FakeVenue("kabine/1", 10, video=False), FakeVenue("kabine/2", 20, video=False)
    sources = {"kabine/1": one.source, "kabine/2": two.source}
    for number, feed in enumerate(((one, two), (two,), (two, one))):
        now = NOW + number
        made.apply(Feed("x", interpretation=tuple(v.source.name for v in feed)), sources, now)
        peer.rtp.clear()
        for packet in range(3):
            for venue in (one, two):
                venue.speak(now + packet * PACKET_S, level=20)
        heard = [data[12:].decode().removeprefix("voice of ") for data in peer.rtp]
        assert sorted(heard) == sorted([venue.source.name for venue in feed] * 3)
    assert slots["interpretation2"].source == "kabine/2"


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 5)), max_size=60),
    st.integers(1, 6),
    st.sampled_from("abcdefgh"),
)
def test_any_choice_has_the_programme_and_evicts_only_the_silent(
    spoken: list[tuple[str, float]], capacity: int, program: str
) -> None:
    voices: Mapping[str, VoiceActivity] = {name: VoiceActivity() for name in "abcdefgh"}
    now, carried = 0.0, choose_voices([], program, voices, capacity, now=0.0)
    for name, pause in spoken:
        now += pause
        voices[name].spoke_at = now
        before = carried
        carried = choose_voices(before, program, voices, capacity, [name], now=now)
        assert program in carried
        assert len(set(carried)) == len(carried) == capacity
        for gone in set(before) - set(carried):
            assert now - voices[gone].spoke_at > VOICE_HOLD_S
            assert name in carried

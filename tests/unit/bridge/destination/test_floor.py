"""A listener of a channel on a path that is too narrow for the floor under it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destination.microphones import choose_voices
from bridge.engine import Feed
from bridge.rtp.rtcp import Remb
from bridge.source.talk import TalkbackMicrophone
from bridge.source.voice import VoiceActivity
from tests.unit.bridge.peers import NOW, FakePeer, FakeVenue, destination

PACKET_S = 0.02
SEAT, TALK = "kabine/anna", "talk:desk"


class ListenerHarness:
    """A listener: the picture of krefeld, three microphones, a channel, and talkback."""

    def __init__(self, *, channel: bool = True) -> None:
        self.venues = {
            name: FakeVenue(name, ssrc, video=name == "krefeld")
            for name, ssrc in (("krefeld", 10), ("berlin", 20), ("tokio", 30), (SEAT, 40), (TALK, 50))
        }
        self.peer, self.packet = FakePeer(), 0
        self.destination, self.slots = destination(self.peer)
        self.feed = Feed("krefeld", mics=("krefeld", "berlin", "tokio"), talkback=TALK)
        self.estimate: int | None = None
        self.listen(channel=channel)

    @property
    def now(self) -> float:
        return NOW + self.packet * PACKET_S

    def listen(self, *, channel: bool) -> None:
        """Choose the channel or the floor."""
        feed = Feed(
            *(self.feed.program, (), self.feed.mics, (SEAT,) if channel else ()), talkback=self.feed.talkback
        )
        microphone = self.venues[TALK].source.audio
        assert microphone
        sources = {name: venue.source for name, venue in self.venues.items() if name != TALK}
        self.destination.apply(feed, sources, self.now, {TALK: TalkbackMicrophone(microphone)})

    def run(self, seconds: float) -> Counter[str]:
        """Time passes; how many packets of whose sound were sent in its last second. tokio speaks loudest."""
        heard: Counter[str] = Counter()
        for step in range(round(seconds / PACKET_S)):
            if step == round((seconds - 1) / PACKET_S):
                heard.clear()
            if self.estimate is not None and step % 50 == 0:
                self.destination.on_rtcp([Remb(self.estimate, (self.slots["program"].ssrc,))], self.now)
            if step % 5 == 0:
                self.venues["krefeld"].frame(self.now, 3, keyframe=True)
            for name, venue in self.venues.items():
                venue.speak(self.now, level=20 if name == "tokio" and step % 20 < 10 else 70)
            self.destination.tick(self.now + 0.01)
            heard.update(
                data.rpartition(b"voice of ")[2].decode() for data in self.peer.rtp if b"voice of " in data
            )
            self.peer.rtp.clear()
            self.packet += 1
        return heard

    def narrow(self, share: float) -> None:
        """From now on the path takes that share of the sound that is sent now."""
        before = sum(slot.octets for slot in self.slots.values() if slot.name != "program")
        self.run(1)
        after = sum(slot.octets for slot in self.slots.values() if slot.name != "program")
        self.estimate = round((after - before) * 8 * share)


def test_the_floor_is_dropped_after_the_picture_and_comes_back_before_it() -> None:
    listener = ListenerHarness()
    listener.run(3)
    listener.narrow(0.1)
    pictures: list[tuple[int | None, int]] = []
    for _ in range(12):
        heard = listener.run(1)
        pictures.append((listener.destination.stats(listener.now).pictures, heard["berlin"]))
    assert (0, 50) in pictures, "the picture stops while the floor is complete"
    assert not {count for shown, count in pictures if shown} - {50}, "no picture, or the whole floor"
    assert set(listener.run(1)) == {SEAT, TALK}
    listener.estimate = 10_000_000
    order: list[tuple[int, int | None]] = []
    for _ in range(40):
        heard = listener.run(1)
        floor = sum(heard[name] > 25 for name in ("krefeld", "berlin", "tokio"))
        order.append((floor, listener.destination.stats(listener.now).pictures))
    assert order == sorted(order)
    assert order[-1] == (3, 1)
    assert (3, 0) in order


def test_the_quietest_are_dropped_first_and_the_programmes_last() -> None:
    listener = ListenerHarness()
    listener.run(3)
    listener.narrow(0.85)
    listener.run(11)
    assert set(listener.run(1)) == {"krefeld", "tokio", SEAT, TALK}
    listener.narrow(0.8)
    assert set(listener.run(4)) == {"krefeld", SEAT, TALK}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_channel_and_talkback_lose_no_packet(share: float) -> None:
    listener = ListenerHarness()
    listener.run(3)
    listener.narrow(share)
    heard = [listener.run(1) for _ in range(15)]
    assert {(second[SEAT], second[TALK]) for second in heard} == {(50, 50)}
    assert 0 in [second["berlin"] for second in heard]


def test_who_hears_the_floor_alone_keeps_all_of_it() -> None:
    """Also who goes back to it."""
    listener = ListenerHarness(channel=False)
    listener.run(3)
    listener.narrow(0.1)
    for _ in range(12):
        assert listener.run(1)["berlin"] == 50
    listener.listen(channel=True)
    assert any(listener.run(1)["berlin"] == 0 for _ in range(20))
    listener.listen(channel=False)
    assert listener.run(1)["berlin"] == 50


def test_a_lost_booth_brings_the_floor_back() -> None:
    """The routing follows within a second, but somebody must be heard before."""
    listener = ListenerHarness()
    listener.run(3)
    listener.narrow(0.1)
    listener.run(12)
    listener.venues.pop(SEAT).source.close()
    assert listener.run(1.2)["berlin"] == 50


@given(
    st.lists(st.floats(0, 9), min_size=6, max_size=6),
    st.sampled_from("abcdef"),
    st.sets(st.sampled_from("abcdef")),
)
def test_fewer_microphones_are_some_of_the_more(spoken: list[float], program: str, carried: set[str]) -> None:
    voices: Mapping[str, VoiceActivity] = {name: VoiceActivity() for name in "abcdef"}
    for voice, at in zip(voices.values(), spoken, strict=True):
        voice.spoke_at = at
    chosen = [set(choose_voices(carried, program, voices, capacity, now=9.0)) for capacity in range(7)]
    assert [len(one) for one in chosen] == list(range(7))
    assert all(less < more for less, more in pairwise(chosen))
    assert all(program in one for one in chosen[1:])

"""One destination: its routing, its requests and its reports."""

from __future__ import annotations

import struct

import pytest

from bridge.destination.destination import SENDER_REPORT_INTERVAL_S, Destination
from bridge.destination.slots import AudioSlot
from bridge.engine import Feed
from bridge.rtp.rtcp import (
    PictureLossIndication,
    SenderReport,
    SourceDescription,
)
from bridge.source.source import Source
from tests.unit.bridge.peers import NOW, NTP, FakePeer, FakeVenue, destination

PROGRAM, SECOND, MIC1, MIC2 = 1, 2, 3, 4
"""SSRCs of the slots, as `destination` numbers them."""


class Link:
    """Three rooms and a peer."""

    def __init__(self, *, own: str | None = None, views: tuple[str, ...] = (), mics: int = 4) -> None:
        self.venues = {
            name: FakeVenue(name, ssrc) for name, ssrc in (("krefeld", 10), ("berlin", 20), ("tokio", 30))
        }
        self.peer = FakePeer()
        self.destination, self.slots = destination(self.peer, own=own, views=views, mics=mics)

    @property
    def sources(self) -> dict[str, Source]:
        """All that are there."""
        return {name: venue.source for name, venue in self.venues.items()}

    def apply(self, feed: Feed | None, now: float = NOW) -> None:
        """Route, and let every camera send a keyframe and every microphone a packet."""
        self.destination.apply(feed, self.sources, now)
        self.play(now)

    def play(self, now: float = NOW) -> None:
        """A keyframe and a bit of sound from everywhere."""
        for venue in self.venues.values():
            venue.frame(now, keyframe=True)
            venue.speak(now)

    def seen(self) -> dict[str, str]:
        """What arrived in which slot since the last look: the room's name."""
        names = {slot.ssrc: slot for slot in self.slots.values()}
        found: dict[str, str] = {}
        for data in self.peer.rtp:
            slot = names[struct.unpack_from("!L", data, 8)[0]]
            if isinstance(slot, AudioSlot):
                found[slot.name] = data.rpartition(b" ")[2].decode()
            else:
                camera = struct.unpack("!LLL", data[-12:])[0]
                found[slot.name] = next(
                    name for name, venue in self.venues.items() if venue.camera.ssrc == camera
                )
        self.peer.rtp.clear()
        return found


def test_a_feed_fills_programme_second_and_microphones() -> None:
    """No other slot."""
    link = Link()
    link.apply(Feed("krefeld", "tokio", ("berlin", "tokio")))
    assert link.seen() == {"program": "krefeld", "second": "tokio", "mic1": "berlin", "mic2": "tokio"}


def test_multiview_slots_show_the_source_in_their_name() -> None:
    """Whatever is on air."""
    link = Link(views=("tokio", "nowhere", "berlin"))
    link.apply(Feed("nobody"))
    assert link.seen() == {"view:tokio": "tokio", "view:berlin": "berlin"}
    assert link.slots["view:nowhere"].source == "nowhere"


def test_a_peer_without_a_feed_receives_nothing() -> None:
    """Not in its multiview slots either."""
    link = Link(views=("tokio",))
    link.apply(Feed("krefeld", None, ("berlin",)))
    link.peer.rtp.clear()
    link.apply(None)
    assert link.seen() == {}


def test_an_open_microphone_keeps_its_slot() -> None:
    """A voice must not move to another loudspeaker in the middle of a word."""
    link = Link()
    link.apply(Feed("nobody", None, ("krefeld", "berlin", "tokio")))
    link.seen()
    link.apply(Feed("nobody", None, ("tokio", "berlin")))
    assert link.seen() == {"mic2": "berlin", "mic3": "tokio"}
    link.apply(Feed("nobody", None, ("krefeld", "tokio", "berlin")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_a_microphone_keeps_its_slot_while_its_source_is_away() -> None:
    """It is still open, and returns to its slot."""
    link = Link()
    link.apply(Feed("nobody", None, ("krefeld", "berlin")))
    krefeld = link.venues.pop("krefeld")
    krefeld.source.close()
    link.apply(Feed("nobody", None, ("krefeld", "berlin", "tokio")))
    link.seen()
    link.venues["krefeld"] = FakeVenue("krefeld", 40)
    link.apply(Feed("nobody", None, ("krefeld", "berlin", "tokio")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_the_source_in_the_picture_gets_the_first_microphone_slot_if_free() -> None:
    """Browsers sync lips with that one."""
    link = Link()
    link.apply(Feed("tokio", None, ("krefeld", "berlin", "tokio")))
    assert link.seen() == {"program": "tokio", "mic1": "tokio", "mic2": "krefeld", "mic3": "berlin"}
    link.apply(Feed("berlin", None, ("tokio",)))
    link.seen()
    link.apply(Feed("berlin", None, ("tokio", "krefeld", "berlin")))
    assert link.seen() == {"program": "berlin", "mic1": "tokio", "mic2": "krefeld", "mic3": "berlin"}


def test_microphones_beyond_the_slots_are_not_forwarded() -> None:
    """Open ones keep their slots; duplicates count once."""
    link = Link(mics=2)
    link.apply(Feed("nobody", None, ("krefeld", "krefeld", "berlin", "tokio")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin"}
    link.apply(Feed("nobody", None, ("tokio", "berlin")))
    assert link.seen() == {"mic1": "tokio", "mic2": "berlin"}


@pytest.mark.parametrize(
    "feed", [Feed("tokio"), Feed("berlin", "tokio"), Feed("nobody", None, ("berlin", "tokio"))]
)
def test_its_own_picture_or_sound_is_refused_and_changes_nothing(feed: Feed) -> None:
    """An echo in a hall is worse than silence."""
    link = Link(own="tokio")
    link.apply(Feed("krefeld", None, ("krefeld",)))
    link.seen()
    with pytest.raises(RuntimeError, match="peer sends tokio and was routed its own"):
        link.apply(feed)
    link.play()
    assert link.seen() == {"program": "krefeld", "mic1": "krefeld"}


def test_a_missing_source_stops_its_slot_whose_stream_stays_where_it_is() -> None:
    """The next source continues the stream."""
    link = Link()
    link.apply(Feed("krefeld"))
    lost = link.venues.pop("krefeld")
    link.apply(Feed("krefeld"))
    lost.frame(NOW, keyframe=True)
    assert [copy.seq for copy in link.peer.take_copies()] == [500]
    link.apply(Feed("tokio"))
    assert [copy.seq for copy in link.peer.take_copies()] == [501, 502]


def test_a_reloaded_page_takes_over_its_slots_at_its_first_keyframe() -> None:
    """The old one runs until then."""
    link = Link()
    link.apply(Feed("krefeld"))
    old, new = link.venues["krefeld"], FakeVenue("krefeld", 40)
    link.venues["krefeld"] = new
    link.destination.apply(Feed("krefeld"), link.sources, NOW)
    new.frame(NOW)
    new.source.tick(NOW)
    old.frame(NOW)
    new.frame(NOW, keyframe=True)
    assert [(copy.camera, copy.seq) for copy in link.peer.take_copies()] == [(10, 500), (10, 501), (40, 502)]
    assert new.peer.take_rtcp(PictureLossIndication)


def test_a_source_without_a_camera_leaves_the_picture_empty() -> None:
    """A telephone guest."""
    link = Link()
    link.venues["tokio"] = FakeVenue("tokio", 30, video=False)
    link.destination.apply(Feed("tokio", None, ("tokio",)), link.sources, NOW)
    link.venues["tokio"].speak(NOW)
    assert link.seen() == {"mic1": "tokio"}


# What the peer is told -----------------------------------------------------------------------------


def test_every_sending_slot_has_a_sender_report_each_second_by_one_clock() -> None:
    """One instant for picture and sound, each at its own rate, and one CNAME: so lips are in sync."""
    link = Link()
    link.apply(Feed("krefeld", None, ("tokio",)))
    link.destination.tick(NOW + 0.5)
    reports = {report.ssrc: report for report in link.peer.take_rtcp(SenderReport)}
    assert set(reports) == {PROGRAM, MIC1}
    assert reports[PROGRAM].ntp == reports[MIC1].ntp == int((NTP + 0.5) * (1 << 32))
    assert (reports[PROGRAM].timestamp, reports[MIC1].timestamp) == (7 + 45_000, 7 + 24_000)
    link.destination.tick(NOW + 0.6)
    assert link.peer.rtcp == []
    link.destination.tick(NOW + 0.5 + SENDER_REPORT_INTERVAL_S)
    assert link.peer.take_rtcp(SourceDescription) == [
        SourceDescription(((PROGRAM, "bridge"),)),
        SourceDescription(((MIC1, "bridge"),)),
    ]


def test_a_waiting_take_repeats_its_keyframe_request() -> None:
    """The request or the keyframe may have been lost."""
    link = Link()
    link.apply(Feed("krefeld"))
    venue = link.venues["tokio"]
    venue.peer.rtcp.clear()
    then = NOW + 5
    venue.camera.timestamp += 5 * 90_000
    venue.frame(then)
    link.venues["krefeld"].frame(then)
    link.destination.apply(Feed("tokio"), link.sources, then)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    for step in range(1, 30):
        link.venues["krefeld"].frame(then + step * 0.02)
        link.destination.tick(then + step * 0.02)
        venue.source.tick(then + step * 0.02)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1


def test_stats_count_the_packets_sent() -> None:
    """Bit rate over the last whole second."""
    link = Link()
    link.apply(Feed("krefeld", "berlin", ("tokio",)))
    stats = link.destination.stats(NOW + 1)
    sent = sum(map(len, link.peer.rtp))
    assert (stats.packets, stats.kbps, stats.rtt_ms, stats.loss) == (3, sent * 8 / 1000, None, None)


def test_a_stopped_destination_unsubscribes_from_every_source() -> None:
    """No packet is copied for a peer that has left."""
    link = Link(views=("berlin",))
    link.apply(Feed("krefeld", "tokio", ("tokio", "berlin")))
    link.destination.stop()
    for venue in link.venues.values():
        assert venue.source.audio
        assert (venue.video.subscribers, venue.source.audio.subscribers) == ((), ())


def test_a_destination_may_have_no_slots() -> None:
    """A peer that only sends."""
    peer = FakePeer()
    _, slots = destination(peer)
    assert slots
    made = Destination("sender", peer, slots["program"]._clock, [], cname="bridge", now=NOW)
    made.apply(Feed("krefeld", None, ("tokio",)), {}, NOW)
    made.tick(NOW)
    assert made.stats(NOW).packets == 0

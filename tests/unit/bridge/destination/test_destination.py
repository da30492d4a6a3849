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
from bridge.source.talk import TalkbackMicrophone
from tests.unit.bridge.peers import NOW, NTP, FakePeer, FakeVenue, destination

PROGRAM, SECOND, MIC1, MIC2 = 1, 2, 3, 4
"""SSRCs of the slots, as `destination` numbers them."""


class RoutingHarness:
    """Three venues and a peer."""

    def __init__(self, *, own: str | None = None, views: tuple[str, ...] = (), mics: int = 4) -> None:
        self.venues = {
            name: FakeVenue(name, ssrc) for name, ssrc in (("krefeld", 10), ("berlin", 20), ("tokio", 30))
        }
        self.peer = FakePeer()
        self.destination, self.slots = destination(self.peer, own=own, views=views, mics=mics)

    @property
    def sources(self) -> dict[str, Source]:
        """By name."""
        return {name: venue.source for name, venue in self.venues.items()}

    def apply(self, feed: Feed | None, now: float = NOW) -> None:
        """Route, and let every camera send a keyframe and every microphone a packet."""
        self.destination.apply(feed, self.sources, now)
        self.play(now)

    def play(self, now: float = NOW) -> None:
        """A keyframe and 20 ms of sound from each."""
        for venue in self.venues.values():
            venue.frame(now, keyframe=True)
            venue.speak(now)

    def seen(self) -> dict[str, str]:
        """Slot to the name of the venue that was received in it since the last call."""
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
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld", ("tokio",), ("berlin", "tokio")))
    assert downlink.seen() == {"program": "krefeld", "second": "tokio", "mic1": "berlin", "mic2": "tokio"}


def test_multiview_slots_show_the_source_in_their_name() -> None:
    """Whatever is on air."""
    downlink = RoutingHarness(views=("tokio", "nowhere", "berlin"))
    downlink.apply(Feed("nobody"))
    assert downlink.seen() == {"view:tokio": "tokio", "view:berlin": "berlin"}
    assert downlink.slots["view:nowhere"].source == "nowhere"


def test_multiview_slots_are_sent_nothing_where_the_feed_is_without_previews() -> None:
    downlink = RoutingHarness(views=("tokio", "berlin"))
    downlink.apply(Feed("krefeld", previews=False))
    assert downlink.seen() == {"program": "krefeld"}
    downlink.apply(Feed("krefeld"))
    assert downlink.seen() == {"program": "krefeld", "view:tokio": "tokio", "view:berlin": "berlin"}


def test_a_peer_without_a_feed_receives_nothing() -> None:
    """Not in its multiview slots either."""
    downlink = RoutingHarness(views=("tokio",))
    downlink.apply(Feed("krefeld", (), ("berlin",)))
    downlink.peer.rtp.clear()
    downlink.apply(None)
    assert downlink.seen() == {}


def test_an_open_microphone_keeps_its_slot() -> None:
    """A voice must not move to another loudspeaker in the middle of a word."""
    downlink = RoutingHarness()
    downlink.apply(Feed("nobody", (), ("krefeld", "berlin", "tokio")))
    downlink.seen()
    downlink.apply(Feed("nobody", (), ("tokio", "berlin")))
    assert downlink.seen() == {"mic2": "berlin", "mic3": "tokio"}
    downlink.apply(Feed("nobody", (), ("krefeld", "tokio", "berlin")))
    assert downlink.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_a_microphone_keeps_its_slot_while_its_source_is_away() -> None:
    """It is still open, and returns to its slot."""
    downlink = RoutingHarness()
    downlink.apply(Feed("nobody", (), ("krefeld", "berlin")))
    krefeld = downlink.venues.pop("krefeld")
    krefeld.source.close()
    downlink.apply(Feed("nobody", (), ("krefeld", "berlin", "tokio")))
    downlink.seen()
    downlink.venues["krefeld"] = FakeVenue("krefeld", 40)
    downlink.apply(Feed("nobody", (), ("krefeld", "berlin", "tokio")))
    assert downlink.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_the_source_in_the_picture_gets_the_first_microphone_slot_if_free() -> None:
    """Browsers sync lips with that one."""
    downlink = RoutingHarness()
    downlink.apply(Feed("tokio", (), ("krefeld", "berlin", "tokio")))
    assert downlink.seen() == {"program": "tokio", "mic1": "tokio", "mic2": "krefeld", "mic3": "berlin"}
    downlink.apply(Feed("berlin", (), ("tokio",)))
    downlink.seen()
    downlink.apply(Feed("berlin", (), ("tokio", "krefeld", "berlin")))
    assert downlink.seen() == {"program": "berlin", "mic1": "tokio", "mic2": "krefeld", "mic3": "berlin"}


def test_microphones_beyond_the_slots_are_not_forwarded() -> None:
    """Open ones keep their slots; duplicates count once."""
    downlink = RoutingHarness(mics=2)
    downlink.apply(Feed("nobody", (), ("krefeld", "krefeld", "berlin", "tokio")))
    assert downlink.seen() == {"mic1": "krefeld", "mic2": "berlin"}
    downlink.apply(Feed("nobody", (), ("tokio", "berlin")))
    assert downlink.seen() == {"mic1": "tokio", "mic2": "berlin"}


@pytest.mark.parametrize(
    "feed", [Feed("tokio"), Feed("berlin", ("tokio",)), Feed("nobody", (), ("berlin", "tokio"))]
)
def test_its_own_picture_or_sound_is_refused_and_changes_nothing(feed: Feed) -> None:
    """An echo in a hall is worse than silence."""
    downlink = RoutingHarness(own="tokio")
    downlink.apply(Feed("krefeld", (), ("krefeld",)))
    downlink.seen()
    with pytest.raises(RuntimeError, match="peer sends tokio and was routed its own"):
        downlink.apply(feed)
    downlink.play()
    assert downlink.seen() == {"program": "krefeld", "mic1": "krefeld"}


def test_talkback_is_heard_in_the_talkback_slot() -> None:
    downlink = RoutingHarness()
    desk = FakeVenue("desk", 50)
    assert desk.source.audio
    downlink.destination.apply(
        *(Feed("krefeld", talkback="talk:desk"), downlink.sources, NOW),
        {"talk:desk": TalkbackMicrophone(desk.source.audio)},
    )
    desk.speak(NOW)
    assert downlink.seen() == {"talkback": "desk"}


@pytest.mark.parametrize(
    "feed",
    [
        Feed("talk:desk"),
        Feed("krefeld", ("talk:desk",)),
        Feed("krefeld", mics=("talk:desk",)),
        Feed("krefeld", interpretation=("talk:desk",)),
        Feed("krefeld", partner="talk:desk"),
        Feed("krefeld", talkback="berlin"),
        Feed("krefeld", talkback="talk:own"),
    ],
)
def test_talkback_is_heard_nowhere_else_and_nothing_else_as_talkback(feed: Feed) -> None:
    """It is never in the programme or a channel. And nobody hears himself."""
    peer = FakePeer()
    made, _ = destination(peer, talk="talk:own")
    hall, desk = FakeVenue("krefeld", 10), FakeVenue("desk", 50)
    assert desk.source.audio
    sources = {"krefeld": hall.source, "berlin": FakeVenue("berlin", 20).source}
    talks = {"talk:desk": TalkbackMicrophone(desk.source.audio)}
    made.apply(Feed("krefeld", mics=("krefeld",)), sources, NOW, talks)
    with pytest.raises(RuntimeError, match="talkback"):
        made.apply(feed, sources, NOW, talks)
    hall.speak(NOW)
    desk.speak(NOW)
    assert [data[12:] for data in peer.rtp] == [b"voice of krefeld"]


def test_a_missing_source_stops_its_slot_whose_stream_stays_where_it_is() -> None:
    """The next source continues the stream."""
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld"))
    lost = downlink.venues.pop("krefeld")
    downlink.apply(Feed("krefeld"))
    lost.frame(NOW, keyframe=True)
    assert [copy.seq for copy in downlink.peer.take_copies()] == [500]
    downlink.apply(Feed("tokio"))
    assert [copy.seq for copy in downlink.peer.take_copies()] == [501, 502]


def test_a_reloaded_page_takes_over_its_slots_at_its_first_keyframe() -> None:
    """The old one runs until then."""
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld"))
    old, new = downlink.venues["krefeld"], FakeVenue("krefeld", 40)
    downlink.venues["krefeld"] = new
    downlink.destination.apply(Feed("krefeld"), downlink.sources, NOW)
    new.frame(NOW)
    new.source.tick(NOW)
    old.frame(NOW)
    new.frame(NOW, keyframe=True)
    assert [(copy.camera, copy.seq) for copy in downlink.peer.take_copies()] == [
        (10, 500),
        (10, 501),
        (40, 502),
    ]
    assert new.peer.take_rtcp(PictureLossIndication)


def test_a_source_without_a_camera_leaves_the_picture_empty() -> None:
    """A telephone guest."""
    downlink = RoutingHarness()
    downlink.venues["tokio"] = FakeVenue("tokio", 30, video=False)
    downlink.destination.apply(Feed("tokio", (), ("tokio",)), downlink.sources, NOW)
    downlink.venues["tokio"].speak(NOW)
    assert downlink.seen() == {"mic1": "tokio"}


# Reports and requests ----------------------------------------------------------------------------


def test_every_sending_slot_has_a_sender_report_each_second_by_one_clock() -> None:
    """One instant for picture and sound, each at its own rate, and one CNAME: so lips are in sync."""
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld", (), ("tokio",)))
    downlink.destination.tick(NOW + 0.5)
    reports = {report.ssrc: report for report in downlink.peer.take_rtcp(SenderReport)}
    assert set(reports) == {PROGRAM, MIC1}
    assert reports[PROGRAM].ntp == reports[MIC1].ntp == int((NTP + 0.5) * (1 << 32))
    assert (reports[PROGRAM].timestamp, reports[MIC1].timestamp) == (7 + 45_000, 7 + 24_000)
    downlink.destination.tick(NOW + 0.6)
    assert downlink.peer.rtcp == []
    downlink.destination.tick(NOW + 0.5 + SENDER_REPORT_INTERVAL_S)
    assert downlink.peer.take_rtcp(SourceDescription) == [
        SourceDescription(((PROGRAM, "bridge"),)),
        SourceDescription(((MIC1, "bridge"),)),
    ]


def test_a_waiting_take_repeats_its_keyframe_request() -> None:
    """The request or the keyframe may have been lost."""
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld"))
    venue = downlink.venues["tokio"]
    venue.peer.rtcp.clear()
    then = NOW + 5
    venue.camera.timestamp += 5 * 90_000
    venue.frame(then)
    downlink.venues["krefeld"].frame(then)
    downlink.destination.apply(Feed("tokio"), downlink.sources, then)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    for step in range(1, 30):
        downlink.venues["krefeld"].frame(then + step * 0.02)
        downlink.destination.tick(then + step * 0.02)
        venue.source.tick(then + step * 0.02)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1


def test_stats_count_the_packets_sent() -> None:
    """Bit rate over the last whole second."""
    downlink = RoutingHarness()
    downlink.apply(Feed("krefeld", ("berlin",), ("tokio",)))
    stats = downlink.destination.stats(NOW + 1)
    sent = sum(map(len, downlink.peer.rtp))
    assert (stats.packets, stats.kbps, stats.rtt_ms, stats.loss) == (3, sent * 8 / 1000, None, None)


def test_a_stopped_destination_unsubscribes_from_every_source() -> None:
    """No packet is copied for a peer that has left."""
    downlink = RoutingHarness(views=("berlin",))
    downlink.apply(Feed("krefeld", ("tokio",), ("tokio", "berlin")))
    downlink.destination.stop()
    for venue in downlink.venues.values():
        assert venue.source.audio
        assert (venue.video.subscribers, venue.source.audio.subscribers) == ((), ())


def test_a_destination_may_have_no_slots() -> None:
    """A peer that only sends."""
    peer = FakePeer()
    _, slots = destination(peer)
    assert slots
    made = Destination("sender", peer, slots["program"]._clock, [], cname="bridge", now=NOW)
    made.apply(Feed("krefeld", (), ("tokio",)), {}, NOW)
    made.tick(NOW)
    assert made.stats(NOW).packets == 0

"""One destination: what it is routed, what it asks for, what it is told."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.destination import PICTURE_LOSS_PAUSE, REPAIR_BURST, REPORT, Destination
from bridge.engine import Feed
from bridge.rtp import rtcp
from bridge.rtp.rtcp import (
    FullIntra,
    GenericNack,
    PictureLoss,
    ReceiverReport,
    ReportBlock,
    SenderReport,
    SourceDescription,
)
from bridge.slots import AudioSlot
from bridge.source import Source
from tests.unit.bridge.peers import NOW, NTP, Far, Room, destination

PROGRAM, SECOND, MIC1, MIC2 = 1, 2, 3, 4
"""SSRCs of the slots, as `destination` numbers them."""


class Link:
    """Three rooms and a peer."""

    def __init__(self, *, own: str | None = None, views: tuple[str, ...] = (), mics: int = 4) -> None:
        self.rooms = {
            name: Room(name, ssrc) for name, ssrc in (("krefeld", 10), ("berlin", 20), ("tokio", 30))
        }
        self.far = Far()
        self.destination, self.slots = destination(self.far, own=own, views=views, mics=mics)

    @property
    def sources(self) -> dict[str, Source]:
        """All that are there."""
        return {name: room.source for name, room in self.rooms.items()}

    def apply(self, feed: Feed | None, now: float = NOW) -> None:
        """Route, and let every camera send a keyframe and every microphone a packet."""
        self.destination.apply(feed, self.sources, now)
        self.play(now)

    def play(self, now: float = NOW) -> None:
        """A keyframe and a bit of sound from everywhere."""
        for room in self.rooms.values():
            room.frame(now, keyframe=True)
            room.speak(now)

    def seen(self) -> dict[str, str]:
        """What arrived in which slot since the last look: the room's name."""
        names = {slot.ssrc: slot for slot in self.slots.values()}
        found: dict[str, str] = {}
        for data in self.far.rtp:
            slot = names[struct.unpack_from("!L", data, 8)[0]]
            if isinstance(slot, AudioSlot):
                found[slot.name] = data.rpartition(b" ")[2].decode()
            else:
                camera = struct.unpack("!LLL", data[-12:])[0]
                found[slot.name] = next(
                    name for name, room in self.rooms.items() if room.camera.ssrc == camera
                )
        self.far.rtp.clear()
        return found


def test_a_feed_fills_programme_second_and_microphones() -> None:
    """And nothing else."""
    link = Link()
    link.apply(Feed("krefeld", "tokio", ("berlin", "tokio")))
    assert link.seen() == {"program": "krefeld", "second": "tokio", "mic1": "berlin", "mic2": "tokio"}


def test_views_show_the_source_in_their_name_whatever_is_on_air() -> None:
    """A moderator sees every source in small."""
    link = Link(views=("tokio", "nowhere", "berlin"))
    link.apply(Feed(None))
    assert link.seen() == {"view:tokio": "tokio", "view:berlin": "berlin"}
    assert link.slots["view:nowhere"].wanted == "nowhere"


def test_a_peer_that_is_not_named_receives_nothing() -> None:
    """Its views neither."""
    link = Link(views=("tokio",))
    link.apply(Feed("krefeld", None, ("berlin",)))
    link.far.rtp.clear()
    link.apply(None)
    assert link.seen() == {}


def test_an_open_microphone_never_moves() -> None:
    """A voice must not jump to another loudspeaker in the middle of a word."""
    link = Link()
    link.apply(Feed(None, None, ("krefeld", "berlin", "tokio")))
    link.seen()
    link.apply(Feed(None, None, ("tokio", "berlin")))
    assert link.seen() == {"mic2": "berlin", "mic3": "tokio"}
    link.apply(Feed(None, None, ("krefeld", "tokio", "berlin")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_a_microphone_keeps_its_slot_while_its_source_is_away() -> None:
    """It is still open, and comes back where it was."""
    link = Link()
    link.apply(Feed(None, None, ("krefeld", "berlin")))
    krefeld = link.rooms.pop("krefeld")
    krefeld.source.close()
    link.apply(Feed(None, None, ("krefeld", "berlin", "tokio")))
    link.seen()
    link.rooms["krefeld"] = Room("krefeld", 40)
    link.apply(Feed(None, None, ("krefeld", "berlin", "tokio")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin", "mic3": "tokio"}


def test_microphones_beyond_the_slots_are_not_carried() -> None:
    """Those that are open stay; one named twice counts once."""
    link = Link(mics=2)
    link.apply(Feed(None, None, ("krefeld", "krefeld", "berlin", "tokio")))
    assert link.seen() == {"mic1": "krefeld", "mic2": "berlin"}
    link.apply(Feed(None, None, ("tokio", "berlin")))
    assert link.seen() == {"mic1": "tokio", "mic2": "berlin"}


@pytest.mark.parametrize(
    "feed", [Feed("tokio"), Feed("berlin", "tokio"), Feed(None, None, ("berlin", "tokio"))]
)
def test_its_own_picture_or_voice_is_refused_as_a_fault_and_changes_nothing(feed: Feed) -> None:
    """Nobody hears himself: an echo in a hall is worse than silence."""
    link = Link(own="tokio")
    link.apply(Feed("krefeld", None, ("krefeld",)))
    link.seen()
    with pytest.raises(RuntimeError, match="peer feeds tokio and was routed its own"):
        link.apply(feed)
    link.play()
    assert link.seen() == {"program": "krefeld", "mic1": "krefeld"}


def test_a_source_that_is_missing_stops_its_slot_which_keeps_its_place() -> None:
    """The next one goes on in the same stream."""
    link = Link()
    link.apply(Feed("krefeld"))
    lost = link.rooms.pop("krefeld")
    link.apply(Feed("krefeld"))
    lost.frame(NOW, keyframe=True)
    assert [copy.seq for copy in link.far.copies()] == [500]
    link.apply(Feed("tokio"))
    assert [copy.seq for copy in link.far.copies()] == [501]


def test_a_reloaded_page_takes_its_slots_over_on_its_first_keyframe() -> None:
    """The old one runs until then."""
    link = Link()
    link.apply(Feed("krefeld"))
    old, new = link.rooms["krefeld"], Room("krefeld", 40)
    link.rooms["krefeld"] = new
    link.destination.apply(Feed("krefeld"), link.sources, NOW)
    new.frame(NOW)
    new.source.tick(NOW)
    old.frame(NOW)
    new.frame(NOW, keyframe=True)
    assert [(copy.camera, copy.seq) for copy in link.far.copies()] == [(10, 500), (10, 501), (40, 502)]
    assert new.far.heard(PictureLoss)


def test_a_source_without_a_camera_leaves_the_picture_empty() -> None:
    """A telephone guest."""
    link = Link()
    link.rooms["tokio"] = Room("tokio", 30, video=False)
    link.destination.apply(Feed("tokio", None, ("tokio",)), link.sources, NOW)
    link.rooms["tokio"].speak(NOW)
    assert link.seen() == {"mic1": "tokio"}


# What the peer asks for -----------------------------------------------------------------------------


def test_a_lost_packet_is_sent_again_byte_for_byte() -> None:
    """From the slot it is asked for in; what is of no slot is passed over."""
    link = Link()
    link.apply(Feed("krefeld", None, ("tokio",)))
    picture, voice = link.far.rtp
    link.destination.on_rtcp(
        [GenericNack(PROGRAM, (500,)), GenericNack(MIC1, (500, 77)), GenericNack(9, (1,))], NOW
    )
    assert link.far.rtp == [picture, voice, picture, voice]
    assert link.destination.stats(NOW).repairs == 2


def test_repairs_are_limited_and_the_limit_recovers() -> None:
    """A receiver that drowns must not be given more of the same."""
    link = Link()
    link.destination.apply(Feed("krefeld"), link.sources, NOW)
    for number in range(600):
        link.rooms["krefeld"].frame(NOW, keyframe=number == 0)
    link.far.rtp.clear()
    everything = GenericNack(PROGRAM, tuple(range(500, 1100)))
    link.destination.on_rtcp([everything], NOW)
    assert len(link.far.rtp) == REPAIR_BURST
    link.destination.on_rtcp([everything], NOW + 1)
    assert REPAIR_BURST < len(link.far.rtp) < 2 * REPAIR_BURST


@pytest.mark.parametrize("message", [PictureLoss(PROGRAM), FullIntra((PROGRAM,))])
def test_a_lost_picture_asks_the_source_for_a_keyframe(message: PictureLoss | FullIntra) -> None:
    """Not more often than every half second of one slot."""
    link = Link()
    link.apply(Feed("krefeld"))
    room = link.rooms["krefeld"]
    room.far.rtcp.clear()
    for step in range(8):
        now = NOW + 1 + step * PICTURE_LOSS_PAUSE / 4
        link.destination.on_rtcp([message], now)
        room.frame(now, keyframe=True)
    assert len(room.far.heard(PictureLoss)) == 2
    assert link.destination.stats(NOW).keyframe_requests == 8


def test_a_lost_picture_of_no_slot_is_nobodys() -> None:
    """Nor one of a slot that shows nothing."""
    link = Link()
    link.destination.on_rtcp([PictureLoss(99), PictureLoss(SECOND)], NOW)
    assert link.destination.stats(NOW).keyframe_requests == 1


def test_the_round_trip_is_told_by_the_receivers_report() -> None:
    """Now, less when our report left, less how long the peer has had it."""
    link = Link()
    link.apply(Feed("krefeld"))
    link.destination.tick(NOW)
    sent = link.far.heard(SenderReport)[0]
    block = ReportBlock(PROGRAM, 0.25, 4, 500, 900, sent.ntp >> 16 & 0xFFFF_FFFF, 65_536 // 2)
    link.destination.on_rtcp([ReceiverReport(1, (block, block._replace(ssrc=77)))], NOW + 0.75)
    assert link.destination.rtt == pytest.approx(0.25, abs=0.001)
    stats = link.destination.stats(NOW + 1)
    assert stats.rtt_ms == pytest.approx(250, abs=1)
    assert (stats.loss, stats.lost, stats.jitter_ms) == (0.25, 4, 10.0)


def test_a_report_of_none_of_our_reports_tells_no_round_trip() -> None:
    """Nor one that lies."""
    link = Link()
    for last_report in (0, 1, 0xFFFF_FFFF):
        block = ReportBlock(PROGRAM, 0.0, 0, 0, 0, last_report, 0)
        link.destination.on_rtcp([SenderReport(1, 0, 0, 0, 0, (block,))], NOW)
    assert link.destination.rtt is None


@given(st.lists(st.sampled_from([1, 2, 3, 99]), min_size=1, max_size=4), st.binary(max_size=64))
def test_any_feedback_is_taken(medias: list[int], tail: bytes) -> None:
    """Whatever a peer says of our streams, nothing raises and the streams go on."""
    link = Link()
    link.apply(Feed("krefeld", "tokio", ("tokio",)))
    for media in medias:
        for kind in (0x81CD, 0x81CE, 0x84CE, 0x8FCE, 0x81C9, 0x81C8):
            body = struct.pack("!LL", 1, media) + tail[: len(tail) // 4 * 4]
            message = rtcp.parse(struct.pack("!HH", kind, len(body) // 4) + body)
            link.destination.on_rtcp(message.messages, NOW)
    link.far.rtp.clear()
    link.play(NOW + 1)
    assert link.seen() == {"program": "krefeld", "second": "tokio", "mic1": "tokio"}


# What the peer is told -----------------------------------------------------------------------------


def test_every_slot_that_has_sent_is_reported_each_second_on_one_clock() -> None:
    """One instant for picture and sound, each at its own rate; one name for all, so that lips are in sync."""
    link = Link()
    link.apply(Feed("krefeld", None, ("tokio",)))
    link.destination.tick(NOW + 0.5)
    reports = {report.ssrc: report for report in link.far.heard(SenderReport)}
    assert set(reports) == {PROGRAM, MIC1}
    assert reports[PROGRAM].ntp == reports[MIC1].ntp == int((NTP + 0.5) * (1 << 32))
    assert (reports[PROGRAM].timestamp, reports[MIC1].timestamp) == (7 + 45_000, 7 + 24_000)
    link.destination.tick(NOW + 0.6)
    assert link.far.rtcp == []
    link.destination.tick(NOW + 0.5 + REPORT)
    assert link.far.heard(SourceDescription) == [
        SourceDescription(((PROGRAM, "bridge"),)),
        SourceDescription(((MIC1, "bridge"),)),
    ]


def test_a_waiting_take_asks_again() -> None:
    """The request or the keyframe may have been lost."""
    link = Link()
    room = link.rooms["tokio"]
    room.frame(NOW, keyframe=True)
    link.destination.apply(Feed("tokio"), link.sources, NOW)
    assert len(room.far.heard(PictureLoss)) == 1
    for step in range(1, 30):
        link.destination.tick(NOW + step * 0.02)
        room.source.tick(NOW + step * 0.02)
    assert len(room.far.heard(PictureLoss)) == 1


def test_figures_count_what_was_sent() -> None:
    """Rate over the last whole second."""
    link = Link()
    link.apply(Feed("krefeld", "berlin", ("tokio",)))
    stats = link.destination.stats(NOW + 1)
    sent = sum(map(len, link.far.rtp))
    assert (stats.packets, stats.kbps, stats.rtt_ms, stats.loss) == (3, sent * 8 / 1000, None, None)


def test_a_closed_destination_lets_go_of_every_source() -> None:
    """No packet is copied for a peer that is gone."""
    link = Link(views=("berlin",))
    link.apply(Feed("krefeld", "tokio", ("tokio", "berlin")))
    link.destination.close()
    for room in link.rooms.values():
        assert room.source.video
        assert room.source.audio
        assert (room.source.video.slots, room.source.audio.slots) == ((), ())


def test_a_destination_without_slots_is_well() -> None:
    """A peer that only sends."""
    far = Far()
    _, slots = destination(far)
    assert slots
    made = Destination("sender", far, slots["program"]._clock, [], cname="bridge", now=NOW)
    made.apply(Feed("krefeld", None, ("tokio",)), {}, NOW)
    made.tick(NOW)
    assert made.stats(NOW).packets == 0

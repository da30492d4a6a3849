"""When a picture begins with what is kept of it, and when a keyframe is asked for."""

from __future__ import annotations

import itertools

import pytest

from bridge.destination.slots import MAX_REPLAY_PACKETS, MAX_REPLAY_S, VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.losswatch import LOSSY_COUNT, LOSSY_WINDOW_S
from bridge.rtp.rtcp import PictureLossIndication
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import Camera, H264Camera
from tests.unit.bridge.rtp.receiver import ABS_SEND_TIME_ID, PLAYOUT_DELAY_ID, signed

RATE = 90_000
CLOCK = ProgramClock(NOW, NTP, 7)


def video_slot(**codecs: int) -> tuple[VideoSlot, FakePeer]:
    """A slot for pictures; for VP8 and H.264 unless said otherwise."""
    slot, peer = VideoSlot("program", 5, codecs or SLOT_PAYLOAD_TYPES, 500), FakePeer()
    slot.connect(peer.send_rtp, CLOCK)
    return slot, peer


def filmed(frames: int, *, until: float, packets: int = 1, camera: type[Camera] = Camera) -> FakeVenue:
    """A room whose last frame, of so many since a keyframe, comes at `until`; nobody has watched."""
    venue = FakeVenue("tokio", 20, camera=camera)
    for number in range(frames):
        venue.frame(until - (frames - 1 - number) / 30, packets, keyframe=number == 0)
    venue.peer.rtcp.clear()
    return venue


def on_air(until: float) -> tuple[VideoSlot, FakePeer]:
    """A slot that shows another room, whose last frame came at `until`."""
    slot, peer = video_slot()
    one = FakeVenue("krefeld", 10)
    slot.show(one.video, until)
    one.frame(until, keyframe=True)
    peer.rtp.clear()
    return slot, peer


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_a_late_joiner_has_the_picture_at_once(camera: type[Camera]) -> None:
    """Without a keyframe being asked for, which all others would have to receive too."""
    venue = filmed(100, until=NOW, packets=3, camera=camera)
    slot, peer = video_slot()
    slot.show(venue.video, NOW)
    copies = peer.take_copies()
    assert [copy.seq for copy in copies] == list(range(500, 800))
    assert copies[-1].timestamp == CLOCK.timestamp(NOW, RATE)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    venue.frame(NOW + 1 / 30, 3)
    assert [copy.seq for copy in peer.take_copies()] == [800, 801, 802]


def test_a_late_joiner_waits_for_a_keyframe_where_the_last_is_far_behind() -> None:
    """It is there sooner than all that came since."""
    venue = filmed(MAX_REPLAY_PACKETS + 1, until=NOW)
    slot, peer = video_slot()
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.frame(NOW, keyframe=True)
    assert len(peer.take_copies()) == 1


def test_a_cut_to_an_armed_source_is_on_the_wire_at_once() -> None:
    """Its keyframe is at most a second old, and all of it since is sent."""
    slot, peer = on_air(NOW)
    venue = filmed(31, until=NOW + 0.02)
    slot.show(venue.video, NOW + 0.02)
    copies = peer.take_copies()
    assert [copy.camera for copy in copies] == [20] * 31
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    assert slot.current is venue.video
    assert venue.video.waiting == ()


def test_a_cut_to_a_source_that_is_not_armed_asks_and_waits() -> None:
    """The old picture runs on meanwhile."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    assert slot.target is venue.video


def test_what_is_kept_with_a_hole_in_it_is_not_shown_until_that_is_mended() -> None:
    """Then at once, without waiting for the keyframe that was asked for."""
    slot, peer = on_air(NOW)
    venue = filmed(10, until=NOW)
    missing = venue.camera.frame(1)
    venue.frame(NOW)
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    venue.send(missing, NOW + 0.05)
    slot.tick(NOW + 0.06)
    assert [copy.index for copy in peer.take_copies()] == list(range(20_000, 20_012))


def test_another_layer_of_the_same_picture_is_in_no_hurry() -> None:
    """Nothing goes out all at once on a way that may be narrow."""
    slot, peer = on_air(NOW)
    venue = filmed(10, until=NOW)
    for now in (NOW, NOW + 0.1):
        slot.show(venue.video, now, is_layer_change=True)
        slot.tick(now)
    assert peer.take_copies() == []
    assert venue.peer.take_rtcp(PictureLossIndication)


def test_a_cut_taken_back_after_a_replay_is_a_cut_like_another() -> None:
    """There and back within a second, both from what is kept."""
    slot, peer = video_slot()
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    for venue in (one, two):
        for number in range(5):
            venue.frame(NOW + number / 30, keyframe=number == 0)
    for venue in (one, two, one):
        slot.show(venue.video, NOW + 0.2)
        venue.frame(NOW + 0.2)
    copies = peer.take_copies()
    assert [copy.camera for copy in copies] == [10] * 6 + [20] * 6 + [10] * 7
    assert [copy.seq for copy in copies] == list(range(500, 519))
    steps = [signed(after.timestamp - before.timestamp, 32) for before, after in itertools.pairwise(copies)]
    assert min(steps) > 0


@pytest.mark.parametrize("frames", [10, MAX_REPLAY_PACKETS + 1])
def test_a_codec_that_was_not_agreed_on_is_never_sent(frames: int) -> None:
    """Neither what is kept nor what comes."""
    venue = filmed(frames, until=NOW, camera=H264Camera)
    slot, peer = video_slot(vp8=100)
    slot.show(venue.video, NOW)
    venue.frame(NOW, keyframe=True)
    slot.tick(NOW)
    assert peer.rtp == []
    assert slot.current is None


def test_a_source_that_changes_its_codec_goes_on_in_the_other_payload_type() -> None:
    """With the keyframe between the two."""
    venue = filmed(3, until=NOW)
    slot, peer = video_slot()
    slot.show(venue.video, NOW)
    last = venue.camera
    venue.camera = H264Camera(last.ssrc, index=last.index, timestamp=last.timestamp)
    venue.frame(NOW + 0.1, 2, keyframe=True)
    venue.camera = Camera(
        last.ssrc, index=venue.camera.index, timestamp=venue.camera.timestamp, picture=last.picture + 70
    )
    venue.frame(NOW + 0.2, 2, keyframe=True)
    copies = peer.take_copies()
    assert [copy.payload_type for copy in copies] == [100, 100, 100, 98, 98, 100, 100]
    assert [copy.seq for copy in copies] == list(range(500, 507))
    assert [copy.picture for copy in copies] == [0, 1, 2, None, None, 3, 3]


def test_a_layer_that_its_sender_gave_up_is_followed_by_what_is_kept_of_the_other() -> None:
    """However old the other's keyframe is: what stands still is no better than what is late."""
    slot, peer = on_air(NOW)
    venue = filmed(200, until=NOW + 5)
    slot.show(venue.video, NOW + 5)
    assert len(peer.take_copies()) == 200
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_a_running_picture_goes_on_until_the_keyframe_of_the_next_is_whole() -> None:
    """Its sender spreads it over the time of several frames, for which the picture would stand still."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    keyframe = venue.camera.frame(4, keyframe=True)
    for number, packet in enumerate(keyframe):
        assert peer.take_copies() == []
        slot.tick(NOW + 0.1 + number / 20)
        venue.send([packet], NOW + 0.1 + number / 20)
    copies = peer.take_copies()
    assert [copy.camera for copy in copies] == [20] * 4
    assert copies[0].timestamp == CLOCK.timestamp(NOW + 0.25, RATE)
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1


def test_a_keyframe_that_takes_its_time_is_not_too_old_once_it_is_there() -> None:
    """A line of 200 kb/s needs two seconds for a large one."""
    slot, peer = on_air(NOW)
    running = slot.current
    assert running is not None
    venue = FakeVenue("tokio", 20)
    keyframe = venue.camera.frame(8, keyframe=True)
    slot.show(venue.video, NOW)
    for number, packet in enumerate(keyframe):
        assert slot.current is running
        running.stall.last_packet_at = NOW + 0.3 * number
        venue.send([packet], NOW + 0.3 * number)
    assert [copy.camera for copy in peer.take_copies()] == [20] * 8


def test_a_cut_while_a_keyframe_comes_in_begins_with_the_one_before() -> None:
    """An armed source sends one each second; whoever takes it then does not wait for the rest."""
    slot, peer = on_air(NOW)
    venue = filmed(25, until=NOW)
    keyframe = venue.camera.frame(4, keyframe=True)
    venue.send(keyframe[:2], NOW + 0.04)
    slot.show(venue.video, NOW + 0.05)
    assert [copy.index for copy in peer.take_copies()] == list(range(20_000, 20_027))
    venue.send(keyframe[2:], NOW + 0.06)
    assert [copy.index for copy in peer.take_copies()] == [20_027, 20_028]


def test_a_keyframe_with_a_hole_in_it_is_shown_when_that_is_mended() -> None:
    """And not before: the old picture runs on."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    first, lost, *rest = venue.camera.frame(4, keyframe=True)
    venue.send([first, *rest], NOW + 0.1)
    venue.frame(NOW + 0.14)
    slot.tick(NOW + 0.15)
    assert peer.take_copies() == []
    venue.send([lost], NOW + 0.17)
    assert [copy.camera for copy in peer.take_copies()] == [20] * 5


def test_a_cut_does_not_wait_for_a_moment_in_which_nothing_is_missing() -> None:
    """On a far line with losses there is none: before one packet has come again, another is lost."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    first, lost, *rest = venue.camera.frame(4, keyframe=True)
    venue.send([first, *rest], NOW + 0.1)
    venue.camera.frame(1)  # lost
    venue.frame(NOW + 0.2)
    venue.send([lost], NOW + 0.25)
    assert peer.take_copies() == []
    venue.send(venue.camera.frame(4, keyframe=True)[:1], NOW + 0.3)
    assert slot.current is venue.video
    assert len(peer.take_copies()) == 1


def test_where_no_picture_runs_the_next_begins_with_its_keyframe_s_first_packet() -> None:
    """There is nothing to go on with, and its own line may be the slower one."""
    slot, peer = video_slot()
    venue = FakeVenue("tokio", 20)
    slot.show(venue.video, NOW)
    venue.send(venue.camera.frame(4, keyframe=True)[:1], NOW)
    assert len(peer.take_copies()) == 1


def test_a_keyframe_that_never_gets_whole_is_asked_for_again() -> None:
    """Its rest was lost, and is past mending."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    first, _, *rest = venue.camera.frame(4, keyframe=True)
    venue.send([first, *rest], NOW + 0.3)
    for step in range(16, 90):
        now = NOW + step / 50
        assert slot.current is not None
        slot.current.stall.last_packet_at = venue.video.stall.last_packet_at = now
        venue.source.tick(now)
        slot.tick(now)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) > 1


def seen_at_once(slot: VideoSlot, peer: FakePeer, venue: FakeVenue, now: float) -> bool:
    """Cut to `room`: whether the receiver is told not to keep its picture back."""
    peer.rtp.clear()
    venue.frame(now, keyframe=True)
    slot.show(venue.video, now)
    return [copy.delay for copy in peer.take_copies()][-1] == 0


def extended_slot() -> tuple[VideoSlot, FakePeer]:
    """A slot of a receiver that knows the playout delay."""
    slot, peer = (
        VideoSlot(
            "program",
            5,
            SLOT_PAYLOAD_TYPES,
            500,
            abs_send_time_id=ABS_SEND_TIME_ID,
            playout_delay_id=PLAYOUT_DELAY_ID,
        ),
        FakePeer(),
    )
    slot.connect(peer.send_rtp, CLOCK)
    return slot, peer


def test_a_cut_to_a_source_whose_packets_get_lost_leaves_time_to_ask_for_them() -> None:
    """Shown at once the picture would stand still at the next loss. One packet lost is an accident."""
    slot, peer = extended_slot()
    venue, other = FakeVenue("tokio", 20), FakeVenue("berlin", 30)
    venue.frame(NOW, keyframe=True)
    venue.camera.frame()
    venue.frame(NOW)
    assert seen_at_once(slot, peer, venue, NOW + 0.1)
    slot.show(other.video, NOW + 0.2)
    for _ in range(LOSSY_COUNT - 1):
        venue.camera.frame()
        venue.frame(NOW + 0.2)
    assert seen_at_once(slot, peer, other, NOW + 0.3)
    assert not seen_at_once(slot, peer, venue, NOW + 0.4)
    assert seen_at_once(slot, peer, other, NOW + 0.5)
    assert seen_at_once(slot, peer, venue, NOW + 0.3 + LOSSY_WINDOW_S)


def test_a_cut_for_a_receiver_that_loses_packets_leaves_time_as_well() -> None:
    """Whatever is shown to it."""
    slot, peer = extended_slot()
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    assert seen_at_once(slot, peer, one, NOW)
    for number in range(1, LOSSY_COUNT + 1):
        one.frame(NOW + number / 10)
        assert slot.retransmit(500 + number, NOW + number / 10 + 0.05, None)
    assert not seen_at_once(slot, peer, two, NOW + 0.5)
    assert seen_at_once(slot, peer, one, NOW + 0.6 + LOSSY_WINDOW_S)

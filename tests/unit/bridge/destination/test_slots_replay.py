"""When a cut replays the packets since a keyframe, and when it requests one."""

from __future__ import annotations

import itertools

import pytest

from bridge.destination.slots import (
    MAX_REPLAY_PACKETS,
    MAX_REPLAY_S,
    MAX_SCREEN_REPLAY_FRAMES,
    VideoSlot,
)
from bridge.rtp.clock import ProgramClock
from bridge.rtp.losswatch import LOSSY_COUNT, LOSSY_WINDOW_S
from bridge.rtp.rtcp import PictureLossIndication
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import Camera, H264Camera
from tests.unit.bridge.rtp.receiver import ABS_SEND_TIME_ID, PLAYOUT_DELAY_ID, signed

RATE = 90_000
CLOCK = ProgramClock(NOW, NTP, 7)


def video_slot(**codecs: int) -> tuple[VideoSlot, FakePeer]:
    """A slot for pictures, by default for VP8 and H.264."""
    slot, peer = VideoSlot("program", 5, codecs or SLOT_PAYLOAD_TYPES, 500), FakePeer()
    slot.connect(peer.send_rtp, CLOCK)
    return slot, peer


def filmed(frames: int, *, until: float, packets: int = 1, camera: type[Camera] = Camera) -> FakeVenue:
    """A venue with that many frames since a keyframe, the last at `until`; no slot has shown it."""
    venue = FakeVenue("tokio", 20, camera=camera)
    for number in range(frames):
        venue.frame(until - (frames - 1 - number) / 30, packets, keyframe=number == 0)
    venue.peer.rtcp.clear()
    return venue


def on_air(until: float) -> tuple[VideoSlot, FakePeer]:
    """A slot that shows another venue, whose last frame came at `until`."""
    slot, peer = video_slot()
    one = FakeVenue("krefeld", 10)
    slot.show(one.video, until)
    one.frame(until, keyframe=True)
    peer.rtp.clear()
    return slot, peer


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_a_late_joiner_gets_the_picture_at_once(camera: type[Camera]) -> None:
    """Without a keyframe request, which would cost all receivers."""
    venue = filmed(100, until=NOW, packets=3, camera=camera)
    slot, peer = video_slot()
    slot.show(venue.video, NOW)
    copies = peer.take_copies()
    assert [copy.seq for copy in copies] == list(range(500, 800))
    assert copies[-1].timestamp == CLOCK.timestamp(NOW, RATE)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    venue.frame(NOW + 1 / 30, 3)
    assert [copy.seq for copy in peer.take_copies()] == [800, 801, 802]


def test_a_late_joiner_waits_for_a_keyframe_if_the_last_is_too_old() -> None:
    """It comes sooner than a long replay is decoded."""
    venue = filmed(MAX_REPLAY_PACKETS + 1, until=NOW)
    slot, peer = video_slot()
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    venue.frame(NOW, keyframe=True)
    assert len(peer.take_copies()) == 1


@pytest.mark.parametrize(("parallel", "replays"), [(2, True), (9, False)])
def test_the_pictures_of_a_grid_share_the_packets_of_a_replay(parallel: int, replays: bool) -> None:
    """Nine full replays at once would be thousands of packets, and the sound would wait behind them."""
    venue = filmed(MAX_REPLAY_PACKETS // 4, until=NOW)
    slot, peer = video_slot()
    slot.parallel = parallel
    slot.show(venue.video, NOW)
    assert bool(peer.take_copies()) == replays
    assert bool(venue.peer.take_rtcp(PictureLossIndication)) != replays


def test_a_cut_to_an_armed_source_is_on_the_wire_at_once() -> None:
    """Its keyframe is at most a second old; all packets since are replayed."""
    slot, peer = on_air(NOW)
    venue = filmed(31, until=NOW + 0.02)
    slot.show(venue.video, NOW + 0.02)
    copies = peer.take_copies()
    assert [copy.camera for copy in copies] == [20] * 31
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    assert slot.current is venue.video
    assert venue.video.waiting == ()


def test_a_cut_to_a_source_that_is_not_armed_requests_a_keyframe_and_waits() -> None:
    """The old picture runs on."""
    slot, peer = on_air(NOW)
    venue = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
    assert slot.target is venue.video


def test_a_cut_to_a_screen_that_stands_is_on_the_wire_at_once() -> None:
    """Its browser would answer a request with its next frame, up to a second later."""
    venue = FakeVenue("slides", 20, is_screen=True)
    for second in range(10):
        venue.frame(NOW - 9.5 + second, keyframe=second == 0)
    slot, peer = on_air(NOW)
    venue.peer.rtcp.clear()
    slot.show(venue.video, NOW)
    copies = peer.take_copies()
    assert len(copies) == 10
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    stamps = [copy.timestamp for copy in copies]
    assert stamps == sorted(stamps)
    venue.frame(NOW + 0.5)
    assert peer.take_copies()[0].timestamp > stamps[-1]


def test_a_cut_to_a_screen_that_moves_requests_a_keyframe() -> None:
    """A film's keyframe comes sooner than so many frames are decoded, although they are few packets."""
    venue = FakeVenue("slides", 20, is_screen=True)
    for number in range(MAX_SCREEN_REPLAY_FRAMES + 1):
        venue.frame(NOW - (MAX_SCREEN_REPLAY_FRAMES - number) / 30, keyframe=number == 0)
    slot, peer = on_air(NOW)
    venue.peer.rtcp.clear()
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1


def test_there_is_no_replay_until_a_gap_is_filled() -> None:
    """Then at once, without waiting for the requested keyframe."""
    slot, peer = on_air(NOW)
    venue = filmed(10, until=NOW)
    missing = venue.camera.frame(1)
    venue.frame(NOW)
    slot.show(venue.video, NOW)
    assert peer.take_copies() == []
    venue.send(missing, NOW + 0.05)
    slot.tick(NOW + 0.06)
    assert [copy.index for copy in peer.take_copies()] == list(range(20_000, 20_012))


def test_a_change_of_layer_is_not_replayed() -> None:
    """No burst on a path that may be narrow."""
    slot, peer = on_air(NOW)
    venue = filmed(10, until=NOW)
    for now in (NOW, NOW + 0.1):
        slot.show(venue.video, now, is_layer_change=True)
        slot.tick(now)
    assert peer.take_copies() == []
    assert venue.peer.take_rtcp(PictureLossIndication)


def test_a_cut_back_after_a_replay_is_a_replay_too() -> None:
    """There and back within a second."""
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
def test_a_codec_that_was_not_negotiated_is_never_sent(frames: int) -> None:
    """Neither in a replay nor live."""
    venue = filmed(frames, until=NOW, camera=H264Camera)
    slot, peer = video_slot(vp8=100)
    slot.show(venue.video, NOW)
    venue.frame(NOW, keyframe=True)
    slot.tick(NOW)
    assert peer.rtp == []
    assert slot.current is None


def test_a_source_that_changes_its_codec_goes_on_in_the_other_payload_type() -> None:
    """From the keyframe between the two."""
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


def test_a_layer_that_its_sender_stopped_is_followed_by_a_replay_of_the_other() -> None:
    """However old its keyframe is: a late picture is better than a frozen one."""
    slot, peer = on_air(NOW)
    venue = filmed(200, until=NOW + 5)
    slot.show(venue.video, NOW + 5)
    assert len(peer.take_copies()) == 200
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_a_moving_picture_runs_on_until_the_next_keyframe_is_complete() -> None:
    """Its sender spreads it over several frames' time, for which the picture would freeze."""
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


def test_a_slow_keyframe_is_not_too_old_when_it_is_complete() -> None:
    """At 200 kb/s a large one takes two seconds."""
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


def test_a_cut_while_a_keyframe_arrives_replays_from_the_one_before() -> None:
    """An armed source sends one each second; a take does not wait for its rest."""
    slot, peer = on_air(NOW)
    venue = filmed(25, until=NOW)
    keyframe = venue.camera.frame(4, keyframe=True)
    venue.send(keyframe[:2], NOW + 0.04)
    slot.show(venue.video, NOW + 0.05)
    assert [copy.index for copy in peer.take_copies()] == list(range(20_000, 20_027))
    venue.send(keyframe[2:], NOW + 0.06)
    assert [copy.index for copy in peer.take_copies()] == [20_027, 20_028]


def test_a_keyframe_with_a_gap_is_shown_when_that_is_filled() -> None:
    """Not before: the old picture runs on."""
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


def test_a_cut_does_not_wait_for_a_moment_without_missing_packets() -> None:
    """On a long lossy path there is none: before one packet is retransmitted, another is lost."""
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


def test_without_a_moving_picture_the_cut_is_at_the_keyframes_first_packet() -> None:
    """There is nothing to bridge the time with."""
    slot, peer = video_slot()
    venue = FakeVenue("tokio", 20)
    slot.show(venue.video, NOW)
    venue.send(venue.camera.frame(4, keyframe=True)[:1], NOW)
    assert len(peer.take_copies()) == 1


def test_a_keyframe_that_is_never_complete_is_requested_again() -> None:
    """Its rest was lost and given up."""
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


def is_shown_without_delay(slot: VideoSlot, peer: FakePeer, venue: FakeVenue, now: float) -> bool:
    """Cut to `venue`: whether the playout delay limit is 0."""
    peer.rtp.clear()
    venue.frame(now, keyframe=True)
    slot.show(venue.video, now)
    return [copy.delay for copy in peer.take_copies()][-1] == 0


def extended_slot() -> tuple[VideoSlot, FakePeer]:
    """A slot with the playout delay extension."""
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


def test_a_cut_to_a_source_on_a_lossy_path_leaves_time_for_retransmissions() -> None:
    """Shown at once, the picture would freeze at the next loss. One lost packet is chance."""
    slot, peer = extended_slot()
    venue, other = FakeVenue("tokio", 20), FakeVenue("berlin", 30)
    venue.frame(NOW, keyframe=True)
    venue.camera.frame()
    venue.frame(NOW)
    assert is_shown_without_delay(slot, peer, venue, NOW + 0.1)
    slot.show(other.video, NOW + 0.2)
    for _ in range(LOSSY_COUNT - 1):
        venue.camera.frame()
        venue.frame(NOW + 0.2)
    assert is_shown_without_delay(slot, peer, other, NOW + 0.3)
    assert not is_shown_without_delay(slot, peer, venue, NOW + 0.4)
    assert is_shown_without_delay(slot, peer, other, NOW + 0.5)
    assert is_shown_without_delay(slot, peer, venue, NOW + 0.3 + LOSSY_WINDOW_S)


def test_a_cut_for_a_receiver_on_a_lossy_path_leaves_time_for_retransmissions() -> None:
    """Whatever it is shown."""
    slot, peer = extended_slot()
    one, two = FakeVenue("krefeld", 10), FakeVenue("tokio", 20)
    assert is_shown_without_delay(slot, peer, one, NOW)
    for number in range(1, LOSSY_COUNT + 1):
        one.frame(NOW + number / 10)
        assert slot.retransmit(500 + number, NOW + number / 10 + 0.05, None)
    assert not is_shown_without_delay(slot, peer, two, NOW + 0.5)
    assert is_shown_without_delay(slot, peer, one, NOW + 0.6 + LOSSY_WINDOW_S)

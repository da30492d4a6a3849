"""When a picture begins with what is kept of it, and when a keyframe is asked for."""

from __future__ import annotations

import itertools

import pytest

from bridge.destination.slots import MAX_REPLAY_PACKETS, MAX_REPLAY_S, VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.losswatch import LOSSY_COUNT, LOSSY_WINDOW_S
from bridge.rtp.rtcp import PictureLossIndication
from tests.unit.bridge.peers import NOW, NTP, SHOWN, Far, Room
from tests.unit.bridge.rtp.camera import Camera, H264Camera
from tests.unit.bridge.rtp.receiver import DELAY, SENT, signed

RATE = 90_000
CLOCK = ProgramClock(NOW, NTP, 7)


def screen(**codecs: int) -> tuple[VideoSlot, Far]:
    """A slot for pictures; for VP8 and H.264 unless said otherwise."""
    slot, far = VideoSlot("program", 5, codecs or SHOWN, 500), Far()
    slot.connect(far.send_rtp, CLOCK)
    return slot, far


def filmed(frames: int, *, until: float, packets: int = 1, camera: type[Camera] = Camera) -> Room:
    """A room whose last frame, of so many since a keyframe, comes at `until`; nobody has watched."""
    room = Room("tokio", 20, camera=camera)
    for number in range(frames):
        room.frame(until - (frames - 1 - number) / 30, packets, keyframe=number == 0)
    room.far.rtcp.clear()
    return room


def on_air(until: float) -> tuple[VideoSlot, Far]:
    """A slot that shows another room, whose last frame came at `until`."""
    slot, far = screen()
    one = Room("krefeld", 10)
    slot.show(one.picture, until)
    one.frame(until, keyframe=True)
    far.rtp.clear()
    return slot, far


@pytest.mark.parametrize("camera", [Camera, H264Camera])
def test_a_late_joiner_has_the_picture_at_once(camera: type[Camera]) -> None:
    """Without a keyframe being asked for, which all others would have to receive too."""
    room = filmed(100, until=NOW, packets=3, camera=camera)
    slot, far = screen()
    slot.show(room.picture, NOW)
    copies = far.copies()
    assert [copy.seq for copy in copies] == list(range(500, 800))
    assert copies[-1].timestamp == CLOCK.timestamp(NOW, RATE)
    assert room.far.heard(PictureLossIndication) == []
    room.frame(NOW + 1 / 30, 3)
    assert [copy.seq for copy in far.copies()] == [800, 801, 802]


def test_a_late_joiner_waits_for_a_keyframe_where_the_last_is_far_behind() -> None:
    """It is there sooner than all that came since."""
    room = filmed(MAX_REPLAY_PACKETS + 1, until=NOW)
    slot, far = screen()
    slot.show(room.picture, NOW)
    assert far.copies() == []
    assert len(room.far.heard(PictureLossIndication)) == 1
    room.frame(NOW, keyframe=True)
    assert len(far.copies()) == 1


def test_a_cut_to_an_armed_source_is_on_the_wire_at_once() -> None:
    """Its keyframe is at most a second old, and all of it since is sent."""
    slot, far = on_air(NOW)
    room = filmed(31, until=NOW + 0.02)
    slot.show(room.picture, NOW + 0.02)
    copies = far.copies()
    assert [copy.camera for copy in copies] == [20] * 31
    assert room.far.heard(PictureLossIndication) == []
    assert slot.current is room.picture
    assert room.picture.waiting == ()


def test_a_cut_to_a_source_that_is_not_armed_asks_and_waits() -> None:
    """The old picture runs on meanwhile."""
    slot, far = on_air(NOW)
    room = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(room.picture, NOW)
    assert far.copies() == []
    assert len(room.far.heard(PictureLossIndication)) == 1
    assert slot.target is room.picture


def test_what_is_kept_with_a_hole_in_it_is_not_shown_until_that_is_mended() -> None:
    """Then at once, without waiting for the keyframe that was asked for."""
    slot, far = on_air(NOW)
    room = filmed(10, until=NOW)
    missing = room.camera.frame(1)
    room.frame(NOW)
    slot.show(room.picture, NOW)
    assert far.copies() == []
    room.send(missing, NOW + 0.05)
    slot.tick(NOW + 0.06)
    assert [copy.index for copy in far.copies()] == list(range(20_000, 20_012))


def test_another_layer_of_the_same_picture_is_in_no_hurry() -> None:
    """Nothing goes out all at once on a way that may be narrow."""
    slot, far = on_air(NOW)
    room = filmed(10, until=NOW)
    for now in (NOW, NOW + 0.1):
        slot.show(room.picture, now, is_layer_change=True)
        slot.tick(now)
    assert far.copies() == []
    assert room.far.heard(PictureLossIndication)


def test_a_cut_taken_back_after_a_replay_is_a_cut_like_another() -> None:
    """There and back within a second, both from what is kept."""
    slot, far = screen()
    one, two = Room("krefeld", 10), Room("tokio", 20)
    for room in (one, two):
        for number in range(5):
            room.frame(NOW + number / 30, keyframe=number == 0)
    for room in (one, two, one):
        slot.show(room.picture, NOW + 0.2)
        room.frame(NOW + 0.2)
    copies = far.copies()
    assert [copy.camera for copy in copies] == [10] * 6 + [20] * 6 + [10] * 7
    assert [copy.seq for copy in copies] == list(range(500, 519))
    steps = [signed(after.timestamp - before.timestamp, 32) for before, after in itertools.pairwise(copies)]
    assert min(steps) > 0


@pytest.mark.parametrize("frames", [10, MAX_REPLAY_PACKETS + 1])
def test_a_codec_that_was_not_agreed_on_is_never_sent(frames: int) -> None:
    """Neither what is kept nor what comes."""
    room = filmed(frames, until=NOW, camera=H264Camera)
    slot, far = screen(vp8=100)
    slot.show(room.picture, NOW)
    room.frame(NOW, keyframe=True)
    slot.tick(NOW)
    assert far.rtp == []
    assert slot.current is None


def test_a_source_that_changes_its_codec_goes_on_in_the_other_payload_type() -> None:
    """With the keyframe between the two."""
    room = filmed(3, until=NOW)
    slot, far = screen()
    slot.show(room.picture, NOW)
    last = room.camera
    room.camera = H264Camera(last.ssrc, index=last.index, timestamp=last.timestamp)
    room.frame(NOW + 0.1, 2, keyframe=True)
    room.camera = Camera(
        last.ssrc, index=room.camera.index, timestamp=room.camera.timestamp, picture=last.picture + 70
    )
    room.frame(NOW + 0.2, 2, keyframe=True)
    copies = far.copies()
    assert [copy.payload_type for copy in copies] == [100, 100, 100, 98, 98, 100, 100]
    assert [copy.seq for copy in copies] == list(range(500, 507))
    assert [copy.picture for copy in copies] == [0, 1, 2, None, None, 3, 3]


def test_a_layer_that_its_sender_gave_up_is_followed_by_what_is_kept_of_the_other() -> None:
    """However old the other's keyframe is: what stands still is no better than what is late."""
    slot, far = on_air(NOW)
    room = filmed(200, until=NOW + 5)
    slot.show(room.picture, NOW + 5)
    assert len(far.copies()) == 200
    assert room.far.heard(PictureLossIndication) == []


def test_a_running_picture_goes_on_until_the_keyframe_of_the_next_is_whole() -> None:
    """Its sender spreads it over the time of several frames, for which the picture would stand still."""
    slot, far = on_air(NOW)
    room = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(room.picture, NOW)
    keyframe = room.camera.frame(4, keyframe=True)
    for number, packet in enumerate(keyframe):
        assert far.copies() == []
        slot.tick(NOW + 0.1 + number / 20)
        room.send([packet], NOW + 0.1 + number / 20)
    copies = far.copies()
    assert [copy.camera for copy in copies] == [20] * 4
    assert copies[0].timestamp == CLOCK.timestamp(NOW + 0.25, RATE)
    assert len(room.far.heard(PictureLossIndication)) == 1


def test_a_keyframe_that_takes_its_time_is_not_too_old_once_it_is_there() -> None:
    """A line of 200 kb/s needs two seconds for a large one."""
    slot, far = on_air(NOW)
    running = slot.current
    assert running is not None
    room = Room("tokio", 20)
    keyframe = room.camera.frame(8, keyframe=True)
    slot.show(room.picture, NOW)
    for number, packet in enumerate(keyframe):
        assert slot.current is running
        running.stall.last_packet_at = NOW + 0.3 * number
        room.send([packet], NOW + 0.3 * number)
    assert [copy.camera for copy in far.copies()] == [20] * 8


def test_a_cut_while_a_keyframe_comes_in_begins_with_the_one_before() -> None:
    """An armed source sends one each second; whoever takes it then does not wait for the rest."""
    slot, far = on_air(NOW)
    room = filmed(25, until=NOW)
    keyframe = room.camera.frame(4, keyframe=True)
    room.send(keyframe[:2], NOW + 0.04)
    slot.show(room.picture, NOW + 0.05)
    assert [copy.index for copy in far.copies()] == list(range(20_000, 20_027))
    room.send(keyframe[2:], NOW + 0.06)
    assert [copy.index for copy in far.copies()] == [20_027, 20_028]


def test_a_keyframe_with_a_hole_in_it_is_shown_when_that_is_mended() -> None:
    """And not before: the old picture runs on."""
    slot, far = on_air(NOW)
    room = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(room.picture, NOW)
    first, lost, *rest = room.camera.frame(4, keyframe=True)
    room.send([first, *rest], NOW + 0.1)
    room.frame(NOW + 0.14)
    slot.tick(NOW + 0.15)
    assert far.copies() == []
    room.send([lost], NOW + 0.17)
    assert [copy.camera for copy in far.copies()] == [20] * 5


def test_a_cut_does_not_wait_for_a_moment_in_which_nothing_is_missing() -> None:
    """On a far line with losses there is none: before one packet has come again, another is lost."""
    slot, far = on_air(NOW)
    room = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(room.picture, NOW)
    first, lost, *rest = room.camera.frame(4, keyframe=True)
    room.send([first, *rest], NOW + 0.1)
    room.camera.frame(1)  # lost
    room.frame(NOW + 0.2)
    room.send([lost], NOW + 0.25)
    assert far.copies() == []
    room.send(room.camera.frame(4, keyframe=True)[:1], NOW + 0.3)
    assert slot.current is room.picture
    assert len(far.copies()) == 1


def test_where_no_picture_runs_the_next_begins_with_its_keyframe_s_first_packet() -> None:
    """There is nothing to go on with, and its own line may be the slower one."""
    slot, far = screen()
    room = Room("tokio", 20)
    slot.show(room.picture, NOW)
    room.send(room.camera.frame(4, keyframe=True)[:1], NOW)
    assert len(far.copies()) == 1


def test_a_keyframe_that_never_gets_whole_is_asked_for_again() -> None:
    """Its rest was lost, and is past mending."""
    slot, far = on_air(NOW)
    room = filmed(round(MAX_REPLAY_S * 30) + 3, until=NOW)
    slot.show(room.picture, NOW)
    first, _, *rest = room.camera.frame(4, keyframe=True)
    room.send([first, *rest], NOW + 0.3)
    for step in range(16, 90):
        now = NOW + step / 50
        assert slot.current is not None
        slot.current.stall.last_packet_at = room.picture.stall.last_packet_at = now
        room.source.tick(now)
        slot.tick(now)
    assert far.copies() == []
    assert len(room.far.heard(PictureLossIndication)) > 1


def seen_at_once(slot: VideoSlot, far: Far, room: Room, now: float) -> bool:
    """Cut to `room`: whether the receiver is told not to keep its picture back."""
    far.rtp.clear()
    room.frame(now, keyframe=True)
    slot.show(room.picture, now)
    return [copy.delay for copy in far.copies()][-1] == 0


def timed_screen() -> tuple[VideoSlot, Far]:
    """A slot of a receiver that knows the playout delay."""
    slot, far = VideoSlot("program", 5, SHOWN, 500, abs_send_time_id=SENT, playout_delay_id=DELAY), Far()
    slot.connect(far.send_rtp, CLOCK)
    return slot, far


def test_a_cut_to_a_source_whose_packets_get_lost_leaves_time_to_ask_for_them() -> None:
    """Shown at once the picture would stand still at the next loss. One packet lost is an accident."""
    slot, far = timed_screen()
    room, other = Room("tokio", 20), Room("berlin", 30)
    room.frame(NOW, keyframe=True)
    room.camera.frame()
    room.frame(NOW)
    assert seen_at_once(slot, far, room, NOW + 0.1)
    slot.show(other.picture, NOW + 0.2)
    for _ in range(LOSSY_COUNT - 1):
        room.camera.frame()
        room.frame(NOW + 0.2)
    assert seen_at_once(slot, far, other, NOW + 0.3)
    assert not seen_at_once(slot, far, room, NOW + 0.4)
    assert seen_at_once(slot, far, other, NOW + 0.5)
    assert seen_at_once(slot, far, room, NOW + 0.3 + LOSSY_WINDOW_S)


def test_a_cut_for_a_receiver_that_loses_packets_leaves_time_as_well() -> None:
    """Whatever is shown to it."""
    slot, far = timed_screen()
    one, two = Room("krefeld", 10), Room("tokio", 20)
    assert seen_at_once(slot, far, one, NOW)
    for number in range(1, LOSSY_COUNT + 1):
        one.frame(NOW + number / 10)
        assert slot.retransmit(500 + number, NOW + number / 10 + 0.05, None)
    assert not seen_at_once(slot, far, two, NOW + 0.5)
    assert seen_at_once(slot, far, one, NOW + 0.6 + LOSSY_WINDOW_S)

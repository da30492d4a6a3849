"""Whether a source can be shown, and why not."""

from __future__ import annotations

import pytest

from bridge.source.stall import STALL_S, StallCounter
from bridge.source.state import CAMERA_START_S, MAX_SOUND_GAP_S
from bridge.source.video import NO_KEYFRAME_S
from tests.unit.bridge.peers import NOW, Room

CONNECTING = "connecting", "joined"
LIVE = "live", "flows"
SILENT = "stalled", "silent"
NO_KEYFRAME = "stalled", "no-keyframe"


def test_a_source_is_connecting_until_its_first_picture() -> None:
    """Sound alone is not enough where there is a camera."""
    room = Room("tokio", 10)
    assert room.source.state(NOW) == CONNECTING
    room.speak(NOW)
    room.frame(NOW)
    assert room.source.state(NOW) == CONNECTING
    room.frame(NOW, keyframe=True)
    assert room.source.state(NOW) == LIVE


def test_a_source_stands_still_after_a_third_of_a_second_without_a_picture() -> None:
    """Sound alone keeps none alive: the camera would stand frozen on air."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    assert room.source.state(NOW + STALL_S) == LIVE
    assert room.source.state(NOW + STALL_S + 0.01) == SILENT
    room.speak(NOW + 5)
    assert room.source.state(NOW + 5) == SILENT
    room.frame(NOW + 6)
    assert room.source.state(NOW + 6) == LIVE


def test_padding_is_no_picture() -> None:
    """Browsers go on with it when the camera does not."""
    room = Room("tokio", 10)
    room.frame(NOW, keyframe=True)
    room.send(room.camera.padding_only(), NOW + STALL_S)
    assert room.source.state(NOW + STALL_S + 0.01) == SILENT


def test_one_layer_that_flows_will_do() -> None:
    """A sender whose way has become narrow sends only the small one."""
    room = Room("tokio", 10, layers=("h", "l"))
    room.frame(NOW, keyframe=True, layer="h")
    for tenth in range(50):
        room.frame(NOW + tenth / 10, keyframe=not tenth, layer="l")
        assert room.source.state(NOW + tenth / 10) == LIVE


@pytest.mark.parametrize("rate", [10, 5])
def test_a_slow_camera_does_not_flap(rate: int) -> None:
    """In the dark it sends five frames a second, each comes up to 40 ms late, and now and then one is lost."""
    room = Room("tokio", 10)
    for number in range(50):
        sent = room.camera.frame(2, keyframe=not number, ticks=90_000 // rate)
        now = NOW + number / rate + 0.04 * (number % 2)
        assert number < 2 or room.source.state(now) == LIVE
        if number % 10 != 5:
            room.send(sent, now)


def test_a_camera_that_sends_no_keyframe_is_said_to_after_two_seconds() -> None:
    """Whoever waits for its first picture must be told that there will be none."""
    room = Room("tokio", 10)
    for tick in range(150):
        now = NOW + tick * 0.02
        room.frame(now)
        room.source.tick(now)
        assert room.source.state(now) == (CONNECTING if tick * 0.02 < NO_KEYFRAME_S else NO_KEYFRAME)
    room.frame(NOW + 3, keyframe=True)
    assert room.source.state(NOW + 3) == LIVE


def test_a_camera_that_sends_no_keyframe_any_more_is_said_to() -> None:
    """One at the beginning does not make up for it."""
    room, now = Room("tokio", 10), NOW
    told = set()
    for tick in range(800):
        now = NOW + tick * 0.02
        room.frame(now, keyframe=not tick)
        room.source.request_keyframe(now)
        room.source.tick(now)
        told.add(room.source.state(now))
    assert told == {LIVE, NO_KEYFRAME}
    assert room.source.state(now) == NO_KEYFRAME
    assert room.source.state(now + STALL_S + 0.1) == SILENT


def test_a_shared_screen_that_is_asked_for_a_keyframe_is_not_said_to_send_none_before_its_next_frames() -> (
    None
):
    """Between two of them, five seconds apart, nothing could have come."""
    room, told = Room("tokio", 10), set()
    for tick in range(1000):
        now = NOW + tick * 0.02
        if tick % 250 == 0:
            room.send(room.camera.frame(keyframe=not tick, ticks=5 * 90_000), now)
        if tick % 50 == 0:
            room.picture.stall.on_sender_report(room.picture.packets, room.picture.packets, now)
        if tick == 755:  # 15 s after its keyframe, and 0.1 s after a frame
            room.source.request_keyframe(now)
        room.source.tick(now)
        if tick > 300:
            told.add(room.source.state(now))
    assert told == {LIVE}


def test_a_source_without_a_camera_lives_by_its_sound() -> None:
    """The first packet will do."""
    room = Room("phone", 10, video=False)
    assert room.source.state(NOW) == CONNECTING
    room.speak(NOW)
    assert room.source.state(NOW) == LIVE
    assert room.source.state(NOW + MAX_SOUND_GAP_S + 0.01) == SILENT


def test_pauses_of_speech_do_not_stall_a_source_without_a_camera() -> None:
    """With DTX a packet comes every 400 ms, and now and then one is lost."""
    room = Room("phone", 10, video=False)
    now = NOW
    room.speak(now)
    for pause in (0, 20, 20, 40, 0, 20, 40):
        now += 0.02 * (1 + pause)
        assert room.source.state(now) == LIVE
        room.speak(now, pause=pause)


def test_a_source_whose_video_line_never_sends_lives_by_its_sound() -> None:
    """Pages and rooms offer the line whether there is a camera or not; only time tells."""
    room = Room("guest", 10)
    room.speak(NOW + 20)
    room.speak(NOW + 20 + CAMERA_START_S)
    assert room.source.state(NOW + 20 + CAMERA_START_S) == CONNECTING
    assert room.source.state(NOW + 20.01 + CAMERA_START_S) == LIVE
    assert room.source.state(NOW + 20.01 + CAMERA_START_S + MAX_SOUND_GAP_S) == SILENT


def test_a_camera_switched_on_late_counts_from_its_first_picture_and_never_makes_it_connect_again() -> None:
    """Else whoever was on air by voice would be taken off it by switching on the camera."""
    room = Room("guest", 10)
    room.speak(NOW)
    later = NOW + CAMERA_START_S + 1
    room.speak(later)
    room.frame(later)
    assert room.source.state(later) == LIVE
    room.frame(later + 0.1, keyframe=True)
    assert room.source.state(later + 0.1) == LIVE
    room.speak(later + 5)
    assert room.source.state(later + 5) == SILENT


def test_a_camera_that_began_in_time_is_waited_for_however_long_its_keyframe_takes() -> None:
    """It is there: sound does not stand in for it."""
    room = Room("tokio", 10)
    room.speak(NOW)
    room.frame(NOW + CAMERA_START_S)
    room.speak(NOW + 60)
    assert room.source.state(NOW + 60) == CONNECTING


def test_stalls_are_counted_and_the_last_one_timed() -> None:
    """From its last packet to the next; while one goes on, so far."""
    stalls = StallCounter()
    stalls.update(False, 10.0)
    assert (stalls.count, stalls.last_duration_s(10.1)) == (0, None)
    stalls.update(True, 10.0)
    stalls.update(True, 10.0)
    assert (stalls.count, stalls.last_duration_s(10.5)) == (1, 0.5)
    stalls.update(False, 11.0)
    stalls.update(False, 11.1)
    assert (stalls.count, stalls.last_duration_s(20.0)) == (1, 1.0)
    stalls.update(True, 11.2)
    assert stalls.count == 2

"""The state of a source, and why."""

from __future__ import annotations

import pytest

from bridge.source.stall import STALL_S
from bridge.source.state import CAMERA_START_S, MAX_PAUSING_SOUND_GAP_S, MAX_SOUND_GAP_S
from bridge.source.video import NO_KEYFRAME_S
from tests.unit.bridge.peers import NOW, FakeVenue

CONNECTING = "connecting", "joined"
LIVE = "live", "flows"
SILENT = "stalled", "silent"
NO_KEYFRAME = "stalled", "no-keyframe"


def test_a_source_is_connecting_until_its_first_picture() -> None:
    """Sound alone is not enough if there is a camera."""
    venue = FakeVenue("tokio", 10)
    assert venue.source.state(NOW) == CONNECTING
    venue.speak(NOW)
    venue.frame(NOW)
    assert venue.source.state(NOW) == CONNECTING
    venue.frame(NOW, keyframe=True)
    assert venue.source.state(NOW) == LIVE


def test_a_source_stalls_after_300_ms_without_a_picture() -> None:
    """Sound alone does not keep it live: the picture would be frozen on air."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    assert venue.source.state(NOW + STALL_S) == LIVE
    assert venue.source.state(NOW + STALL_S + 0.01) == SILENT
    venue.speak(NOW + 5)
    assert venue.source.state(NOW + 5) == SILENT
    venue.frame(NOW + 6)
    assert venue.source.state(NOW + 6) == LIVE


def test_padding_is_no_picture() -> None:
    """Browsers send it on when the camera has stopped."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.send(venue.camera.padding_only(), NOW + STALL_S)
    assert venue.source.state(NOW + STALL_S + 0.01) == SILENT


def test_one_flowing_layer_is_enough() -> None:
    """On a narrow path a sender sends only the small one."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.frame(NOW, keyframe=True, layer="h")
    for tenth in range(50):
        venue.frame(NOW + tenth / 10, keyframe=not tenth, layer="l")
        assert venue.source.state(NOW + tenth / 10) == LIVE


@pytest.mark.parametrize("rate", [10, 5])
def test_a_slow_camera_does_not_flap(rate: int) -> None:
    """In the dark it sends five frames a second; each is up to 40 ms late, and some are lost."""
    venue = FakeVenue("tokio", 10)
    for number in range(50):
        sent = venue.camera.frame(2, keyframe=not number, ticks=90_000 // rate)
        now = NOW + number / rate + 0.04 * (number % 2)
        assert number < 2 or venue.source.state(now) == LIVE
        if number % 10 != 5:
            venue.send(sent, now)


def test_a_camera_without_a_first_keyframe_stalls_after_two_seconds() -> None:
    """Operators must know that there will be no picture."""
    venue = FakeVenue("tokio", 10)
    for tick in range(150):
        now = NOW + tick * 0.02
        venue.frame(now)
        venue.source.tick(now)
        assert venue.source.state(now) == (CONNECTING if tick * 0.02 < NO_KEYFRAME_S else NO_KEYFRAME)
    venue.frame(NOW + 3, keyframe=True)
    assert venue.source.state(NOW + 3) == LIVE


def test_a_camera_that_sends_no_more_keyframes_stalls() -> None:
    venue, now = FakeVenue("tokio", 10), NOW
    events = set()
    for tick in range(800):
        now = NOW + tick * 0.02
        venue.frame(now, keyframe=not tick)
        venue.source.request_keyframe(now)
        venue.source.tick(now)
        events.add(venue.source.state(now))
    assert events == {LIVE, NO_KEYFRAME}
    assert venue.source.state(now) == NO_KEYFRAME
    assert venue.source.state(now + STALL_S + 0.1) == SILENT


def test_a_shared_screen_is_not_stalled_for_lack_of_a_keyframe_between_its_frames() -> None:
    """Nothing could have come between two of them, five seconds apart."""
    venue, events = FakeVenue("tokio", 10), set()
    for tick in range(1000):
        now = NOW + tick * 0.02
        if tick % 250 == 0:
            venue.send(venue.camera.frame(keyframe=not tick, ticks=5 * 90_000), now)
        if tick % 50 == 0:
            venue.video.stall.on_sender_report(venue.video.packets, venue.video.packets, now)
        if tick == 755:  # 15 s after its keyframe, and 0.1 s after a frame
            venue.source.request_keyframe(now)
        venue.source.tick(now)
        if tick > 300:
            events.add(venue.source.state(now))
    assert events == {LIVE}


def test_a_source_without_a_video_line_is_judged_by_its_sound() -> None:
    """The first packet is enough."""
    venue = FakeVenue("phone", 10, video=False)
    assert venue.source.state(NOW) == CONNECTING
    venue.speak(NOW)
    assert venue.source.state(NOW) == LIVE
    assert venue.source.state(NOW + MAX_SOUND_GAP_S + 0.01) == SILENT


def test_loss_is_no_pause_of_speech() -> None:
    """A sender without DTX is stalled as soon, however many packets were lost before."""
    venue = FakeVenue("phone", 10, video=False)
    venue.speak(NOW)
    venue.lose(20)
    venue.speak(NOW + 0.42)
    assert venue.source.state(NOW + 0.42 + MAX_SOUND_GAP_S + 0.01) == SILENT


def test_an_interpreter_whose_line_drops_is_stalled_in_time() -> None:
    """Within 0.8 s, so that the listeners are back on the floor within 1 s."""
    venue = FakeVenue("kabine/1", 10, video=False)
    for packet in range(100):
        venue.speak(NOW + packet * 0.02, level=127)
    assert venue.source.state(NOW + 1.98 + 0.8) == SILENT


def test_pauses_of_speech_do_not_stall_a_source_without_a_camera() -> None:
    """With DTX a packet comes every 400 ms, and some are lost."""
    venue = FakeVenue("phone", 10, video=False)
    now = NOW
    venue.speak(now)
    for pause in (0, 20, 20, 40, 0, 20, 40):
        now += 0.02 * (1 + pause)
        assert venue.source.state(now) == LIVE
        venue.speak(now, pause=pause)
    assert venue.source.state(now + MAX_PAUSING_SOUND_GAP_S) == LIVE
    assert venue.source.state(now + MAX_PAUSING_SOUND_GAP_S + 0.01) == SILENT


def test_a_source_whose_video_line_never_sends_is_judged_by_its_sound() -> None:
    """Pages and rooms offer the m-line with or without a camera."""
    venue = FakeVenue("guest", 10)
    venue.speak(NOW + 20)
    venue.speak(NOW + 20 + CAMERA_START_S)
    assert venue.source.state(NOW + 20 + CAMERA_START_S) == CONNECTING
    assert venue.source.state(NOW + 20.01 + CAMERA_START_S) == LIVE
    assert venue.source.state(NOW + 20.01 + CAMERA_START_S + MAX_SOUND_GAP_S) == SILENT


def test_a_camera_switched_on_late_counts_from_its_first_picture() -> None:
    """And the source does not return to connecting, which would take a speaker off the air."""
    venue = FakeVenue("guest", 10)
    venue.speak(NOW)
    later = NOW + CAMERA_START_S + 1
    venue.speak(later)
    venue.frame(later)
    assert venue.source.state(later) == LIVE
    venue.frame(later + 0.1, keyframe=True)
    assert venue.source.state(later + 0.1) == LIVE
    venue.speak(later + 5)
    assert venue.source.state(later + 5) == SILENT


def test_a_camera_that_began_in_time_counts_however_long_its_keyframe_takes() -> None:
    """Sound does not replace it."""
    venue = FakeVenue("tokio", 10)
    venue.speak(NOW)
    venue.frame(NOW + CAMERA_START_S)
    venue.speak(NOW + 60)
    assert venue.source.state(NOW + 60) == CONNECTING

"""When a stream has stalled, and how often it did."""

from __future__ import annotations

import pytest

from bridge.source.stall import SCREEN_STALL_S, SENDER_REPORT_TTL_S, STALL_S, StallCounter
from bridge.source.video import VideoIntake
from tests.unit.bridge.peers import NOW
from tests.unit.bridge.recorder import intake_of, receive
from tests.unit.bridge.rtp.camera import Camera


def test_the_stall_timeout_is_300_ms_or_longer_for_slow_cameras() -> None:
    """At 30 frames a second, and at 10; a camera in the dark sends five."""
    for rate, patience in ((30, STALL_S), (10, STALL_S), (5, 0.5), (2, 1.25), (0.4, 2.5)):
        intake, _, _ = intake_of(camera := Camera(1))
        for number in range(30):
            receive(intake, camera.frame(2, ticks=int(90_000 / rate)), NOW + number / rate)
        assert intake.stall.timeout == pytest.approx(patience)


def shared_screen(seconds: float) -> tuple[VideoIntake, Camera, float]:
    """A shared screen after four frames `seconds` apart, and when the last came."""
    intake, _, _ = intake_of(camera := Camera(1))
    for number in range(1, 4):
        receive(intake, camera.frame(2, ticks=int(90_000 * seconds)), NOW + number * seconds)
    return intake, camera, NOW + 3 * seconds


def test_an_unchanged_shared_screen_is_not_stalled_while_sender_reports_show_no_packets() -> None:
    """One frame in five seconds, or in a minute. Its last picture stays."""
    intake, _, now = shared_screen(5.0)
    for second in range(60):
        intake.stall.on_sender_report(intake.packets, intake.packets, now + second)
        assert not intake.stall.is_stalled(now + second + 0.9)
        assert intake.stall.is_still(now + second + 0.9) == (second > 0)
    assert intake.stall.is_stalled(now + 59 + SENDER_REPORT_TTL_S + 0.1)


def test_a_shared_screen_whose_packets_are_lost_is_stalled() -> None:
    """Its sender reports more packets than have come."""
    intake, _, now = shared_screen(5.0)
    for second in range(3):
        intake.stall.on_sender_report(intake.packets + 2 * second, intake.packets, now + second)
    assert intake.stall.is_stalled(now + 2.6)
    intake.stall.on_sender_report(intake.packets + 4, intake.packets, now + 3)  # nothing since
    assert not intake.stall.is_stalled(now + 3)


def test_a_camera_that_stops_is_stalled_whatever_its_sender_reports() -> None:
    """It would be frozen on air, and its browser sends reports on."""
    intake, _, now = shared_screen(1 / 30)
    intake.stall.on_sender_report(intake.packets, intake.packets, now + 0.2)
    intake.stall.on_sender_report(intake.packets, intake.packets, now + 0.3)
    assert not intake.stall.is_still(now + 2)
    assert intake.stall.is_stalled(now + STALL_S + 0.01)


def test_a_screen_that_moved_and_stands_is_live_until_frames_are_missing() -> None:
    """A film ends on a slide: from 30 frames a second to the one a second that Chromium repeats."""
    intake, camera, now = shared_screen(1 / 30)
    intake.stall.is_screen = True
    for second in range(1, 5):
        assert not intake.stall.is_stalled(now + second + 0.2)
        receive(intake, camera.frame(2, ticks=90_000), now + second)
    assert intake.stall.is_stalled(now + 4 + SCREEN_STALL_S + 0.01)


def test_a_screen_is_live_while_its_sender_reports_that_it_sent_nothing() -> None:
    """Not every browser repeats the frame of a screen that stands."""
    intake, _, now = shared_screen(1 / 30)
    intake.stall.is_screen = True
    for second in range(30):
        intake.stall.on_sender_report(intake.packets, intake.packets, now + second)
    assert not intake.stall.is_stalled(now + 29.9)
    assert intake.stall.is_still(now + 29.9)


def test_a_pause_lengthens_the_stall_timeout_only_briefly() -> None:
    """It says little about the frame rate."""
    intake, _, _ = intake_of(camera := Camera(1))
    receive(intake, camera.frame(1))
    receive(intake, camera.frame(1, ticks=5 * 90_000), NOW + 5)
    assert intake.stall.timeout > STALL_S
    for number in range(60):
        receive(intake, camera.frame(1), NOW + 5 + number / 30)
        assert intake.stall.timeout < 0.9
    assert intake.stall.timeout == STALL_S


def test_stalls_are_counted_and_the_last_one_timed() -> None:
    """From its last packet to the next, or so far."""
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

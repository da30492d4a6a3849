"""One source: its layers, and the keyframes while it is armed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bridge.destination.slots import VideoSlot
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import PictureLossIndication
from bridge.source.source import (
    ARMED_KEYFRAME_INTERVAL_S,
    FRESH_KEYFRAME_S,
    SCREEN_KEYFRAME_INTERVAL_S,
)
from tests.unit.bridge.peers import NOW, NTP, SLOT_PAYLOAD_TYPES, FakePeer, FakeVenue
from tests.unit.bridge.rtp.camera import H264Camera


def rid(
    venue: FakeVenue, now: float, *, small: bool = False, codecs: tuple[str, ...] = ("vp8",)
) -> str | None:
    """Of the best showable layer, or the smallest."""
    layers = venue.source.showable_layers(codecs, now)
    return layers[-1 if small else 0].rid if layers else None


def test_the_best_or_the_smallest_showable_layer_is_selected() -> None:
    """A sender begins with the small one, and stops the large one when its path is narrow."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    venue.frame(NOW, keyframe=True, layer="l")
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("l", "l")
    venue.frame(NOW, layer="h")
    assert rid(venue, NOW) == "l"
    venue.frame(NOW, keyframe=True, layer="h")
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("h", "l")
    venue.frame(NOW + 1, layer="l")
    assert rid(venue, NOW + 1) == "l"
    venue.frame(NOW + 2, layer="h")
    assert (rid(venue, NOW + 2), rid(venue, NOW + 2, small=True)) == ("h", "h")
    assert venue.source.stats(NOW + 2).layer == "h"


def test_during_a_stall_the_last_showable_layer_is_selected() -> None:
    """A stall is no reason to change layers."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("h", "l")
    venue.frame(NOW, layer="l")
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("l", "l")
    venue.frame(NOW, keyframe=True, layer="h")
    assert (rid(venue, NOW + 9), rid(venue, NOW + 9, small=True)) == ("h", "h")


def test_a_layer_in_another_codec_is_not_selected() -> None:
    """Before its first packet it may still come in the right one."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    assert rid(venue, NOW, codecs=("av1",)) is None
    assert rid(venue, NOW, codecs=("h264",)) == "h"
    venue.frame(NOW, keyframe=True, layer="h")
    assert rid(venue, NOW, codecs=("h264",)) == "l"
    venue.frame(NOW, keyframe=True, layer="l")
    assert rid(venue, NOW, codecs=("h264",)) is None


def test_without_simulcast_the_only_picture_is_selected() -> None:
    """As the best and as the smallest."""
    venue = FakeVenue("tokio", 10, camera=H264Camera)
    venue.frame(NOW, 3, keyframe=True)
    assert list(venue.source.showable_layers(["h264"], NOW)) == [venue.video]
    assert list(venue.source.showable_layers(["vp8"], NOW)) == []
    assert venue.source.stats(NOW).layer == ""


# Armed ------------------------------------------------------------------------------------------


def test_arming_requests_a_keyframe_at_once_and_every_second() -> None:
    """So there is always a recent one."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for layer in ("h", "l"):
        venue.frame(NOW, keyframe=True, layer=layer)
    venue.frame(NOW + 0.25, layer="h")
    venue.source.arm(True)
    requested_at: list[float] = []
    for tick in range(1, 160):
        now = NOW + 0.3 + tick * 0.02
        venue.frame(now, layer="l")
        venue.source.tick(now)
        wanted = venue.peer.take_rtcp(PictureLossIndication)
        assert all(request.media_ssrc == 10 for request in wanted)
        requested_at += [now] * len(wanted)
        venue.frame(now, keyframe=bool(wanted), layer="h")
    assert len(requested_at) == 4
    assert requested_at[0] == pytest.approx(NOW + 0.32)
    assert all(
        ARMED_KEYFRAME_INTERVAL_S <= b - a < ARMED_KEYFRAME_INTERVAL_S + 0.05
        for a, b in pairwise(requested_at)
    )


def test_the_request_is_sent_a_round_trip_earlier_for_a_distant_source() -> None:
    """So its keyframes come every second too."""
    venue, came = FakeVenue("tokio", 10), NOW
    venue.source.rtt = 0.25
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.tick(NOW)
    for _ in range(5):
        requested_at = came + 0.75
        venue.source.tick(requested_at - 0.01)
        assert venue.peer.take_rtcp(PictureLossIndication) == []
        venue.source.tick(requested_at + 0.01)
        assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
        came = requested_at + 0.26
        venue.frame(came, keyframe=True)


def test_a_fresh_keyframe_is_enough_for_arming() -> None:
    """Another would cost bit rate for all receivers."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.tick(NOW + FRESH_KEYFRAME_S - 0.01)
    venue.source.arm(True)
    venue.source.tick(NOW + ARMED_KEYFRAME_INTERVAL_S - 0.01)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    venue.source.tick(NOW + ARMED_KEYFRAME_INTERVAL_S + 0.01)
    assert venue.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(10)]


def test_a_disarmed_source_gets_no_requests() -> None:
    """Fewer keyframes make a better picture."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.arm(False)
    venue.source.tick(NOW + 5)
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_a_keyframe_of_a_screen_off_air_is_never_old() -> None:
    """On air none is requested, since a slide would pulse; nor of a camera."""
    for is_screen, is_shown, wanted in ((True, False, 1), (True, True, 0), (False, False, 0)):
        venue = FakeVenue("tokio", 10, is_screen=is_screen)
        venue.frame(NOW, keyframe=True)
        if is_shown:
            slot = VideoSlot("program", 5, SLOT_PAYLOAD_TYPES, 500)
            slot.connect(FakePeer().send_rtp, ProgramClock(NOW, NTP, 7))
            slot.show(venue.video, NOW)
        for second in range(1, 11):
            venue.frame(NOW + second)
            venue.source.tick(NOW + second)
            due = second >= SCREEN_KEYFRAME_INTERVAL_S
            assert len(venue.peer.take_rtcp(PictureLossIndication)) == (wanted if due else 0)


def test_an_armed_encoder_that_ignores_requests_gets_few_of_them() -> None:
    """OBS; its own keyframes are enough."""
    venue = FakeVenue("tokio", 10)
    venue.source.arm(True)
    for tick in range(300):
        now = NOW + tick * 0.02
        venue.frame(now, keyframe=tick % 100 == 0)
        venue.source.tick(now)
        assert venue.source.state(now) == ("live", "flows")
    assert len(venue.peer.take_rtcp(PictureLossIndication)) <= 3 * 4

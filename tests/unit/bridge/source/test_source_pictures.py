"""One source: which of its layers is shown, and the keyframes that are kept at hand of it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bridge.rtp.rtcp import PictureLossIndication
from bridge.source.source import ARMED_KEYFRAME_INTERVAL_S, FRESH_KEYFRAME_S
from tests.unit.bridge.peers import NOW, FakeVenue
from tests.unit.bridge.rtp.camera import H264Camera


def rid(
    venue: FakeVenue, now: float, *, small: bool = False, codecs: tuple[str, ...] = ("vp8",)
) -> str | None:
    """Of the layer that is shown."""
    layer = venue.source.select_layer(small, codecs, now)
    return layer.rid if layer else None


def test_the_best_layer_that_flows_is_shown_and_in_small_the_smallest() -> None:
    """A sender begins with the small one, and lets the large one go when its way is narrow."""
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


def test_while_nothing_flows_the_layer_that_did_is_kept() -> None:
    """A stall is no reason to change over."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("h", "l")
    venue.frame(NOW, layer="l")
    assert (rid(venue, NOW), rid(venue, NOW, small=True)) == ("l", "l")
    venue.frame(NOW, keyframe=True, layer="h")
    assert (rid(venue, NOW + 9), rid(venue, NOW + 9, small=True)) == ("h", "h")


def test_a_layer_in_a_codec_that_the_slot_cannot_carry_is_not_shown() -> None:
    """It may come in another one."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    assert rid(venue, NOW, codecs=("av1",)) is None
    assert rid(venue, NOW, codecs=("h264",)) == "h"
    venue.frame(NOW, keyframe=True, layer="h")
    assert rid(venue, NOW, codecs=("h264",)) == "l"
    venue.frame(NOW, keyframe=True, layer="l")
    assert rid(venue, NOW, codecs=("h264",)) is None


def test_a_source_without_layers_shows_its_picture() -> None:
    """Large and small alike."""
    venue = FakeVenue("tokio", 10, camera=H264Camera)
    venue.frame(NOW, 3, keyframe=True)
    assert venue.source.select_layer(True, ["h264"], NOW) is venue.video
    assert venue.source.select_layer(False, ["vp8"], NOW) is None
    assert venue.source.stats(NOW).layer == ""


# Armed ------------------------------------------------------------------------------------------


def test_an_armed_source_is_asked_for_a_keyframe_at_once_and_every_second() -> None:
    """So that one is always at hand."""
    venue = FakeVenue("tokio", 10, layers=("h", "l"))
    for layer in ("h", "l"):
        venue.frame(NOW, keyframe=True, layer=layer)
    venue.frame(NOW + 0.25, layer="h")
    venue.source.arm(True)
    asked: list[float] = []
    for tick in range(1, 160):
        now = NOW + 0.3 + tick * 0.02
        venue.frame(now, layer="l")
        venue.source.tick(now)
        wanted = venue.peer.take_rtcp(PictureLossIndication)
        assert all(request.media_ssrc == 10 for request in wanted)
        asked += [now] * len(wanted)
        venue.frame(now, keyframe=bool(wanted), layer="h")
    assert len(asked) == 4
    assert asked[0] == pytest.approx(NOW + 0.32)
    assert all(
        ARMED_KEYFRAME_INTERVAL_S <= b - a < ARMED_KEYFRAME_INTERVAL_S + 0.05 for a, b in pairwise(asked)
    )


def test_a_far_source_is_asked_a_round_trip_earlier() -> None:
    """So that a keyframe comes every second there, too."""
    venue, came = FakeVenue("tokio", 10), NOW
    venue.source.rtt = 0.25
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.tick(NOW)
    for _ in range(5):
        asked = came + 0.75
        venue.source.tick(asked - 0.01)
        assert venue.peer.take_rtcp(PictureLossIndication) == []
        venue.source.tick(asked + 0.01)
        assert len(venue.peer.take_rtcp(PictureLossIndication)) == 1
        came = asked + 0.26
        venue.frame(came, keyframe=True)


def test_a_source_with_a_young_keyframe_is_armed_with_that() -> None:
    """Another would cost all who see it."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.tick(NOW + FRESH_KEYFRAME_S - 0.01)
    venue.source.arm(True)
    venue.source.tick(NOW + ARMED_KEYFRAME_INTERVAL_S - 0.01)
    assert venue.peer.take_rtcp(PictureLossIndication) == []
    venue.source.tick(NOW + ARMED_KEYFRAME_INTERVAL_S + 0.01)
    assert venue.peer.take_rtcp(PictureLossIndication) == [PictureLossIndication(10)]


def test_a_disarmed_source_is_asked_for_nothing() -> None:
    """Its picture is better without so many keyframes."""
    venue = FakeVenue("tokio", 10)
    venue.frame(NOW, keyframe=True)
    venue.source.arm(True)
    venue.source.arm(False)
    venue.source.tick(NOW + 5)
    assert venue.peer.take_rtcp(PictureLossIndication) == []


def test_an_armed_encoder_that_heeds_no_request_is_asked_once_a_second_at_most() -> None:
    """OBS; its own keyframes do."""
    venue = FakeVenue("tokio", 10)
    venue.source.arm(True)
    for tick in range(300):
        now = NOW + tick * 0.02
        venue.frame(now, keyframe=tick % 100 == 0)
        venue.source.tick(now)
        assert venue.source.state(now) == ("live", "flows")
    assert len(venue.peer.take_rtcp(PictureLossIndication)) <= 3 * 4

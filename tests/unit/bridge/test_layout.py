"""Which m-line carries what."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from bridge.engine import OfferError, PeerSpec
from bridge.layout import Layout, Use, lay_out
from bridge.sdp import parse_offer
from tests.unit.bridge.offers import CHROMIUM_AUDIO, CHROMIUM_VIDEO, DATA, hall, line, offer

VIEWER = PeerSpec("viewer", None)
SEND_VIDEO, SEND_AUDIO = line(CHROMIUM_VIDEO, "sendonly"), line(CHROMIUM_AUDIO, "sendonly")
SEE, HEAR = line(CHROMIUM_VIDEO, "recvonly"), line(CHROMIUM_AUDIO, "recvonly")


def laid_out(text: str, spec: PeerSpec, new_ssrc: Callable[[], int] | None = None) -> Layout:
    return lay_out(parse_offer(text), spec, new_ssrc or count(1000).__next__)


def slots(layout: Layout) -> dict[str, str]:
    return {lane.line.mid: lane.slot for lane in layout.shown}


def test_a_hall_feeds_its_source_and_receives_in_every_slot() -> None:
    layout = laid_out(hall(), PeerSpec("hall", "krefeld"))
    video, audio = layout.feed("video"), layout.feed("audio")
    assert video is not None
    assert audio is not None
    assert (video.line.mid, audio.line.mid) == ("0", "1")
    assert list(slots(layout).values()) == ["program", "second", "mic1", "mic2", "mic3", "mic4", "talkback"]


def test_a_moderator_sees_the_sources_in_small_in_their_order() -> None:
    text = offer(SEE, SEE, *[HEAR] * 5, SEE, SEE)
    layout = laid_out(text, PeerSpec("desk", None, ["tokio", "berlin"]))
    assert slots(layout)["7"] == "view:tokio"
    assert slots(layout)["8"] == "view:berlin"


def test_a_viewer_may_bring_fewer_lines() -> None:
    assert slots(laid_out(offer(SEE, HEAR), VIEWER)) == {"0": "program", "1": "mic1"}


def test_lines_beyond_the_slots_are_idle() -> None:
    layout = laid_out(offer(SEE, SEE, SEE), VIEWER)
    assert [lane.use for lane in layout.lanes] == [Use.SHOWS, Use.SHOWS, Use.IDLE]


def test_what_a_viewer_would_send_is_not_wanted() -> None:
    layout = laid_out(offer(SEND_VIDEO, SEE), VIEWER)
    assert [lane.use for lane in layout.lanes] == [Use.IDLE, Use.SHOWS]


def test_a_second_camera_in_one_offer_is_not_wanted() -> None:
    layout = laid_out(offer(SEND_VIDEO, SEND_VIDEO), PeerSpec("hall", "krefeld"))
    assert [lane.use for lane in layout.lanes] == [Use.FEEDS, Use.IDLE]


def test_a_guest_may_come_with_sound_alone() -> None:
    layout = laid_out(offer(SEND_AUDIO), PeerSpec("guest", "uchida"))
    assert layout.feed("video") is None
    assert layout.feed("audio") is not None


def test_a_line_both_ways_is_the_sources_first_and_a_slot_for_those_without_one() -> None:
    both = offer(line(CHROMIUM_VIDEO, "sendrecv"))
    assert laid_out(both, PeerSpec("hall", "krefeld")).lanes[0].use is Use.FEEDS
    assert slots(laid_out(both, VIEWER)) == {"0": "program"}


def test_data_channels_and_stopped_lines_are_refused() -> None:
    stopped = line(CHROMIUM_VIDEO, "recvonly").replace("m=video 9", "m=video 0")
    layout = laid_out(offer(SEE, line(DATA, ""), stopped), VIEWER)
    assert [lane.use for lane in layout.lanes] == [Use.SHOWS, Use.REFUSED, Use.REFUSED]


def test_every_stream_has_a_number_of_its_own_and_none_of_the_peers() -> None:
    numbers = iter([0, 726503289, 5, 5, 6, 7, 8, 9, 10, 11])
    layout = laid_out(hall(), PeerSpec("hall", "krefeld"), numbers.__next__)
    assert [lane.ssrc for lane in layout.shown] == [5, 6, 7, 8, 9, 10, 11]


def test_a_source_that_sends_nothing_is_refused() -> None:
    with pytest.raises(OfferError, match="sends nothing, but is to feed source krefeld"):
        laid_out(offer(SEE), PeerSpec("hall", "krefeld"))


def test_a_line_without_the_house_codec_is_refused() -> None:
    with pytest.raises(OfferError, match="mid 0 offers no vp8/90000"):
        laid_out(offer(SEE).replace("VP8/90000", "VP9/90000"), VIEWER)


def test_the_shape_tells_whether_a_second_offer_is_the_same() -> None:
    spec = PeerSpec("hall", "krefeld")
    first = laid_out(hall(), spec)
    again = laid_out(hall().replace("gM8+", "nEw+"), spec, count(5000).__next__)
    assert again.shape == first.shape
    assert laid_out(hall().replace("96", "98"), spec).shape != first.shape
    assert laid_out(offer(SEND_VIDEO, SEE), spec).shape != first.shape

"""Parsing the m-lines of offers."""

from __future__ import annotations

import re

import pytest

from bridge.engine import OfferError
from bridge.sdp.mline import (
    MAX_ATTRIBUTE_LINES,
    MAX_FORMAT_SETS,
    MAX_PARAMETERS,
    Codec,
    HeaderExtension,
    MediaLine,
)
from bridge.sdp.offer import parse_offer
from tests.unit.bridge.offers import (
    CHROMIUM_AUDIO,
    CHROMIUM_VIDEO,
    FIREFOX_VIDEO,
    LAYERS,
    OBS_VIDEO,
    STREAM,
    line,
    offer,
)

ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


def read(template: str, more: str = "", direction: str = "sendonly") -> MediaLine:
    return parse_offer(offer(line(template, direction, more))).lines[0]


def codec(found: MediaLine, name: str) -> Codec:
    return next(c for c in found.codecs if c.name == name)


def test_codecs_come_in_their_order_with_their_parameters_and_feedback() -> None:
    video, audio = read(CHROMIUM_VIDEO), read(CHROMIUM_AUDIO)
    assert [c.payload_type for c in video.codecs] == [96, 97, 102, 103, 106, 107, 98]
    assert codec(video, "vp8").feedback == {"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"}
    opus = codec(audio, "opus")
    assert (opus.clock_rate, opus.channels) == (48_000, 2)
    assert opus.parameters == {"minptime": "10", "useinbandfec": "1"}


def test_the_rtx_format_of_a_codec_is_found_by_apt() -> None:
    video = read(CHROMIUM_VIDEO)
    repair = video.rtx_for(codec(video, "vp8"))
    assert repair is not None
    assert repair.payload_type == 97
    assert video.rtx_for(codec(video, "vp9")) is None


def test_a_format_that_looks_like_rtcp_is_skipped() -> None:
    """With its marker bit set, payload type 72 has the first two bytes of a sender report."""
    assert read(CHROMIUM_AUDIO.replace("111", "72")).codecs[0].name != "opus"


def test_of_duplicates_the_first_counts() -> None:
    more = "a=rtpmap:96 VP9/90000\na=fmtp:106 packetization-mode=0\na=extmap:13 " + ABS_SEND_TIME + "\n"
    video = read(CHROMIUM_VIDEO, more)
    assert video.codecs[0].name == "vp8"
    assert codec(video, "h264").parameters["packetization-mode"] == "1"
    assert video.extensions[ABS_SEND_TIME] == HeaderExtension(2)


def test_header_extensions_have_a_one_byte_id_and_an_optional_direction() -> None:
    assert read(FIREFOX_VIDEO).extensions[ABS_SEND_TIME] == HeaderExtension(4, "recvonly")
    more = "a=extmap:0 urn:zero\na=extmap:15 urn:fifteen\na=extmap:2 urn:taken\na=extmap:12 urn:free x=y\n"
    found = read(CHROMIUM_VIDEO, more).extensions
    assert {"urn:zero", "urn:fifteen", "urn:taken"}.isdisjoint(found)
    assert found["urn:free"] == HeaderExtension(12)


def test_the_ssrcs_of_a_sender_and_of_its_rtx_streams_are_parsed() -> None:
    video = read(CHROMIUM_VIDEO, STREAM)
    assert video.ssrcs == (726503289,)
    assert video.rtx_ssrcs == {2443215473: 726503289}


def test_invalid_ssrc_groups_are_skipped() -> None:
    odd = "a=ssrc-group:FID 5 5\na=ssrc-group:FID 0 7\na=ssrc-group:FID 5\na=ssrc-group:FID 5 99999999999\n"
    assert read(CHROMIUM_VIDEO, odd).rtx_ssrcs == {}


@pytest.mark.parametrize(
    ("simulcast", "layers"),
    [
        ("send h;l", ("h", "l")),
        ("send h;~l", ("h", "l")),
        ("send h,m;l", ("h", "l")),
        ("recv x send l;h", ("l", "h")),
        ("send h;h;l", ("h", "l")),
        ("send h;unknown", ("h",)),
        ("recv h;l", ()),
        ("send", ()),
        ("", ()),
    ],
)
def test_layers_are_read_with_alternatives_and_pauses(simulcast: str, layers: tuple[str, ...]) -> None:
    more = LAYERS.replace("send h;l", simulcast) + "a=rid:m send pt=96;max-width=640\n"
    assert read(CHROMIUM_VIDEO, more).rids == layers


def test_rids_without_simulcast_are_no_layers() -> None:
    assert read(CHROMIUM_VIDEO, "a=rid:h send\na=rid:l send\n").rids == ()


def test_obs_offers_h264_alone() -> None:
    video = read(OBS_VIDEO)
    assert [c.name for c in video.codecs] == ["h264", "rtx"]
    assert video.ssrcs == (2077433011,)


@pytest.mark.parametrize("name", MAX_ATTRIBUTE_LINES)
def test_every_kind_of_attribute_is_limited(name: str) -> None:
    text = offer(line(CHROMIUM_VIDEO, "sendonly", f"a={name}:1\n" * 3000))
    with pytest.raises(
        OfferError, match=re.escape(f"lines a={name}; at most {MAX_ATTRIBUTE_LINES[name]} are read")
    ):
        parse_offer(text)


def numbered(sets: int) -> list[str]:
    """m-lines with a different set of formats each."""
    return [line(CHROMIUM_VIDEO, "recvonly", f"a=fmtp:97 apt=96;set={number}\n") for number in range(sets)]


def test_equal_formats_of_an_offer_are_parsed_once() -> None:
    """64 multiview pictures share one set, which is most of the text."""
    lines = parse_offer(offer(*numbered(MAX_FORMAT_SETS), *numbered(MAX_FORMAT_SETS) * 2)).lines
    assert len({id(found.codecs) for found in lines}) == MAX_FORMAT_SETS
    assert len({id(found.extensions) for found in lines}) == MAX_FORMAT_SETS


def test_the_number_of_sets_of_formats_is_limited() -> None:
    with pytest.raises(OfferError, match=f"more than {MAX_FORMAT_SETS} different sets of formats"):
        parse_offer(offer(*numbered(MAX_FORMAT_SETS + 1)))


@pytest.mark.parametrize("differing", ["a=rtpmap:9 x/8000", "a=extmap:12 urn:x", "a=rtcp-fb:97 nack"])
def test_lines_with_any_difference_in_formats_are_parsed_apart(differing: str) -> None:
    plain, other = parse_offer(
        offer(line(CHROMIUM_VIDEO, "recvonly"), line(CHROMIUM_VIDEO, "recvonly", differing + "\n"))
    ).lines
    assert plain.codecs is not other.codecs


def test_parameters_beyond_the_limit_are_skipped() -> None:
    many = ";".join(f"p{number}=x" for number in range(5000))[:8000]
    video = read(CHROMIUM_VIDEO.replace("profile-id=0", many))
    assert len(codec(video, "vp9").parameters) == MAX_PARAMETERS

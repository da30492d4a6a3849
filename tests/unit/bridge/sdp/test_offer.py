"""Parsing offers."""

from __future__ import annotations

import random
import re

import pytest

from bridge.engine import OfferError
from bridge.sdp.offer import (
    MAX_FINGERPRINTS,
    MAX_LINE_CHARS,
    MAX_MEDIA_LINES,
    MAX_SDP_CHARS,
    MAX_SDP_LINES,
    parse_offer,
)
from tests.unit.bridge.offers import (
    CHROMIUM_AUDIO,
    CHROMIUM_VIDEO,
    DATA,
    FINGERPRINT,
    LAYERS,
    TRANSPORT,
    hall,
    line,
    offer,
)


def test_a_halls_offer_is_parsed() -> None:
    read = parse_offer(hall())
    assert (read.ufrag, read.password) == ("gM8+", "LdK7Fp2/CvC+7/C2ciypn4U8")
    assert read.fingerprints == (("sha-256", FINGERPRINT),)
    assert [(m.mid, m.kind, m.direction) for m in read.lines[:3]] == [
        ("0", "video", "sendonly"),
        ("1", "audio", "sendonly"),
        ("2", "video", "recvonly"),
    ]
    assert len(read.lines) == 9


def test_session_level_transport_attributes_apply_to_every_line() -> None:
    text = offer(line(CHROMIUM_VIDEO, "recvonly"), transport="").replace(
        "t=0 0\r\n", "t=0 0\r\n" + TRANSPORT.replace("\n", "\r\n") + "\r\n"
    )
    assert parse_offer(text).ufrag == "gM8+"


def test_a_line_with_port_0_may_be_outside_the_group() -> None:
    stopped = line(CHROMIUM_VIDEO, "inactive").replace("m=video 9", "m=video 0")
    assert parse_offer(offer(line(CHROMIUM_AUDIO, "recvonly"), stopped, bundle=["0"])).lines[1].is_rejected


def test_rtcp_mux_of_the_first_line_applies_to_its_group() -> None:
    """A bundle-only line need not have it, nor any but the first in a later offer (RFC 9143)."""
    bare = line(CHROMIUM_AUDIO, "recvonly").replace("a=rtcp-mux\n", "")
    bundle_only = bare.replace("m=audio 9", "m=audio 0").replace("a=recvonly", "a=bundle-only\na=recvonly")
    for other in (bare, bundle_only):
        read = parse_offer(offer(line(CHROMIUM_VIDEO, "recvonly"), other))
        assert [m.is_rejected for m in read.lines] == [False, False]


def test_after_a_data_channel_rtcp_mux_of_the_first_rtp_line_applies() -> None:
    bare = line(CHROMIUM_AUDIO, "recvonly").replace("a=rtcp-mux\n", "")
    read = parse_offer(offer(line(DATA, ""), line(CHROMIUM_VIDEO, "recvonly"), bare))
    assert [m.kind for m in read.lines] == ["application", "video", "audio"]


def test_unknown_attributes_are_skipped() -> None:
    odd = "a=rtpmap:x\na=fmtp:\na=extmap:1\na=ssrc:one two\na=ssrc:99999999999 x\n"
    odd += "a=rid:\na=\na=simulcast:\nz\na=rtcp-fb:\n"
    assert parse_offer(offer(line(CHROMIUM_VIDEO, "recvonly", odd))).lines[0].codecs


VIDEO = line(CHROMIUM_VIDEO, "recvonly")


def test_a_mid_repeated_a_thousand_times_in_the_group_counts_once() -> None:
    """Each m-line is searched in the group, so this took 160 ms."""
    text = offer(*[VIDEO] * 3).replace("BUNDLE 0 1 2", "BUNDLE " + "1 " * 2000 + "0 2")
    assert len(parse_offer(text).lines) == 3


def test_the_largest_offer_of_a_moderator_is_accepted() -> None:
    """A talkback microphone, eighteen lines received and 64 multiview pictures, at 4 kB each."""
    wide = line(CHROMIUM_VIDEO, "recvonly", "a=x-filler:" + "x" * (4000 - len(VIDEO) - len(TRANSPORT)) + "\n")
    text = offer(*[wide] * (1 + 18 + 64))
    assert len(text) > 83 * 4000
    assert len(parse_offer(text).lines) == 83


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no m-line"),
        ("x" * (MAX_SDP_CHARS + 1), "450001 characters; at most 450000 are read"),
        ("\n" * (MAX_SDP_LINES + 1), "14001 lines; at most 14000 are read"),
        (offer(VIDEO) + "a=x:" + "y" * MAX_LINE_CHARS, "a line of 8196 characters; at most 8192"),
        (
            offer(VIDEO + f"a=fingerprint:sha-256 {FINGERPRINT}\n" * MAX_FINGERPRINTS),
            "17 lines a=fingerprint; at most 16",
        ),
        (offer(*[VIDEO] * (MAX_MEDIA_LINES + 1)), "97 m-lines; at most 96"),
        (offer(VIDEO).replace("a=group:BUNDLE 0", "a=group:LS 0"), "no a=group:BUNDLE"),
        (offer(VIDEO, VIDEO, bundle=["0"]), "leaves out mid 1"),
        (offer(VIDEO, VIDEO).replace("a=mid:1", "a=mid:0"), "two m-lines have a=mid:0"),
        (offer(VIDEO).replace("a=mid:0\r\n", ""), "m-line 1 has no usable a=mid"),
        (offer(VIDEO).replace("a=mid:0", "a=mid:a b"), "m-line 1 has no usable a=mid"),
        (offer(VIDEO).replace("a=fingerprint", "a=fingerprints"), "no usable a=fingerprint"),
        (offer(VIDEO).replace("sha-256", "sha-1"), "no usable a=fingerprint"),
        (offer(VIDEO).replace(FINGERPRINT, FINGERPRINT[:-1]), "no usable a=fingerprint"),
        (offer(VIDEO).replace("a=ice-ufrag:gM8+", "a=ice-ufrag:x"), "no usable a=ice-ufrag"),
        (offer(VIDEO).replace("a=ice-pwd:", "a=ice-pwd:\x00"), "no usable a=ice-pwd"),
        (offer(VIDEO).replace("a=setup:actpass", "a=setup:passive"), "expected actpass or active"),
        (
            offer(VIDEO).replace("a=rtcp-mux\r\n", ""),
            "m-line 1 nor the first of its BUNDLE group has a=rtcp-mux",
        ),
        (
            offer(VIDEO.replace("a=rtcp-mux\n", ""), VIDEO.replace("a=rtcp-mux\n", "")),
            "m-line 1 nor the first of its BUNDLE group has a=rtcp-mux",
        ),
        (offer(VIDEO).replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "has protocol RTP/AVP"),
        (offer(VIDEO).replace("m=video 9", "m=video nine"), "m-line 1 cannot be read"),
        (
            offer(VIDEO).replace("96 97 102 103 106 107 98", " ".join(map(str, range(97)))),
            "97 formats; at most 96",
        ),
        (offer(VIDEO).replace("96 97 102 103 106 107 98", '96 "'), "formats that cannot be read"),
        (offer(VIDEO).replace("96 97 102 103 106 107 98", " "), "formats that cannot be read"),
    ],
)
def test_an_unusable_offer_is_refused_with_the_reason(text: str, complaint: str) -> None:
    with pytest.raises(OfferError, match=re.escape(complaint)):
        parse_offer(text)


def test_the_parser_raises_nothing_else_whatever_the_text() -> None:
    rng = random.Random(2)
    lines = offer(
        line(CHROMIUM_VIDEO, "sendonly", LAYERS), line(CHROMIUM_AUDIO, "recvonly"), line(DATA, "")
    ).split("\r\n")
    read = longest = 0
    for _ in range(1500):
        hostile = list(lines)
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(hostile))
            text = hostile[at]
            cut = rng.randrange(len(text) + 1)
            hostile[at] = rng.choice(
                (
                    text[:cut],
                    text[:cut] + chr(rng.randrange(0x3000)) + text[cut + 1 :],
                    text + text,
                    "m=" + text,
                    "",
                )
            )
        rng.random() < 0.3 and rng.shuffle(hostile)  # type: ignore[func-returns-value]
        try:
            parse_offer("\n".join(hostile))
            read += 1
        except OfferError as error:
            longest = max(longest, len(str(error)))
    assert longest < 500
    assert 100 < read < 1500

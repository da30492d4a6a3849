"""Answers, as browsers and aiortc get them."""

from __future__ import annotations

from itertools import count

import pytest
from aiortc.sdp import SessionDescription

from bridge.answer import Transport, answer
from bridge.engine import PeerSpec
from bridge.ice import Credentials
from bridge.layout import lay_out
from bridge.sdp import parse_offer
from tests.unit.bridge.offers import (
    CHROMIUM_VIDEO,
    DATA,
    FINGERPRINT,
    FIREFOX_VIDEO,
    LAYERS,
    hall,
    line,
    offer,
)

TRANSPORT = Transport(
    Credentials("ours", "p" * 32),
    FINGERPRINT,
    ["192.0.2.1", "2001:db8::1"],
    8081,
    "cname",
    session=7,
    version=1,
)


def answered(text: str, spec: PeerSpec | None = None) -> list[list[str]]:
    """The answer's lines: the session's, then those of each m-line."""
    layout = lay_out(parse_offer(text), spec or PeerSpec("viewer", None), count(1000).__next__)
    parts: list[list[str]] = [[]]
    for text_line in answer(layout, TRANSPORT).split("\r\n"):
        if text_line.startswith("m="):
            parts.append([])
        parts[-1].append(text_line)
    return parts


@pytest.fixture
def hall_answer() -> list[list[str]]:
    return answered(hall(), PeerSpec("hall", "krefeld"))


def test_the_session_is_ice_lite_and_bundled(hall_answer: list[list[str]]) -> None:
    assert "a=ice-lite" in hall_answer[0]
    assert "a=group:BUNDLE 0 1 2 3 4 5 6 7 8" in hall_answer[0]


def test_every_line_is_answered_in_its_place(hall_answer: list[list[str]]) -> None:
    assert [f"a=mid:{i}" in part for i, part in enumerate(hall_answer[1:])] == [True] * 9


def test_every_line_has_the_transport(hall_answer: list[list[str]]) -> None:
    for part in hall_answer[1:]:
        assert {
            "a=ice-ufrag:ours",
            "a=setup:passive",
            "a=rtcp-mux",
            f"a=fingerprint:sha-256 {FINGERPRINT}",
            "a=candidate:1 1 udp 2130706431 192.0.2.1 8081 typ host",
            "a=candidate:2 1 udp 2130706175 2001:db8::1 8081 typ host",
            "a=end-of-candidates",
        } <= set(part)


def test_what_the_peer_sends_is_received_with_remb_and_without_transport_cc(
    hall_answer: list[list[str]],
) -> None:
    video = hall_answer[1]
    assert video[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96"
    assert {"a=recvonly", "a=rtcp-fb:96 goog-remb", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"} <= set(
        video
    )
    assert "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" in video
    assert not any("transport" in text and "cc" in text for part in hall_answer for text in part)


def test_what_the_peer_receives_is_announced_by_ssrc_and_slot(hall_answer: list[list[str]]) -> None:
    program, microphone = hall_answer[3], hall_answer[5]
    assert {"a=sendonly", "a=msid:program program", "a=ssrc:1000 cname:cname"} <= set(program)
    assert {"a=sendonly", "a=msid:mic1 mic1", "a=ssrc:1002 cname:cname"} <= set(microphone)
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in microphone


def test_no_header_extension_is_sent_down(hall_answer: list[list[str]]) -> None:
    assert not any(text.startswith("a=extmap") for part in hall_answer[3:] for text in part)


def test_feedback_that_was_not_offered_is_not_agreed_to() -> None:
    part = answered(offer(line(CHROMIUM_VIDEO, "recvonly")).replace("a=rtcp-fb:96 ccm fir\r\n", ""))[1]
    assert "a=rtcp-fb:96 ccm fir" not in part


def test_payload_types_are_the_peers_own() -> None:
    part = answered(offer(line(FIREFOX_VIDEO, "recvonly")))[1]
    assert part[0].endswith(" 120")
    assert "a=rtpmap:120 VP8/90000" in part


def test_a_view_is_named_in_letters_that_an_msid_may_have() -> None:
    parts = answered(
        offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 3), PeerSpec("desk", None, ["tokio/lectern"])
    )
    assert "a=msid:view.tokio~lectern view.tokio~lectern" in parts[3]


def test_a_line_without_a_slot_is_inactive() -> None:
    idle = answered(offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 3))[3]
    assert "a=inactive" in idle
    assert not any(text.startswith("a=ssrc") for text in idle)


def test_a_refused_line_keeps_its_place_and_is_not_bundled() -> None:
    session, data, _ = answered(offer(line(DATA, ""), line(CHROMIUM_VIDEO, "recvonly")))
    assert data[0] == "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"
    assert "a=group:BUNDLE 1" in session


def test_simulcast_is_not_agreed_to_so_that_the_sender_sends_one_layer() -> None:
    parts = answered(offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS)), PeerSpec("hall", "krefeld"))
    assert not any(text.startswith(("a=rid", "a=simulcast")) for text in parts[1])


def test_aiortc_reads_it(hall_answer: list[list[str]]) -> None:
    read = SessionDescription.parse("\r\n".join(text for part in hall_answer for text in part))
    assert len(read.media) == 9
    assert all(media.ice and media.ice.iceLite and media.ice_candidates_complete for media in read.media)
    assert read.media[2].ssrc[0].ssrc == 1000

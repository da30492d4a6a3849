"""Answers, as browsers and aiortc get them."""

from __future__ import annotations

from itertools import count

import pytest
from aiortc.sdp import SessionDescription

from bridge.engine import PeerSpec
from bridge.sdp.answer import Candidate, Credentials, TransportParameters, write_answer
from bridge.sdp.negotiation import negotiate
from bridge.sdp.offer import parse_offer
from tests.unit.bridge.offers import (
    CHROMIUM_AUDIO,
    CHROMIUM_VIDEO,
    DATA,
    FINGERPRINT,
    FIREFOX_VIDEO,
    LAYERS,
    OBS_VIDEO,
    hall,
    line,
    offer,
)

TRANSPORT = TransportParameters(
    Credentials("ours", "p" * 32),
    FINGERPRINT,
    [
        Candidate("udp", "192.0.2.1", 8081),
        Candidate("udp", "2001:db8::1", 8081),
        Candidate("tcp", "192.0.2.1", 8080),
        Candidate("tcp", "2001:db8::1", 443),
    ],
    "cname",
    session_id=7,
    version=1,
)


def answered(text: str, spec: PeerSpec | None = None) -> list[list[str]]:
    """The answer's lines: the session's, then those of each m-line."""
    media = negotiate(parse_offer(text), spec or PeerSpec("viewer", None), count(1000).__next__)
    parts: list[list[str]] = [[]]
    for text_line in write_answer(media, TRANSPORT).split("\r\n"):
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
            "a=candidate:3 1 tcp 1520434687 192.0.2.1 8080 typ host tcptype passive",
            "a=candidate:4 1 tcp 1520434431 2001:db8::1 443 typ host tcptype passive",
            "a=end-of-candidates",
        } <= set(part)


def test_transport_cc_is_accepted_for_sources_and_remb_for_slots(
    hall_answer: list[list[str]],
) -> None:
    video = hall_answer[1]
    assert video[0] == "m=video 9 UDP/TLS/RTP/SAVPF 96 97 106 107"
    for payload_type in (96, 106):
        wanted = ("goog-remb", "nack", "nack pli", "ccm fir")
        assert {f"a=rtcp-fb:{payload_type} {feedback}" for feedback in wanted} <= set(video)
    assert "a=recvonly" in video
    assert "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" in video
    told = [[text for text in part if "transport" in text and "-cc" in text] for part in hall_answer]
    number = "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
    assert {number, "a=rtcp-fb:96 transport-cc"} <= set(told[1])
    assert set(told[2]) == {number, "a=rtcp-fb:111 transport-cc"}
    assert not any(told[3:])


def test_nack_for_audio_is_accepted_in_both_directions_if_offered() -> None:
    asks = "a=rtcp-fb:111 nack\r\n"
    for direction in ("sendonly", "recvonly"):
        asked = offer(line(CHROMIUM_AUDIO, direction)).replace("a=rtcp-fb:111", asks + "a=rtcp-fb:111")
        spec = PeerSpec("hall", "krefeld" if direction == "sendonly" else None)
        assert asks.strip() in answered(asked, spec)[1]


def test_each_codec_has_its_rtx_format(hall_answer: list[list[str]]) -> None:
    for video in (hall_answer[1], hall_answer[3]):
        assert {"a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"} <= set(video)
        assert {"a=rtpmap:106 H264/90000", "a=rtpmap:107 rtx/90000", "a=fmtp:107 apt=106"} <= set(video)
        assert "a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" in video


def test_slots_are_announced_by_ssrc_and_msid(hall_answer: list[list[str]]) -> None:
    program, second, microphone = hall_answer[3], hall_answer[4], hall_answer[6]
    assert {"a=sendonly", "a=msid:program program", "a=ssrc-group:FID 1000 1001"} <= set(program)
    for ssrc in (1000, 1001):
        assert {f"a=ssrc:{ssrc} cname:cname", f"a=ssrc:{ssrc} msid:program program"} <= set(program)
    assert {"a=msid:second second", "a=ssrc:1002 cname:cname", "a=ssrc:1003 cname:cname"} <= set(second)
    assert {"a=sendonly", "a=msid:mic2 mic2", "a=ssrc:1005 cname:cname"} <= set(microphone)
    assert not any(text.startswith("a=ssrc-group") for text in microphone)


def test_the_programme_and_its_first_microphone_are_one_media_stream(hall_answer: list[list[str]]) -> None:
    """Browsers synchronise the tracks of one media stream."""
    streams = [text.split()[0][7:] for part in hall_answer[1:] for text in part if text.startswith("a=msid:")]
    assert streams == ["program", "second", "program", "mic2", "mic3", "mic4", "mic5"]
    assert "a=msid:program mic1" in hall_answer[5]


def test_opus_is_requested_with_fec_and_without_dtx(hall_answer: list[list[str]]) -> None:
    for part in (hall_answer[2], hall_answer[5]):
        assert "a=fmtp:111 minptime=10;useinbandfec=1" in part


def test_a_source_that_announces_stereo_is_asked_for_it() -> None:
    """A browser sends two channels only to a receiver that asks for them."""
    asked = offer(line(CHROMIUM_AUDIO, "sendonly")).replace("fec=1", "fec=1;sprop-stereo=1")
    source = answered(asked, PeerSpec("hall", "krefeld"))[1]
    assert "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1" in source
    talkback = answered(asked, PeerSpec("desk", None, talk="desk"))[1]
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in talkback


def test_the_audio_level_is_accepted_for_the_source_alone(hall_answer: list[list[str]]) -> None:
    level = "a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level"
    assert [level in part for part in hall_answer[1:]] == [False, True] + [False] * 7


def test_simulcast_is_accepted_with_the_layers_of_the_pages() -> None:
    part = answered(offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS)), PeerSpec("hall", "krefeld"))[1]
    assert [text for text in part if text.startswith(("a=rid", "a=simulcast"))] == [
        "a=rid:h recv",
        "a=rid:l recv",
        "a=simulcast:recv h;l",
    ]
    assert {
        "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
        "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    } <= set(part)


def test_an_unused_rid_is_not_accepted() -> None:
    more = LAYERS.replace("h;l", "h;x;l") + "a=rid:x send\n"
    part = answered(offer(line(CHROMIUM_VIDEO, "sendonly", more)), PeerSpec("hall", "krefeld"))[1]
    assert "a=rid:x recv" not in part
    assert "a=simulcast:recv h;l" in part


def test_extensions_that_are_not_forwarded_are_not_accepted(hall_answer: list[list[str]]) -> None:
    """Such as video-orientation: a sender would leave its pictures unrotated."""
    text = "\n".join(line for part in hall_answer for line in part)
    assert not any(word in text for word in ("video-orientation", "toffset", "usedtx"))


def test_obs_is_answered_in_its_own_codec_and_profile() -> None:
    part = answered(offer(line(OBS_VIDEO, "sendonly")), PeerSpec("hall", "krefeld"))[1]
    assert part[0].endswith(" 96 97")
    assert "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" in part


def test_a_header_extension_that_was_offered_one_way_is_answered_the_other() -> None:
    part = answered(offer(line(FIREFOX_VIDEO, "recvonly")))[1]
    assert "a=extmap:4/sendonly http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" in part


def test_feedback_that_was_not_offered_is_not_accepted() -> None:
    part = answered(offer(line(CHROMIUM_VIDEO, "recvonly")).replace("a=rtcp-fb:96 ccm fir\r\n", ""))[1]
    assert "a=rtcp-fb:96 ccm fir" not in part


def test_payload_types_are_the_peers_own() -> None:
    part = answered(offer(line(FIREFOX_VIDEO, "recvonly")))[1]
    assert part[0].endswith(" 120 124")
    assert "a=rtpmap:120 VP8/90000" in part


def test_the_msid_of_a_multiview_slot_has_only_allowed_characters() -> None:
    parts = answered(
        offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 10), PeerSpec("desk", None, ["tokio/lectern"])
    )
    assert "a=msid:view.tokio~lectern view.tokio~lectern" in parts[10]


def test_a_talkback_microphone_is_received_like_the_sound_of_a_source_in_shorter_packets() -> None:
    sound = line(CHROMIUM_AUDIO, "sendonly")
    source, talk = answered(offer(sound, sound), PeerSpec("booth", "kabine/1", talk="talk:booth"))[1:]
    assert {"a=recvonly", "a=ptime:10"} <= set(talk)
    assert [text for text in source if text != "a=mid:0"] == [
        text for text in talk if text not in ("", "a=mid:1", "a=ptime:10")
    ]


def test_a_line_without_a_slot_is_inactive() -> None:
    idle = answered(offer(*[line(CHROMIUM_VIDEO, "recvonly")] * 10))[10]
    assert "a=inactive" in idle
    assert not any(text.startswith("a=ssrc") for text in idle)


def test_a_rejected_line_keeps_its_place_and_is_not_bundled() -> None:
    session, data, _ = answered(offer(line(DATA, ""), line(CHROMIUM_VIDEO, "recvonly")))
    assert data[0] == "m=application 0 UDP/DTLS/SCTP webrtc-datachannel"
    assert "a=group:BUNDLE 1" in session


def test_aiortc_parses_it(hall_answer: list[list[str]]) -> None:
    read = SessionDescription.parse("\r\n".join(text for part in hall_answer for text in part))
    assert len(read.media) == 9
    assert all(media.ice and media.ice.iceLite and media.ice_candidates_complete for media in read.media)
    assert [ssrc.ssrc for ssrc in read.media[2].ssrc] == [1000, 1001]

"""One peer: how long it may be silent, and what it may offer again."""

from __future__ import annotations

import re
from itertools import count

import pytest
from pylibsrtp import Policy
from structlog.testing import capture_logs

from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import OfferError, PeerSpec
from bridge.faults import FaultLogger
from bridge.net import stun
from bridge.net.connection import PeerConnection
from bridge.peer import ABSENT_AFTER_S, PEER_TIMEOUT_S, TOO_LARGE_HOLD_S, Peer, rtp_parameters_of, slot_of
from bridge.rtp import vp8
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import find_extension, parse
from bridge.rtp.rewriters import ExtendedVideoRewriter
from bridge.rtp.ring import VIDEO_RING_PACKETS, Ring
from bridge.rtp.vp8 import VideoPacket
from bridge.sdp.answer import Credentials
from bridge.sdp.negotiation import NegotiatedLine, negotiate
from bridge.sdp.offer import parse_offer
from tests.unit.bridge.fakesender import FakeSender
from tests.unit.bridge.net.test_connection import HERE, session
from tests.unit.bridge.offers import CHROMIUM_VIDEO, FINGERPRINT, LAYERS, OBS_VIDEO, hall, line, offer
from tests.unit.bridge.rtp.camera import Camera
from tests.unit.bridge.stun import check

HALL = PeerSpec("hall", "krefeld")


class FakeConnectionSender(FakeSender):
    """Keeps what is sent to a peer, and why its connection ended."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []


@pytest.fixture
def wire() -> FakeConnectionSender:
    return FakeConnectionSender()


def joined(text: str, wire: FakeConnectionSender, spec: PeerSpec = HALL) -> Peer:
    """A peer that has joined by this offer and is not connected yet."""
    read_offer = parse_offer(text)
    connection = PeerConnection(
        spec.peer,
        Credentials(read_offer.ufrag, read_offer.password),
        read_offer.fingerprints,
        sender=wire.sender,
        fault_logger=FaultLogger(lambda: 0.0),
        on_end=lambda c: None,
    )
    connection.on_closed = wire.reasons.append
    media = negotiate(read_offer, spec, count(1000).__next__)
    return Peer(spec, read_offer, media, connection, ProgramClock(0.0, 1.0), 0.0)


@pytest.fixture
def peer(wire: FakeConnectionSender) -> Peer:
    """A hall that has joined and is not connected yet."""
    return joined(hall(), wire)


def hear(peer: Peer, now: float) -> None:
    """A check of the peer arrives."""
    peer.connection.on_check(stun.parse(check(peer.connection.credentials, "gM8+")), HERE, now)


def connect(peer: Peer, now: float) -> None:
    hear(peer, now)
    peer.connection.start_media(session(Policy.SSRC_ANY_INBOUND), session(Policy.SSRC_ANY_OUTBOUND))


JOINED = "connecting", "joined"


def test_a_silent_source_is_absent_within_three_seconds_and_back_when_it_is_heard(peer: Peer) -> None:
    assert ABSENT_AFTER_S + 0.1 < 3.0
    connect(peer, 100.0)
    assert peer.state(100.0 + ABSENT_AFTER_S) == JOINED
    assert peer.state(100.1 + ABSENT_AFTER_S) == ("absent", "unreachable")
    hear(peer, 104.0)
    assert peer.state(104.0) == JOINED


def test_a_peer_is_closed_after_a_long_silence(peer: Peer, wire: FakeConnectionSender) -> None:
    connect(peer, 100.0)
    peer.tick(100.0 + PEER_TIMEOUT_S)
    assert wire.reasons == []
    peer.tick(100.1 + PEER_TIMEOUT_S)
    assert wire.reasons == ["silent for 15 s"]


def test_oversized_datagrams_explain_a_missing_picture(peer: Peer) -> None:
    """Otherwise the source would be connecting for ever."""
    connect(peer, 100.0)
    peer.connection.drop_oversized(100.5)
    assert peer.state(101.0) == ("stalled", "too-large")
    assert peer.connection.dropped == {"larger than 1500 bytes": 1}
    assert peer.state(102.5) == ("stalled", "too-large")
    for now in (102.0, 104.0, 106.0, 108.0, 110.0, 112.0, 114.0):
        hear(peer, now)
    assert peer.state(100.5 + TOO_LARGE_HOLD_S) == JOINED


def test_a_source_with_a_picture_is_live_after_an_oversized_datagram(peer: Peer) -> None:
    """The datagram may be forged."""
    connect(peer, 100.0)
    peer.connection.drop_oversized(100.5)
    camera = Camera(726503289)
    assert peer.source is not None
    peer.source.on_rtp(camera.frame(keyframe=True)[0].data, 100.6)
    assert peer.state(100.6) == ("live", "flows")


def test_an_unconnected_peer_is_not_silent(peer: Peer, wire: FakeConnectionSender) -> None:
    peer.tick(1000.0)
    assert wire.reasons == []
    assert peer.state(1000.0) == JOINED


def test_the_source_of_a_closed_peer_is_absent_and_its_packets_go_nowhere(peer: Peer) -> None:
    connect(peer, 100.0)
    peer.close()
    assert peer.state(100.0) == ("absent", "left")
    peer.connection.on_rtp(b"\x80", 100.0)


def test_a_peer_without_packets_gets_a_keepalive_every_100_ms(peer: Peer, wire: FakeConnectionSender) -> None:
    connect(peer, 100.0)
    opener = session(Policy.SSRC_ANY_INBOUND)
    wire.sent.clear()
    for tick in range(51):
        peer.tick(100.0 + tick * 0.02)
    plain = [opener.unprotect_rtcp(data) for data, _ in wire.sent if 191 < data[1] < 224]
    empty = [data for data in plain if len(data) == 8]
    assert len(empty) in (9, 10, 11)
    assert empty[0][:4] == bytes([0x80, 201, 0, 1]), "a receiver report of nothing"


def test_broken_rtcp_is_counted(peer: Peer) -> None:
    peer.connection.on_rtcp(b"\x81\xc9\xff\xff", 100.0)
    assert peer.connection.dropped == {"rtcp: broken": 1}


def test_another_certificate_is_another_association(peer: Peer) -> None:
    assert peer.is_same_association(parse_offer(hall()))
    assert not peer.is_same_association(
        parse_offer(hall().replace(FINGERPRINT, FINGERPRINT.replace("A8", "A9")))
    )


def test_an_offer_with_a_new_ufrag_is_an_ice_restart(peer: Peer) -> None:
    assert not peer.accept_offer(HALL, parse_offer(hall()))
    assert peer.accept_offer(HALL, parse_offer(hall().replace("gM8+", "nEw+")))
    assert not peer.accept_offer(HALL, parse_offer(hall().replace("gM8+", "nEw+")))


def test_a_further_offer_may_change_only_the_order_of_the_sent_codecs(peer: Peer) -> None:
    """By it a browser that cannot change its codec otherwise does. Payload types and streams stay."""
    first, *received = peer.answer([]).sdp.split("m=video")[1:]
    formats = "96 97 102 103 106 107 98"
    text = hall().replace(f"SAVPF {formats}", "SAVPF 106 107 96 97 102 103 98")
    assert not peer.accept_offer(HALL, parse_offer(text))
    again, *received_again = peer.answer([]).sdp.split("m=video")[1:]
    assert first.startswith(" 9 UDP/TLS/RTP/SAVPF 96 97 106 107\r\n")
    assert again.startswith(" 9 UDP/TLS/RTP/SAVPF 106 107 96 97\r\n")
    assert received_again == received


@pytest.mark.parametrize("spec", [HALL, PeerSpec("hall", "tokio")])
def test_an_offer_of_other_lines_or_another_source_is_refused(peer: Peer, spec: PeerSpec) -> None:
    text = hall() if spec.source == "tokio" else offer(line(CHROMIUM_VIDEO, "sendonly"))
    with pytest.raises(OfferError, match="m-lines differ"):
        peer.accept_offer(spec, parse_offer(text))


def test_every_answer_has_the_same_streams(peer: Peer) -> None:
    first, second = peer.answer([]), peer.answer([])
    assert first.slots == second.slots
    assert re.findall("a=ssrc.*", first.sdp) == re.findall("a=ssrc.*", second.sdp)
    assert re.findall("o=.*", first.sdp) != re.findall("o=.*", second.sdp), "each answer has a version"


# What its source and its slots are told of the lines


def line_of(text: str, spec: PeerSpec = HALL) -> NegotiatedLine:
    return negotiate(parse_offer(text), spec, count(1000).__next__).lines[0]


def test_a_source_stream_has_the_codecs_rtx_and_layers_of_its_line() -> None:
    stream = rtp_parameters_of(line_of(offer(line(CHROMIUM_VIDEO, "sendonly", LAYERS))))
    assert stream is not None
    assert (dict(stream.codecs), stream.clock_rate) == ({96: "vp8", 106: "h264"}, 90_000)
    assert stream.rtx_payload_types == {97: 96, 107: 106}
    assert stream.rids == ("h", "l")
    assert (stream.rid_id, stream.repaired_rid_id, stream.twcc_id, stream.audio_level_id) == (10, 11, 4, None)
    assert stream.nack


def test_a_source_stream_has_the_announced_ssrcs() -> None:
    stream = rtp_parameters_of(line_of(hall()))
    assert stream is not None
    assert (stream.ssrcs, stream.rtx_ssrcs) == ((726503289,), {2443215473: 726503289})
    assert (stream.rids, stream.rid_id) == ((), None)


def test_obs_sends_a_source_in_h264_alone() -> None:
    stream = rtp_parameters_of(line_of(offer(line(OBS_VIDEO, "sendonly"))))
    assert stream is not None
    assert (dict(stream.codecs), stream.rtx_payload_types) == ({96: "h264"}, {97: 96})


def test_a_source_without_audio_or_video_has_no_such_stream() -> None:
    assert rtp_parameters_of(None) is None


def test_a_video_slot_has_payload_types_by_codec_and_rtx() -> None:
    slot = slot_of(line_of(offer(line(CHROMIUM_VIDEO, "recvonly")), PeerSpec("viewer", None)))
    assert isinstance(slot, VideoSlot)
    assert (slot.name, slot.ssrc, slot.payload_types) == ("program", 1000, {"vp8": 96, "h264": 106})
    assert slot.rtx is not None
    assert (slot.rtx.ssrc, slot.rtx.payload_types) == (1001, {96: 97, 106: 107})


def test_a_video_slot_has_the_extensions_for_send_time_and_playout_delay() -> None:
    """Where both were agreed on; OBS for one wants neither."""
    slot = slot_of(line_of(offer(line(CHROMIUM_VIDEO, "recvonly")), PeerSpec("viewer", None)))
    assert isinstance(slot._rewriter, ExtendedVideoRewriter)
    packet = parse(Camera(1).frame(1, keyframe=True)[0].data, VideoPacket)
    vp8.parse_payload(packet)
    ring: Ring[VideoPacket] = Ring(VIDEO_RING_PACKETS)
    (copy,) = slot._rewriter.switch(ring, packet, 0, 96)
    assert [find_extension(copy, number) for number in (2, 5)] == [bytes(3), bytes(3)]
    plain = slot_of(line_of(offer(line(OBS_VIDEO, "recvonly")), PeerSpec("viewer", None)))
    assert not isinstance(plain._rewriter, ExtendedVideoRewriter)


def test_an_audio_slot_has_the_payload_type_of_opus(peer: Peer) -> None:
    agreed = next(
        agreed
        for agreed in negotiate(parse_offer(hall()), HALL, count(1).__next__).slot_lines
        if agreed.slot == "mic1"
    )
    slot = slot_of(agreed)
    assert isinstance(slot, AudioSlot)
    assert (slot.name, slot.payload_type) == ("mic1", 111)


def test_the_first_packet_dropped_for_a_reason_is_logged(peer: Peer) -> None:
    """With the source; thousands of them must not fill a disk."""
    assert peer.source is not None
    with capture_logs() as logs:
        for _ in range(3):
            peer.source.on_rtp(b"", 1.0)
    assert [(entry["event"], entry["source"], entry["reason"]) for entry in logs] == [
        ("packet dropped", "krefeld", "malformed")
    ]

"""RTX, to a receiver and from a sender."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.header import MalformedPacket
from bridge.rtp.rtx import RtxStream, unwrap
from tests.unit.bridge.rtp.camera import Camera, rtx_packet

PLAIN = struct.pack("!BBHLL", 0x80, 0x80 | 101, 4321, 90_000, 7) + b"a picture"
TIMED = (
    struct.pack("!BBHLLHHBBHL", 0x90, 101, 4321, 90_000, 7, 0xBEDE, 2, 0x52, 1, 2, 0x62000FFF) + b"a picture"
)


def test_an_rtx_packet_has_its_own_ssrc_and_holds_the_original_number_and_payload() -> None:
    """RFC 4588 section 4: timestamp and marker are the original's."""
    data = RtxStream(9, {101: 97}, 500).wrap(PLAIN, 1.0)
    assert data == struct.pack("!BBHLLH", 0x80, 0x80 | 97, 500, 90_000, 9, 4321) + b"a picture"
    assert unwrap(data, {97: 101}, 7) == PLAIN


def test_every_rtx_packet_has_a_new_number() -> None:
    """No two packets are encrypted under one number."""
    stream = RtxStream(9, {101: 97}, 0x7FFF)
    seqs = [struct.unpack_from("!H", stream.wrap(PLAIN, 1.0) or b"", 2)[0] for _ in range(0x8002)]
    assert (seqs[0], seqs[1], seqs[-1]) == (0x7FFF, 0x8000, 0)
    assert len(set(seqs)) == len(seqs)


def test_an_rtx_packet_has_its_own_abs_send_time() -> None:
    """The original's extensions are left out."""
    data = RtxStream(9, {101: 97}, 500, abs_send_time_id=5).wrap(TIMED, 2.5)
    head = struct.pack("!BBHLLHHB", 0x90, 97, 500, 90_000, 9, 0xBEDE, 1, 0x52)
    assert data == head + bytes([10, 0, 0]) + struct.pack("!H", 4321) + b"a picture"


def test_a_payload_type_without_rtx_is_not_wrapped() -> None:
    """And uses up no number."""
    stream = RtxStream(9, {98: 97}, 500)
    assert stream.wrap(PLAIN, 1.0) is None
    assert struct.unpack_from("!H", stream.wrap(PLAIN.replace(b"\xe5", b"\xe2", 1), 1.0) or b"", 2)[0] == 500


def test_an_rtx_stream_begins_below_32768() -> None:
    """A receiver that misses its first packets would never decrypt one."""
    with pytest.raises(ValueError, match="below 32768, not at 32768"):
        RtxStream(9, {}, 0x8000)


# From a sender -----------------------------------------------------------------------------------

REPAIRS = {97: 96, 103: 102}


def test_unwrapping_gives_the_original_byte_for_byte() -> None:
    """Sequence number, payload type, SSRC, marker, timestamp, payload."""
    for sent in Camera(7, index=0xFFFF).frame(2, keyframe=True):
        assert unwrap(rtx_packet(sent.data, 900, 5, 97), REPAIRS, 7) == sent.data


def test_extensions_csrcs_and_padding_belong_to_the_rtx_packet() -> None:
    """Not to the original (RFC 4588 section 4)."""
    data = bytes.fromhex("b1e1 0001 00000002 00000384 aaaaaaaa bede0001 22688000 1234 9876 000003")
    assert unwrap(data, REPAIRS, 7) == bytes.fromhex("80e0 1234 00000002 00000007 9876")


def test_a_retransmission_of_padding_gives_padding() -> None:
    """It fills the gap in the sequence."""
    packet = unwrap(bytes.fromhex("8061 0001 00000002 00000384 1234"), REPAIRS, 7)
    assert packet == bytes.fromhex("8060 1234 00000002 00000007")


@pytest.mark.parametrize("data", ["8061 0001 00000002 00000384", "a061 0001 00000002 00000384 00000004"])
def test_padding_in_the_rtx_stream_gives_none(data: str) -> None:
    """Chromium probes the path's capacity with it."""
    assert unwrap(bytes.fromhex(data), REPAIRS, 7) is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("8061 0001 00000002 00000384 12", "original sequence number"),
        ("8060 0001 00000002 00000384 1234", "payload type 96 is not RTX"),
        ("8061", "an RTP header has 12 bytes"),
    ],
)
def test_other_packets_are_malformed(data: str, fault: str) -> None:
    with pytest.raises(MalformedPacket, match=fault):
        unwrap(bytes.fromhex(data), REPAIRS, 7)


@given(st.binary(max_size=40))
def test_any_bytes_are_rtx_padding_or_malformed(data: bytes) -> None:
    """No other error."""
    head = struct.pack("!BBHLL", 0xB1, 97, 1, 2, 900)
    for packet in (data, head + data):
        try:
            unwrap(packet, REPAIRS, 7)
        except MalformedPacket:
            continue

"""The VP8 payload descriptor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.header import MalformedPacket, parse
from bridge.rtp.vp8 import NO_PICTURE_ID, VideoPacket, parse_payload

HEADER = bytes.fromhex("80e0 1234 89abcdef 11223344")
KEYFRAME = bytes.fromhex("100200 9d012a 8002 6801")
DELTA = bytes.fromhex("110200 aabbcc")


def packet_with(payload: bytes) -> tuple[VideoPacket, int]:
    """A packet with that payload, parsed, and the length of its picture ID in bits."""
    packet = parse(HEADER + payload, VideoPacket)
    return packet, parse_payload(packet)


def test_a_descriptor_without_extensions_stays_unchanged() -> None:
    """The whole payload is the body; there is nothing to rewrite."""
    packet, bits = packet_with(b"\x10" + DELTA)
    assert (bits, packet.picture_id, packet.body) == (0, NO_PICTURE_ID, b"\x10" + DELTA)


def test_a_short_picture_id_is_parsed() -> None:
    """Seven bits."""
    packet, bits = packet_with(b"\x90\x80\x7f" + DELTA)
    assert (bits, packet.picture_id, packet.descriptor, packet.body) == (7, 0x7F, 0x9080, DELTA)


def test_a_long_picture_id_is_parsed() -> None:
    """Fifteen bits."""
    packet, bits = packet_with(b"\x90\x80\x81\x02" + DELTA)
    assert (bits, packet.picture_id, packet.body, packet.has_layers) == (15, 0x102, DELTA, False)


def test_layers_are_parsed() -> None:
    """TL0PICIDX, and TID, Y, KEYIDX in one byte."""
    packet, _ = packet_with(b"\x90\xf0\x81\x02\x33\x65" + DELTA)
    assert (packet.has_layers, packet.tl0picidx, packet.tid_y_keyidx, packet.body) == (
        True,
        0x33,
        0x65,
        DELTA,
    )


def test_half_of_the_layer_fields_stay_in_the_body() -> None:
    """TL0PICIDX without a TID names no layer."""
    packet, _ = packet_with(b"\x90\xc0\x05\x33" + DELTA)
    assert (packet.has_layers, packet.picture_id, packet.body) == (False, 5, b"\x33" + DELTA)


def test_the_first_packet_of_a_keyframe_is_recognized() -> None:
    """S is set, the partition is 0 and the frame header's lowest bit is clear."""
    packet, _ = packet_with(b"\x90\x80\x05" + KEYFRAME)
    assert packet.is_keyframe


@pytest.mark.parametrize("first", [0x80, 0x91, 0x87])
def test_other_packets_of_a_keyframe_are_not_its_first(first: int) -> None:
    """Without S, or of another partition."""
    packet, _ = packet_with(bytes([first]) + b"\x80\x05" + KEYFRAME)
    assert not packet.is_keyframe


def test_a_delta_frame_is_no_keyframe() -> None:
    """Its header's lowest bit is set."""
    packet, _ = packet_with(b"\x90\x80\x05" + DELTA)
    assert not packet.is_keyframe


def test_padding_has_neither_picture_nor_body() -> None:
    """It is not malformed."""
    packet, bits = packet_with(b"")
    assert (bits, packet.picture_id, packet.body, packet.is_keyframe) == (0, NO_PICTURE_ID, b"", False)


@pytest.mark.parametrize(
    "payload", [b"\x10", b"\x90", b"\x90\x80", b"\x90\x80\x05", b"\x90\x80\x85\x05", b"\x90\xf0\x05\x01\x01"]
)
def test_a_descriptor_without_a_picture_behind_it_is_malformed(payload: bytes) -> None:
    """At every place where it may be truncated."""
    with pytest.raises(MalformedPacket, match=f"of {len(payload)} bytes holds no picture"):
        packet_with(payload)


@given(st.binary(max_size=24))
def test_any_bytes_are_a_picture_or_malformed(payload: bytes) -> None:
    """No other error, and nothing of the payload is lost."""
    try:
        packet, bits = packet_with(payload)
    except MalformedPacket:
        return
    assert payload.endswith(packet.body)
    assert bits in (0, 7, 15)
    assert packet.picture_id < 1 << bits if bits else packet.picture_id == NO_PICTURE_ID

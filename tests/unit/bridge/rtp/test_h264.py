"""H.264 payloads: where a keyframe begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.h264 import parse_payload, starts_keyframe
from bridge.rtp.header import MalformedPacket, parse
from bridge.rtp.vp8 import NO_PICTURE_ID, VideoPacket

SPS, PPS, IDR, DELTA, SEI, AUD = "6742e01f", "68ce3c80", "65888400", "61e02200", "060102", "09f0"


def packet_with(payload: str, *, timestamp: int = 0x89ABCDEF) -> VideoPacket:
    """A packet with that payload, parsed."""
    head = bytes.fromhex("80e6 1234") + timestamp.to_bytes(4, "big") + bytes(4)
    packet = parse(head + bytes.fromhex(payload), VideoPacket)
    assert parse_payload(packet) == 0
    return packet


@pytest.mark.parametrize(
    ("payload", "is_part"),
    [
        (SPS, True),
        (IDR, True),
        ("78 0004" + SPS + "0004" + PPS, True),
        ("78 0002" + AUD + "0004" + IDR, True),
        ("7c 85 888400", True),
        ("7c 05 888400", False),
        ("7c 45 888400", False),
        ("7c 81 e02200", False),
        (DELTA, False),
        (PPS, False),
        (SEI, False),
        ("78 0004" + PPS + "0004" + DELTA, False),
        ("78 ffff" + PPS, False),
        ("78 0000 0000 0004" + SPS, True),
        ("78 00", False),
        ("", False),
    ],
    ids=[
        *("parameter set", "picture", "aggregate", "picture behind a delimiter", "fragment that starts"),
        *(
            "fragment between",
            "fragment that ends",
            "other fragment",
            "other picture",
            "second parameter set",
        ),
        *("note", "aggregate of others", "aggregate cut off", "empty units", "cut in its length", "padding"),
    ],
)
def test_the_start_of_a_keyframe_nal_unit_is_found(payload: str, is_part: bool) -> None:
    """RFC 6184: single NAL units, STAP-A, FU-A."""
    assert packet_with(payload).is_keyframe is is_part


def test_the_payload_stays_unchanged() -> None:
    """It has no picture IDs to rewrite."""
    packet = packet_with(IDR)
    assert (packet.body.hex(), packet.picture_id, packet.has_layers) == (IDR, NO_PICTURE_ID, False)


@pytest.mark.parametrize("payload", ["7c", "7c85"])
def test_a_fragment_without_its_header_is_malformed(payload: str) -> None:
    with pytest.raises(MalformedPacket, match="fragment"):
        packet_with(payload)


def test_a_keyframe_begins_with_its_parameter_set_whatever_came_before() -> None:
    """Nothing, the frame before, or an access unit delimiter."""
    packet = packet_with(SPS, timestamp=5)
    for before in (None, packet_with(DELTA, timestamp=4), packet_with(AUD, timestamp=5)):
        assert starts_keyframe(packet, before)


def test_an_idr_picture_begins_a_keyframe_only_after_another_frame() -> None:
    """Otherwise its parameter set is before it, or late; a receiver cannot decode without."""
    packet = packet_with(IDR, timestamp=5)
    assert starts_keyframe(packet, packet_with(DELTA, timestamp=4))
    assert not starts_keyframe(packet, packet_with(PPS, timestamp=5))
    assert not starts_keyframe(packet, None)


@given(st.binary(max_size=40))
def test_any_payload_is_parsed_or_malformed(payload: bytes) -> None:
    """No other error."""
    packet = parse(bytes.fromhex("80e6 1234 00000000 00000000") + payload, VideoPacket)
    try:
        parse_payload(packet)
    except MalformedPacket:
        return
    assert packet.body == payload
    starts_keyframe(packet, None)

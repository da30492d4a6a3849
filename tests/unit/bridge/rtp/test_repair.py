"""Repairs from a sender: the packet in the packet."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.header import MalformedPacket
from bridge.rtp.repair import restore
from tests.unit.bridge.rtp.camera import Camera, repair_of

REPAIRS = {97: 96, 103: 102}


def test_a_repair_gives_the_original_back_byte_for_byte() -> None:
    """Sequence number, payload type, SSRC, marker, timestamp, payload."""
    for sent in Camera(7, index=0xFFFF).frame(2, keyframe=True):
        assert restore(repair_of(sent.data, 900, 5, 97), REPAIRS, 7) == sent.data


def test_extensions_contributors_and_padding_are_the_repairs_own() -> None:
    """They are not of the original (RFC 4588 section 4)."""
    data = bytes.fromhex("b1e1 0001 00000002 00000384 aaaaaaaa bede0001 22688000 1234 9876 000003")
    assert restore(data, REPAIRS, 7) == bytes.fromhex("80e0 1234 00000002 00000007 9876")


def test_a_repair_of_padding_gives_padding_back() -> None:
    """It fills the place in the sequence."""
    packet = restore(bytes.fromhex("8061 0001 00000002 00000384 1234"), REPAIRS, 7)
    assert packet == bytes.fromhex("8060 1234 00000002 00000007")


@pytest.mark.parametrize("data", ["8061 0001 00000002 00000384", "a061 0001 00000002 00000384 00000004"])
def test_padding_in_the_repair_stream_is_none(data: str) -> None:
    """Chromium tries with it how much the way can carry."""
    assert restore(bytes.fromhex(data), REPAIRS, 7) is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("8061 0001 00000002 00000384 12", "original sequence number"),
        ("8060 0001 00000002 00000384 1234", "payload type 96 repairs nothing"),
        ("8061", "an RTP header has 12 bytes"),
    ],
)
def test_what_is_no_repair_is_malformed(data: str, fault: str) -> None:
    """And says why."""
    with pytest.raises(MalformedPacket, match=fault):
        restore(bytes.fromhex(data), REPAIRS, 7)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_repair_padding_or_malformed(data: bytes) -> None:
    """No other error."""
    head = struct.pack("!BBHLL", 0xB1, 97, 1, 2, 900)
    for packet in (data, head + data):
        try:
            restore(packet, REPAIRS, 7)
        except MalformedPacket:
            continue

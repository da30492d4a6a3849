"""The RTP header, well-formed and malformed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.rtp.header import MalformedPacket, Packet, find_extension, parse

PLAIN = bytes.fromhex("80e0 1234 89abcdef 11223344") + b"payload"


def test_a_plain_packet_is_parsed() -> None:
    """RFC 3550 section 5.1."""
    packet = parse(PLAIN, Packet)
    assert (packet.payload_type, packet.marker, packet.seq) == (96, True, 0x1234)
    assert (packet.timestamp, packet.ssrc) == (0x89ABCDEF, 0x11223344)
    assert packet.data[packet.start : packet.end] == b"payload"
    assert packet.extension(1) is None


def test_csrcs_extensions_and_padding_are_not_payload() -> None:
    data = (
        bytes.fromhex("b260 0001 00000002 00000003 aaaaaaaa bbbbbbbb bede0001 10ff0000") + b"xy" + b"\0\0\3"
    )
    packet = parse(data, Packet)
    assert packet.data[packet.start : packet.end] == b"xy"
    assert packet.marker is False


def test_padding_alone_is_an_empty_payload() -> None:
    """Browsers probe the path with it."""
    packet = parse(bytes.fromhex("a060 0001 00000002 00000003") + b"\0\0\0\4", Packet)
    assert packet.start == packet.end == 12


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("bede0002 10aa 00 31bbcc 00 0f", {1: b"\xaa", 3: b"\xbb\xcc"}),
        ("bede0001 10aa f031", {1: b"\xaa"}),
        ("bede0001 10aa 3fbb", {1: b"\xaa"}),
        ("10000002 0101aa 00 0500 0702", {1: b"\xaa", 5: b""}),
        ("10000001 01ff aabb", {}),
        ("10000001 01 01 aa 07", {1: b"\xaa"}),
        ("12340001 01020304", {}),
        ("bede0000", {}),
    ],
    ids=[
        "one byte",
        "id 15 ends it",
        "cut off",
        "two bytes",
        "cut off two bytes",
        "no length",
        "unknown profile",
        "empty",
    ],
)
def test_a_header_extension_is_found_by_its_id(block: str, expected: dict[int, bytes]) -> None:
    """RFC 8285: one-byte and two-byte form, padding between; a truncated one is absent."""
    data = bytes.fromhex("9060 0001 00000002 00000003") + bytes.fromhex(block)
    packet = parse(data, Packet)
    found = {number: packet.extension(number) for number in range(1, 15)}
    assert {number: value for number, value in found.items() if value is not None} == expected
    assert {number: find_extension(data, number) for number in range(1, 15)} == found


def test_a_header_extension_is_found_behind_csrcs() -> None:
    data = bytes.fromhex("9160 0001 00000002 00000003 00000004 bede0001 10aa0000")
    assert parse(data, Packet).extension(1) == b"\xaa"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (PLAIN[:11], "has 12 bytes, this packet 11"),
        (b"\x40" + PLAIN[1:], "version 1, expected 2"),
        (b"\x8f" + PLAIN[1:], "header and padding need 72 bytes, the packet has 19"),
        (b"\x90" + PLAIN[1:12], "begins beyond the packet's end"),
        (bytes.fromhex("9060 0001 00000002 00000003 bedeffff"), "need 262156 bytes"),
        (b"\xa0" + PLAIN[1:-1] + b"\0", "padding of 0 bytes"),
        (b"\xa0" + PLAIN[1:-1] + b"\x08", "need 20 bytes, the packet has 19"),
    ],
)
def test_a_malformed_packet_says_what_is_wrong(data: bytes, fault: str) -> None:
    """Each length in it may point beyond its end."""
    with pytest.raises(MalformedPacket, match=fault):
        parse(data, Packet)


@given(st.binary(max_size=80), st.sampled_from([None, 0x80, 0x90, 0xA0, 0xBF]))
def test_any_bytes_are_a_packet_or_malformed(data: bytes, first: int | None) -> None:
    """No other error, and the payload lies within the bytes."""
    if first is not None:
        data = bytes([first]) + data[1:]
    for ext_id in range(1, 15):
        find_extension(data, ext_id)
    try:
        packet = parse(data, Packet)
    except MalformedPacket:
        return
    assert 12 <= packet.start <= packet.end <= len(data)
    for number in range(1, 15):
        value = packet.extension(number)
        assert value is None or value in data

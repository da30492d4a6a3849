"""A packet sent again in a stream of its own."""

from __future__ import annotations

import struct

import pytest

from bridge.rtp.repair import restore
from bridge.rtp.rtx import RepairStream

PLAIN = struct.pack("!BBHLL", 0x80, 0x80 | 101, 4321, 90_000, 7) + b"a picture"
TIMED = (
    struct.pack("!BBHLLHHBBHL", 0x90, 101, 4321, 90_000, 7, 0xBEDE, 2, 0x52, 1, 2, 0x62000FFF) + b"a picture"
)


def test_a_repair_has_its_own_identity_and_holds_the_original_number_and_payload() -> None:
    """RFC 4588 section 4: timestamp and marker are those of the original."""
    data = RepairStream(9, {101: 97}, 500).wrap(PLAIN, 1.0)
    assert data == struct.pack("!BBHLLH", 0x80, 0x80 | 97, 500, 90_000, 9, 4321) + b"a picture"
    assert restore(data, {97: 101}, 7) == PLAIN


def test_a_repair_is_numbered_anew_each_time_and_wraps() -> None:
    """No two packets are encrypted under one number."""
    stream = RepairStream(9, {101: 97}, 0x7FFF)
    seqs = [struct.unpack_from("!H", stream.wrap(PLAIN, 1.0) or b"", 2)[0] for _ in range(0x8002)]
    assert (seqs[0], seqs[1], seqs[-1]) == (0x7FFF, 0x8000, 0)
    assert len(set(seqs)) == len(seqs)


def test_a_repair_bears_the_time_of_its_own_sending() -> None:
    """The extensions of the original, with its old time, are left out."""
    data = RepairStream(9, {101: 97}, 500, sent=5).wrap(TIMED, 2.5)
    head = struct.pack("!BBHLLHHB", 0x90, 97, 500, 90_000, 9, 0xBEDE, 1, 0x52)
    assert data == head + bytes([10, 0, 0]) + struct.pack("!H", 4321) + b"a picture"


def test_what_has_no_repair_agreed_on_is_not_wrapped() -> None:
    """Its number is not used up either."""
    stream = RepairStream(9, {98: 97}, 500)
    assert stream.wrap(PLAIN, 1.0) is None
    assert struct.unpack_from("!H", stream.wrap(PLAIN.replace(b"\xe5", b"\xe2", 1), 1.0) or b"", 2)[0] == 500


def test_a_repair_stream_begins_in_the_lower_half() -> None:
    """A receiver that misses its first packets would never decrypt one."""
    with pytest.raises(ValueError, match="below 32768, not at 32768"):
        RepairStream(9, {}, 0x8000)

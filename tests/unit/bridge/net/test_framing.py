"""Frames on a TCP connection."""

from __future__ import annotations

import random

import pytest

from bridge.net.framing import MAX_DATAGRAM_BYTES, FrameError, FrameReader, frame


def test_packets_are_the_same_however_the_stream_is_cut() -> None:
    rng = random.Random(4571)
    packets = [rng.randbytes(rng.randint(1, MAX_DATAGRAM_BYTES)) for _ in range(200)]
    stream = b"".join(map(frame, packets))
    for largest in (1, 3, 100, 5000):
        reader, found, at = FrameReader(), list[bytes](), 0
        while at < len(stream):
            size = rng.randint(1, largest)
            found += reader.feed(stream[at : at + size])
            at += size
        assert found == packets


def test_an_empty_frame_is_left_out() -> None:
    assert FrameReader().feed(frame(b"") + frame(b"x") + frame(b"")) == [b"x"]


def test_a_frame_larger_than_a_datagram_is_an_error_at_once() -> None:
    """Before its bytes come, which would have to be kept."""
    assert FrameReader().feed(frame(bytes(MAX_DATAGRAM_BYTES))) == [bytes(MAX_DATAGRAM_BYTES)]
    with pytest.raises(FrameError, match="larger than 1500 bytes"):
        FrameReader().feed((MAX_DATAGRAM_BYTES + 1).to_bytes(2))


def test_the_packets_before_a_bad_frame_do_not_hide_it() -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(frame(b"good") + b"\xff\xff")

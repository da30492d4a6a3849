"""The last packets of a stream."""

from __future__ import annotations

import pytest

from bridge.rtp.header import Packet
from bridge.rtp.ring import Ring


def packet(index: int) -> Packet:
    """A packet with that index."""
    made = Packet(b"", 96, False, index & 0xFFFF, 0, 1, False, 0, 0)
    made.index = index
    return made


def test_a_packet_is_found_until_a_ring_length_has_passed() -> None:
    """Another packet then has its place, and is not taken for it."""
    ring = Ring[Packet](8)
    for index in range(65_530, 65_540):
        ring.put(packet(index))
    assert ring.get(65_531) is None
    assert [ring.get(index) is not None for index in (65_532, 65_539, 65_540)] == [True, True, False]


def test_the_newest_packet_has_the_highest_index() -> None:
    """A late packet does not turn the ring back."""
    ring = Ring[Packet](8)
    ring.put(packet(12))
    ring.put(packet(10))
    assert ring.newest == 12
    assert ring.get(10) is not None


def test_a_packet_a_ring_length_old_has_no_place() -> None:
    """It would overwrite one that is still needed."""
    ring = Ring[Packet](8)
    ring.put(packet(100))
    assert not ring.has_place_for(92)
    assert ring.has_place_for(93)


def test_only_powers_of_two_are_sizes() -> None:
    """Places are computed with a mask."""
    with pytest.raises(ValueError, match="not 1000"):
        Ring[Packet](1000)

"""The last packets of a stream."""

from __future__ import annotations

import pytest

from bridge.rtp.header import Packet
from bridge.rtp.ring import Ring


def packet(index: int) -> Packet:
    """A packet of that index and nothing else."""
    made = Packet(b"", 96, False, index & 0xFFFF, 0, 1, False, 0, 0)
    made.index = index
    return made


def test_a_packet_is_found_until_a_ring_length_has_passed() -> None:
    """Its place is then another's, which is not taken for it."""
    ring = Ring[Packet](8)
    for index in range(65_530, 65_540):
        ring.put(packet(index))
    assert ring.get(65_531) is None
    assert [ring.get(index) is not None for index in (65_532, 65_539, 65_540)] == [True, True, False]


def test_the_newest_is_the_furthest_not_the_last_to_come() -> None:
    """A packet that was overtaken does not turn the ring back."""
    ring = Ring[Packet](8)
    ring.put(packet(12))
    ring.put(packet(10))
    assert ring.newest == 12
    assert ring.get(10) is not None


def test_a_packet_a_ring_length_old_has_no_place_any_more() -> None:
    """It would push out one that is still wanted."""
    ring = Ring[Packet](8)
    ring.put(packet(100))
    assert not ring.has_place_for(92)
    assert ring.has_place_for(93)


def test_only_powers_of_two_are_sizes() -> None:
    """Places are found with a mask."""
    with pytest.raises(ValueError, match="not 1000"):
        Ring[Packet](1000)

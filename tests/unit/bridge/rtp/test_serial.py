"""Counters that wrap."""

from __future__ import annotations

import pytest

from bridge.rtp.serial import distance16, distance32, unwrap16


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(1, 0, 1), (0, 1, -1), (0, 0xFFFF, 1), (0xFFFF, 0, -1), (0x8000, 0, -0x8000), (0x7FFF, 0, 0x7FFF)],
)
def test_the_distance_of_sequence_numbers_is_the_shorter_way_round(a: int, b: int, expected: int) -> None:
    """Forward is positive; exactly half way counts as backward."""
    assert distance16(a, b) == expected


def test_the_distance_of_timestamps_is_the_shorter_way_round() -> None:
    """Also of numbers beyond 32 bits."""
    assert distance32(5, 0xFFFF_FFFF) == 6
    assert distance32((1 << 40) + 5, 0xFFFF_FFFF) == 6
    assert distance32(0, 0x8000_0000) == -0x8000_0000


@pytest.mark.parametrize("near", [0, 5, 0xFFFF, 0x1_0000, 0x1_0005, 1_000_000])
def test_a_number_is_unwrapped_to_the_nearest_index(near: int) -> None:
    """Before or after, across any number of wraps."""
    for index in (near - 30_000, near - 1, near, near + 1, near + 30_000):
        assert unwrap16(index & 0xFFFF, near) == index

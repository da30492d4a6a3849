"""When a path is said to lose large packets."""

from __future__ import annotations

import pytest

from bridge.rtp.largeloss import (
    LARGE_LOSS_WINDOW_S,
    LARGE_PACKET_BYTES,
    MIN_LARGE_PACKETS,
    LargePacketLoss,
)

LARGE, SMALL = LARGE_PACKET_BYTES + 2, 300


def after(lost: float, large: int, nacked_large: int, nacked_small: int, windows: int = 1) -> LargePacketLoss:
    found = LargePacketLoss(0.0)
    for window in range(windows):
        for size, count in ((LARGE, nacked_large), (SMALL, nacked_small)):
            for _ in range(count):
                found.on_nack(size)
        for second in range(1, 6):
            total = large * window + large * second // 5
            found.on_report(lost / 5, total, LARGE_LOSS_WINDOW_S * window + second)
    return found


@pytest.mark.parametrize("windows", [1, 3])
def test_a_path_that_loses_all_large_packets_is_found(windows: int) -> None:
    assert after(lost=100, large=100, nacked_large=60, nacked_small=0, windows=windows).is_found
    assert after(lost=90, large=100, nacked_large=60, nacked_small=2, windows=windows).is_found


@pytest.mark.parametrize(
    ("lost", "large", "nacked_large", "nacked_small"),
    [
        (0, 100, 0, 0),
        (20, 100, 20, 0),
        (100, 100, 30, 70),
        (300, 100, 60, 0),
        (MIN_LARGE_PACKETS - 1, MIN_LARGE_PACKETS - 1, 10, 0),
        (100, 100, 0, 0),
    ],
    ids=["no loss", "some", "as many of both kinds", "more", "few packets", "no NACK"],
)
def test_other_losses_are_not(lost: float, large: int, nacked_large: int, nacked_small: int) -> None:
    assert not after(lost, large, nacked_large, nacked_small).is_found


@pytest.mark.parametrize("large", [0, 100])
def test_it_ends_when_they_arrive_or_are_not_sent(large: int) -> None:
    found = after(lost=100, large=100, nacked_large=60, nacked_small=0)
    for second in range(6, 11):
        found.on_report(0, 100 + large * (second - 5) // 5, second)
    assert not found.is_found


def test_a_window_with_few_large_packets_changes_nothing() -> None:
    found = after(lost=100, large=100, nacked_large=60, nacked_small=0)
    found.on_report(0, 105, 10)
    assert found.is_found

"""The bit rate of a peer that makes no estimate of its own."""

from __future__ import annotations

from bridge.source.remb import HIGH_LOSS, LOW_LOSS, MAX_BITRATE_BPS, MIN_BITRATE_BPS, RembEstimate

NOW = 1000.0


def lose(estimate: RembEstimate, fraction: float, seconds: int, now: float) -> float:
    """That many reports of that loss. Returns the time after them."""
    for _ in range(seconds):
        now += 1
        estimate.on_loss(fraction, now)
    return now


def test_heavy_loss_lowers_the_estimate_some_loss_holds_it_and_little_raises_it() -> None:
    estimate = RembEstimate(MAX_BITRATE_BPS, NOW)
    now = lose(estimate, 0.2, 10, NOW)
    lowered = estimate.bitrate
    assert 0.3 * MAX_BITRATE_BPS < lowered < 0.6 * MAX_BITRATE_BPS
    now = lose(estimate, (HIGH_LOSS + LOW_LOSS) / 2, 10, now)
    held = estimate.bitrate
    now = lose(estimate, (HIGH_LOSS + LOW_LOSS) / 2, 10, now)
    assert estimate.bitrate == held
    lose(estimate, LOW_LOSS / 2, 30, now)
    assert estimate.bitrate == MAX_BITRATE_BPS


def test_one_bad_second_is_chance() -> None:
    """A small picture has only 50 packets in it."""
    estimate = RembEstimate(MAX_BITRATE_BPS, NOW)
    now = lose(estimate, 0.05, 10, NOW)
    lose(estimate, 0.16, 1, now)
    assert estimate.bitrate == MAX_BITRATE_BPS


def test_the_estimate_has_a_minimum() -> None:
    """Below it no picture gets through."""
    estimate = RembEstimate(MAX_BITRATE_BPS, NOW)
    lose(estimate, 0.9, 60, NOW)
    assert estimate.bitrate == MIN_BITRATE_BPS

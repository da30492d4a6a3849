"""How much a peer may send that does not judge its way by itself."""

from __future__ import annotations

from bridge.source.remb import HIGH_LOSS, LOW_LOSS, MAX_BITRATE_BPS, MIN_BITRATE_BPS, RembEstimate

NOW = 1000.0


def lose(estimate: RembEstimate, fraction: float, seconds: int, now: float) -> float:
    """So many reports of so much loss. Returns the time after them."""
    for _ in range(seconds):
        now += 1
        estimate.on_loss(fraction, now)
    return now


def test_heavy_loss_lowers_some_holds_and_little_is_no_sign() -> None:
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
    """Of the 50 packets that a small picture has in it."""
    estimate = RembEstimate(MAX_BITRATE_BPS, NOW)
    now = lose(estimate, 0.05, 10, NOW)
    lose(estimate, 0.16, 1, now)
    assert estimate.bitrate == MAX_BITRATE_BPS


def test_there_is_a_floor() -> None:
    """Below it there is no picture to be had."""
    estimate = RembEstimate(MAX_BITRATE_BPS, NOW)
    lose(estimate, 0.9, 60, NOW)
    assert estimate.bitrate == MIN_BITRATE_BPS

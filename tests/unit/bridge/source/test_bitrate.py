"""How much a peer may send that does not judge its way by itself."""

from __future__ import annotations

from bridge.source.bitrate import HEAVY, LEAST, MOST, TOLERATED, Bitrate

NOW = 1000.0


def lose(bitrate: Bitrate, fraction: float, seconds: int, now: float) -> float:
    """So many reports of so much loss. Returns the time after them."""
    for _ in range(seconds):
        now += 1
        bitrate.lost(fraction, now)
    return now


def test_heavy_loss_lowers_some_holds_and_little_is_no_sign() -> None:
    bitrate = Bitrate(MOST, NOW)
    now = lose(bitrate, 0.2, 10, NOW)
    lowered = bitrate.allowed
    assert 0.3 * MOST < lowered < 0.6 * MOST
    now = lose(bitrate, (HEAVY + TOLERATED) / 2, 10, now)
    held = bitrate.allowed
    now = lose(bitrate, (HEAVY + TOLERATED) / 2, 10, now)
    assert bitrate.allowed == held
    lose(bitrate, TOLERATED / 2, 30, now)
    assert bitrate.allowed == MOST


def test_one_bad_second_is_chance() -> None:
    """Of the 50 packets that a small picture has in it."""
    bitrate = Bitrate(MOST, NOW)
    now = lose(bitrate, 0.05, 10, NOW)
    lose(bitrate, 0.16, 1, now)
    assert bitrate.allowed == MOST


def test_there_is_a_floor() -> None:
    """Below it there is no picture to be had."""
    bitrate = Bitrate(MOST, NOW)
    lose(bitrate, 0.9, 60, NOW)
    assert bitrate.allowed == LEAST

"""The desk's estimate of momentary loudness."""

from __future__ import annotations

import pytest

from signaling.show.loudness import MomentaryLoudness


def packets(begin: float, *levels: float) -> list[tuple[float, float]]:
    return [(begin + 0.02 * n, level) for n, level in enumerate(levels)]


def test_a_tone_of_1_khz_at_minus_23_dbfs_is_at_minus_23_lufs() -> None:
    """Its level is 3 dB below its peak, and a mono microphone is heard from both channels."""
    found = MomentaryLoudness()
    found.hear({"tokio": packets(1.0, *[-26.0] * 20)})
    assert found.loudness() == pytest.approx({"tokio": -23.0}, abs=0.1)


def test_it_is_the_mean_power_of_the_last_400_ms() -> None:
    found = MomentaryLoudness()
    found.hear({"tokio": packets(1.0, *[-20.0] * 10)})
    found.hear({"tokio": packets(1.2, *[-127.0] * 10)})
    assert found.loudness()["tokio"] == pytest.approx(-20.0, abs=0.1)
    found.hear({"tokio": packets(1.4, *[-127.0] * 10)})
    assert found.loudness()["tokio"] < -60


def test_a_source_without_packets_has_none() -> None:
    found = MomentaryLoudness()
    found.hear({"tokio": packets(1.0, -20.0)})
    found.hear({"berlin": packets(1.1, -20.0)})
    assert set(found.loudness()) == {"berlin"}

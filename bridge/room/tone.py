"""The tones of the places, and their detection in received sound.

All pitches are multiples of 50 Hz, so a 20 ms packet holds whole periods of each. Packets can be repeated without a
click, and no pitch leaks into the measurement of another.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import cos, log10, pi, sin

from bridge.room.strip import CODES

SAMPLE_RATE = 48_000
PACKET_SAMPLES = SAMPLE_RATE // 50
"""20 ms."""
LEVEL_DBFS = -20.0
"""Peak of the tone."""
LEVEL_DBOV, SILENCE_DBOV = -23, -127
"""The audio levels of tone and silence (RFC 6464). A sine is 3 dB below its peak."""

# People hear the first eight places together: a just-tuned scale (8:10:12:15:18:20:24:27), easy to tell apart. Further
# places take the free pitches from the bottom up.
_SCALE = (400, 500, 600, 750, 900, 1000, 1200, 1350)
_OTHERS = tuple(f for f in range(350, 8000, 50) if f not in _SCALE)
PITCHES = (*_SCALE, *_OTHERS)[:CODES]
"""Hertz by place code."""

_DECIMATION = 4
"""Every fourth sample is enough for pitches below 6 kHz, at a quarter of the work."""
_MIN_LEVEL_DBFS = -50.0
_MIN_POWER_SHARE = 0.2
"""Of a detected tone, so that each of four equally loud tones is found."""


def pitch(code: int) -> int:
    """The pitch of the place with this code, in Hz.

    Raises:
        ValueError: the code is not 0 to 63.
    """
    if not 0 <= code < CODES:
        raise ValueError(f"place code {code} is not 0 to {CODES - 1}")
    return PITCHES[code]


def sine(hertz: int, samples: int = PACKET_SAMPLES) -> array[int]:
    """A sine at `LEVEL_DBFS`, 16 bits mono at 48 kHz, from phase 0."""
    peak = 32767 * 10 ** (LEVEL_DBFS / 20)
    step = 2 * pi * hertz / SAMPLE_RATE
    return array("h", (round(peak * sin(step * n)) for n in range(samples)))


def _power(samples: Sequence[int], hertz: int, rate: float) -> float:
    """Mean square of the component at `hertz` (Goertzel)."""
    coefficient = 2 * cos(2 * pi * hertz / rate)
    s1 = s2 = 0.0
    for x in samples:
        s1, s2 = x + coefficient * s1 - s2, s1
    return 2 * (s1 * s1 + s2 * s2 - coefficient * s1 * s2) / len(samples) ** 2


def detect_tones(samples: Sequence[int], codes: Sequence[int], rate: int = SAMPLE_RATE) -> tuple[int, ...]:
    """Those of the place `codes` whose tone is in these samples.

    Args:
        samples: one channel of 16-bit samples; best one or more whole packets of 20 ms.
        codes: place codes to look for.
        rate: samples a second.
    """
    decimated = list(samples[::_DECIMATION])
    if not decimated:
        return ()
    total = sum(x * x for x in decimated) / len(decimated)
    if total == 0 or 10 * log10(total / 32767**2) < _MIN_LEVEL_DBFS:
        return ()
    return tuple(
        code
        for code in codes
        if _power(decimated, pitch(code), rate / _DECIMATION) >= _MIN_POWER_SHARE * total
    )

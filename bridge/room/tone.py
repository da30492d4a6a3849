"""Every place sounds a tone of its own, and this file tells the tones and finds them again in what is received.

All pitches are whole multiples of 50 Hz. A 20 ms packet then holds whole periods of each of them: packets can be
repeated without a click, and in one packet's samples no pitch leaks into another's measurement.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import cos, log10, pi, sin

from bridge.room.strip import CODES

RATE = 48_000
"""Samples a second."""
PACKET = RATE // 50
"""Samples in 20 ms."""
LEVEL_DBFS = -20.0
"""Peak of the tone."""
LEVEL_DBOV, SILENCE_DBOV = -23, -127
"""The tone's level and that of silence as packets tell it (RFC 6464): a sine is 3 dB below its peak."""

# The first eight places are what people hear together: a just-tuned scale (8:10:12:15:18:20:24:27), far apart to the
# ear. Further places take the free steps from the bottom up.
_SCALE = (400, 500, 600, 750, 900, 1000, 1200, 1350)
_OTHERS = tuple(f for f in range(350, 8000, 50) if f not in _SCALE)
PITCHES = (*_SCALE, *_OTHERS)[:CODES]
"""Hertz by place code."""

_THIN = 4
"""Every fourth sample is enough for pitches below 6 kHz, at a quarter of the work."""
_FAINTEST_DBFS = -50.0
_SHARE = 0.2
"""A tone is heard if it has at least this share of the power: up to four tones mixed evenly are all found."""


def pitch(code: int) -> int:
    """The pitch of the place with this code, in Hz.

    Raises:
        ValueError: the code is not 0 to 63.
    """
    if not 0 <= code < CODES:
        raise ValueError(f"place code {code} is not 0 to {CODES - 1}")
    return PITCHES[code]


def sine(hertz: int, samples: int = PACKET) -> array[int]:
    """A sine of the house level, 16 bits mono at 48 kHz, beginning at phase 0."""
    peak = 32767 * 10 ** (LEVEL_DBFS / 20)
    step = 2 * pi * hertz / RATE
    return array("h", (round(peak * sin(step * n)) for n in range(samples)))


def _power(samples: Sequence[int], hertz: int, rate: float) -> float:
    """Mean square that `hertz` has in `samples` (Goertzel)."""
    turn = 2 * cos(2 * pi * hertz / rate)
    s1 = s2 = 0.0
    for x in samples:
        s1, s2 = x + turn * s1 - s2, s1
    return 2 * (s1 * s1 + s2 * s2 - turn * s1 * s2) / len(samples) ** 2


def heard(samples: Sequence[int], codes: Sequence[int], rate: int = RATE) -> tuple[int, ...]:
    """Which of the places `codes` sound in these samples.

    Args:
        samples: one channel of 16-bit samples, best a whole packet of 20 ms or several.
        codes: place codes to look for.
        rate: samples a second.
    """
    thin = list(samples[::_THIN])
    if not thin:
        return ()
    whole = sum(x * x for x in thin) / len(thin)
    if whole == 0 or 10 * log10(whole / 32767**2) < _FAINTEST_DBFS:
        return ()
    return tuple(code for code in codes if _power(thin, pitch(code), rate / _THIN) >= _SHARE * whole)

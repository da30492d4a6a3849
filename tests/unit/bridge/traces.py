"""Level traces of microphones: one level in dBov for each 20 ms.

Speech has the levels that `tests.bench` measures of its synthetic speech: each syllable is a soft consonant and a vowel
that rises and falls, with stops and pauses between.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

Trace = Sequence[int]
PACKET_S = 0.02
ROOM_DBOV = -62
"""An empty hall."""


MEASURED: Trace = (
    *(
        -20,
        -22,
        -22,
        -17,
        -17,
        -16,
        -13,
        -13,
        -15,
        -21,
        -50,
        *[-127] * 14,
        -23,
        -18,
        -21,
        -18,
        -12,
        -9,
        -9,
        -10,
    ),
    *(
        -11,
        -15,
        *[-127] * 4,
        -60,
        -21,
        -19,
        -24,
        -16,
        -13,
        -13,
        -9,
        -8,
        -11,
        -18,
        *[-127] * 14,
        -49,
        -20,
        -19,
    ),
    *(
        -23,
        -18,
        -15,
        -14,
        -12,
        -12,
        -14,
        -17,
        -52,
        *[-127] * 4,
        -25,
        -19,
        -18,
        -24,
        -27,
        -21,
        -18,
        -17,
        -15,
        -16,
    ),
    *(
        -17,
        -18,
        -22,
        -22,
        -127,
        -29,
        -18,
        -22,
        -20,
        -13,
        -13,
        -10,
        -11,
        -19,
        *[-127] * 14,
        -36,
        -20,
        -18,
        -25,
    ),
)
"""What `tests.bench` measures of its synthetic speech."""


def packets(seconds: float) -> int:
    """Of 20 ms each."""
    return round(seconds / PACKET_S)


def room(seconds: float, level: float = ROOM_DBOV, seed: int = 0) -> Trace:
    """The noise of a hall."""
    noise = random.Random(seed)
    return [round(level + noise.gauss(0, 1.5)) for _ in range(packets(seconds))]


def speech(seconds: float, level: float = -22.0, seed: int = 0, breath: float = 0.4) -> Trace:
    """Syllables of some 0.2 s, four to ten in a phrase, then a breath; `level` is that of a loud vowel."""
    chance = random.Random(seed)
    levels: list[int] = []
    while len(levels) < packets(seconds):
        for _ in range(chance.randint(4, 10)):
            levels += [round(level - chance.uniform(8, 16)) for _ in range(chance.randint(1, 4))]
            vowel, loudness = chance.randint(4, 10), level - chance.uniform(0, 5)
            levels += [
                round(loudness + 10 * math.log10(math.sin(math.pi * (n + 0.5) / vowel))) for n in range(vowel)
            ]
            levels += room(chance.choice((0.0, 0.02, 0.1)), seed=chance.randrange(1000))
        levels += room(breath, seed=chance.randrange(1000))
    return levels[: packets(seconds)]


def applause(seconds: float, level: float = -22.0, seed: int = 0) -> Trace:
    """It swells for half a second, and stays steady."""
    noise = random.Random(seed)
    swell = [round(level - 30 * (1 - n / 25)) for n in range(25)]
    return [*swell, *(round(level + noise.gauss(0, 0.7)) for _ in range(packets(seconds) - 25))]


def cough(level: float = -16.0) -> Trace:
    """A quarter of a second."""
    return [round(level - 2 * n) for n in range(12)]


def echo(trace: Trace, below: float = 14.0, late: float = 0.2) -> Trace:
    """What comes back of a voice from another hall's loudspeakers, in that hall's microphone."""
    return [*room(late), *(max(round(level - below), ROOM_DBOV) for level in trace)]


def then(*parts: Trace) -> Trace:
    """One after the other."""
    return [level for part in parts for level in part]

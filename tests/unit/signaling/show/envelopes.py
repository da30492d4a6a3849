"""Levels of synthetic speech, of rooms and of echoes: 50 a second, in dBov, as packets carry them. All seeded."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

PACKETS_PER_S = 50
FLOOR_DBOV = -127.0
Levels = list[float]


def talker(
    draw: random.Random, seconds: float, loud: float = -22.0, has_turn: Callable[[float], bool] | None = None
) -> Levels:
    """Phrases of syllables with pauses; silent while it is not this talker's turn."""
    count = int(seconds * PACKETS_PER_S)
    found = [FLOOR_DBOV] * count
    at = 0
    while at < count:
        end = at + int(draw.uniform(0.8, 4.0) * PACKETS_PER_S)
        phrase = loud + draw.gauss(0, 2)
        while at < end:
            length = int(draw.uniform(0.10, 0.30) * PACKETS_PER_S)
            peak = phrase + draw.gauss(0, 3.5)
            rise = max(1, int(length * draw.uniform(0.15, 0.4)))
            for n in range(min(length, max(0, count - at))):
                fall = (n - rise) / max(1, length - rise)
                shape = -12 * (1 - n / rise) if n < rise else -14 * fall**1.5
                found[at + n] = peak + shape + draw.gauss(0, 1.5)
            at += length + draw.choice((0, 0, 0, 1, 2, 3, 4))
        at += int(draw.uniform(0.15, 1.2) * PACKETS_PER_S)
    if has_turn is None:
        return found
    return [level if has_turn(n / PACKETS_PER_S) else FLOOR_DBOV for n, level in enumerate(found)]


def conversation(
    draw: random.Random, seconds: float
) -> tuple[Callable[[float], bool], Callable[[float], bool]]:
    """Whose turn it is, for two: turns of some 4 s, that overlap or have a pause, with a "yes" of the other in some."""
    turns: list[tuple[float, float, int]] = []
    at, who = 0.0, 0
    while at < seconds:
        length = draw.expovariate(1 / 4.0) + 0.6
        turns.append((at, at + length, who))
        if draw.random() < 0.4:
            yes = at + draw.uniform(0.3, 0.9) * length
            turns.append((yes, yes + draw.uniform(0.3, 0.7), 1 - who))
        at, who = at + length + draw.uniform(-0.2, 0.7), 1 - who

    def turn_of(one: int) -> Callable[[float], bool]:
        return lambda t: any(begin <= t < end for begin, end, whose in turns if whose == one)

    return turn_of(0), turn_of(1)


def room(draw: random.Random, seconds: float, db: float = -60.0) -> Levels:
    """The noise of a room."""
    return [db + draw.gauss(0, 1.5) for _ in range(int(seconds * PACKETS_PER_S))]


def echo(levels: Sequence[float], db: float, delay_s: float, rt60_s: float = 1.0) -> Levels:
    """The levels from a loudspeaker, `delay_s` later: half of it direct, half from the room, which rings on."""
    delay = round(delay_s * PACKETS_PER_S)
    kept = 10 ** (-60 / rt60_s / PACKETS_PER_S / 10)
    found, ringing = [], 0.0
    for n in range(len(levels)):
        direct = 10 ** (levels[n - delay] / 10) if n >= delay else 0.0
        ringing = kept * ringing + (1 - kept) * direct
        found.append(10 * math.log10((direct + ringing) / 2 + 1e-13) + db)
    return found


def together(*sounds: Sequence[float]) -> Levels:
    """The levels of sounds in one microphone."""
    return [
        10 * math.log10(sum(10 ** (level / 10) for level in at) + 1e-13) for at in zip(*sounds, strict=True)
    ]


def with_gain_control(draw: random.Random, levels: Sequence[float]) -> Levels:
    """As a browser's automatic gain control changes them: by up to 2 dB a second."""
    found, gain = [], 0.0
    for level in levels:
        gain = max(-8.0, min(8.0, gain + draw.uniform(-2.0, 2.0) / PACKETS_PER_S * 4))
        found.append(level + gain)
    return found

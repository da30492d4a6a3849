"""Synthetic speech for Opus: syllables of a breath and a vowel that glides into another.

A tone cannot be used where loss is measured. Opus codes it as music, with CELT only, which has no in-band FEC (RFC 6716
section 2.1.7: FEC is in the SILK layer), so every lost packet would be concealed. libopus codes this speech with SILK,
600 packets of 600.
"""

from __future__ import annotations

import math
import random
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

RATE = 48_000
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""The first three formants of a, i, u, e, o, in hertz."""
FORMANTS = ((80, 1.0), (100, 0.6), (140, 0.3))
"""Bandwidth in hertz and level of each formant."""
PAUSES_S = (0.0, 0.03, 0.1, 0.3)
"""After a syllable."""
FILTER_STEP = 240
"""Samples between two changes of the formant filters."""
LEVEL = 9000


def write_voice(path: Path, seconds: int, seed: int) -> None:
    """Write the speech as a WAV file, for Chromium's --use-file-for-fake-audio-capture."""
    rng = random.Random(seed)
    samples = array("h")
    while len(samples) < seconds * RATE:
        samples.extend(_as_int16(_breath(rng, int(rng.uniform(0.02, 0.09) * RATE))))
        samples.extend(_as_int16(_vowel(rng, int(rng.uniform(0.08, 0.2) * RATE))))
        samples.extend([0] * int(rng.choice(PAUSES_S) * RATE))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples[: seconds * RATE].tobytes())


def _breath(rng: random.Random, length: int) -> Iterator[float]:
    """High-frequency noise, like an s."""
    before = 0.0
    for n in range(length):
        noise = rng.gauss(0, 1)
        yield 0.35 * (noise - before) * math.sin(math.pi * n / length)
        before = noise


def _vowel(rng: random.Random, length: int) -> Iterator[float]:
    """Voice pulses with jitter and a gliding pitch, and some noise, through moving formant filters."""
    begins, ends = rng.choice(VOWELS), rng.choice(VOWELS)
    pitch, glide = rng.uniform(85, 180), rng.uniform(-60, 60)
    phase, jitter = 0.0, 1.0
    filters: list[tuple[float, float, float]] = []
    past = [(0.0, 0.0)] * len(FORMANTS)
    for n in range(length):
        done = n / length
        if n % FILTER_STEP == 0:
            filters = [
                _resonance(a * (1 - done) + b * done, width)
                for a, b, (width, _) in zip(begins, ends, FORMANTS, strict=True)
            ]
        phase += (pitch + glide * done) * jitter / RATE
        excitation = rng.gauss(0, 0.3)
        if phase >= 1:
            phase, jitter = phase - 1, 1 + rng.gauss(0, 0.03)
            excitation += 25.0
        past = [
            (gain * excitation + first * last + second * before, last)
            for (first, second, gain), (last, before) in zip(filters, past, strict=True)
        ]
        heard = sum(level * now for (_, level), (now, _) in zip(FORMANTS, past, strict=True))
        yield heard * math.sqrt(math.sin(math.pi * done))


def _resonance(hertz: float, width: float) -> tuple[float, float, float]:
    """Coefficients of a two-pole filter."""
    radius = math.exp(-math.pi * width / RATE)
    return 2 * radius * math.cos(2 * math.pi * hertz / RATE), -radius * radius, 1 - radius


def _as_int16(samples: Iterator[float]) -> Iterator[int]:
    return (max(-32_000, min(32_000, int(LEVEL * sample))) for sample in samples)

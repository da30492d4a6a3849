"""Something that Opus takes for speech: syllables of a breath and a vowel that glides into another.

A tone will not do where loss is measured: Opus codes it as music, by CELT alone, which has no redundancy (RFC 6716
section 2.1.7: in-band FEC is of the SILK layer), so that every lost packet would be concealed. Of this, libopus codes
600 packets in 600 by SILK.
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
"""Hertz of the first three formants of a, i, u, e, o, as in phonetics' tables."""
FORMANTS = ((80, 1.0), (100, 0.6), (140, 0.3))
"""How wide each formant is, in hertz, and how loud."""
PAUSES = (0.0, 0.03, 0.1, 0.3)
"""Seconds after a syllable."""
STEP = 240
"""Samples after which the mouth has moved."""
LOUD = 9000


def write_voice(path: Path, seconds: int, seed: int) -> None:
    """Write it as a WAV file, for Chromium's --use-file-for-fake-audio-capture."""
    rng = random.Random(seed)
    samples = array("h")
    while len(samples) < seconds * RATE:
        samples.extend(_loud(_breath(rng, int(rng.uniform(0.02, 0.09) * RATE))))
        samples.extend(_loud(_vowel(rng, int(rng.uniform(0.08, 0.2) * RATE))))
        samples.extend([0] * int(rng.choice(PAUSES) * RATE))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples[: seconds * RATE].tobytes())


def _breath(rng: random.Random, length: int) -> Iterator[float]:
    """Noise of high frequencies, like an s."""
    before = 0.0
    for n in range(length):
        noise = rng.gauss(0, 1)
        yield 0.35 * (noise - before) * math.sin(math.pi * n / length)
        before = noise


def _vowel(rng: random.Random, length: int) -> Iterator[float]:
    """Pulses of a voice that trembles and glides, and some breath, through a mouth that moves."""
    begins, ends = rng.choice(VOWELS), rng.choice(VOWELS)
    pitch, glide = rng.uniform(85, 180), rng.uniform(-60, 60)
    phase, tremble = 0.0, 1.0
    mouth: list[tuple[float, float, float]] = []
    past = [(0.0, 0.0)] * len(FORMANTS)
    for n in range(length):
        done = n / length
        if n % STEP == 0:
            mouth = [
                _resonance(a * (1 - done) + b * done, width)
                for a, b, (width, _) in zip(begins, ends, FORMANTS, strict=True)
            ]
        phase += (pitch + glide * done) * tremble / RATE
        excitation = rng.gauss(0, 0.3)
        if phase >= 1:
            phase, tremble = phase - 1, 1 + rng.gauss(0, 0.03)
            excitation += 25.0
        past = [
            (gain * excitation + first * last + second * before, last)
            for (first, second, gain), (last, before) in zip(mouth, past, strict=True)
        ]
        heard = sum(level * now for (_, level), (now, _) in zip(FORMANTS, past, strict=True))
        yield heard * math.sqrt(math.sin(math.pi * done))


def _resonance(hertz: float, width: float) -> tuple[float, float, float]:
    """Coefficients of a filter with two poles there."""
    radius = math.exp(-math.pi * width / RATE)
    return 2 * radius * math.cos(2 * math.pi * hertz / RATE), -radius * radius, 1 - radius


def _loud(samples: Iterator[float]) -> Iterator[int]:
    return (max(-32_000, min(32_000, int(LOUD * sample))) for sample in samples)

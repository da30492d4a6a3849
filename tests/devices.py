"""Files for Chromium's fake camera and microphone, which show a test card and give the tone of its place."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from bridge.room.testcard import TestCard
from bridge.room.tone import SAMPLE_RATE, sine


def write_y4m(path: Path, card: TestCard, frames: int, fps: int, start: float = 0.0) -> None:
    """Write `card` for --use-file-for-fake-video-capture. `start` is the clock of the first frame, seconds since 1970.

    Chromium loops the file; with a multiple of 64 frames the strip's frame number has no jump. A frame takes 346 kB at
    640x360.
    """
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{card.width} H{card.height} F{fps}:1 Ip A1:1 C420\n".encode())
        for n in range(frames):
            picture = card.paint(float(start + Fraction(n, fps)), n)
            out.write(b"FRAME\n")
            for plane in picture[2:]:
                out.write(plane)


def write_wav(path: Path, hertz: int, seconds: int) -> None:
    """Write a tone for --use-file-for-fake-audio-capture; it loops without a click."""
    _write(path, sine(hertz, SAMPLE_RATE).tobytes() * seconds)


def write_samples(path: Path, samples: Sequence[float]) -> None:
    """Write these samples (-1 to 1, 48 kHz) for the same; the file should end as it begins."""
    _write(path, array("h", (round(32_767 * sample) for sample in samples)).tobytes())


def _write(path: Path, frames: bytes) -> None:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(frames)

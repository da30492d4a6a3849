"""Plays the interpretation that a headless room receives, on a sound device or into a WAV file.

The two slots of a channel are added: in a hand-over both carry a voice. A thread writes, since a device blocks until it
has room. A device that cannot keep up loses the oldest sound, so the delay stays limited.
"""

from __future__ import annotations

import os
import queue
import threading
from array import array
from collections import deque
from fractions import Fraction
from pathlib import Path

import av
import structlog
from av.audio.stream import AudioStream
from av.container import OutputContainer

from bridge.room.tone import SAMPLE_RATE

CHANNELS = 2
MAX_QUEUED_FRAMES = 10
"""Frames of 20 ms that wait for the device; beyond that the oldest is dropped."""
MAX_WAITING_FRAMES = 3
"""Frames of 20 ms of one slot that wait for the other slot's, so that both are added; then it is silent."""
ALSA_CONFIGURATION = Path("/usr/share/alsa/alsa.conf")
"""PyAV brings its own ALSA, which does not look there."""
CLOSE_TIMEOUT_S = 2.0
"""Seconds for the last sound to be written; a device that hangs is abandoned."""

log = structlog.get_logger(__name__)


class OutputError(Exception):
    """A sound output cannot be opened. The text says which, and what to give instead."""


class Playback:
    """An open output. Use `open`; `play` never waits."""

    def __init__(self, container: OutputContainer, stream: AudioStream) -> None:
        self._container, self._stream = container, stream
        self._waiting: dict[str, deque[array[int]]] = {}
        """By slot, the frames that wait for the other slot's."""
        self._queued: queue.Queue[array[int] | None] = queue.Queue(MAX_QUEUED_FRAMES)
        self._written = 0
        self._thread = threading.Thread(target=self._write_all, name="playback", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, device: str) -> Playback:
        """Open an ALSA device such as `default` or `hw:1`, or a file if the name ends in .wav.

        Raises:
            OutputError: it cannot be opened.
        """
        if ALSA_CONFIGURATION.exists():
            os.environ.setdefault("ALSA_CONFIG_PATH", str(ALSA_CONFIGURATION))
        try:
            container = av.open(device, "w", format="wav" if device.endswith(".wav") else "alsa")
            stream = container.add_stream("pcm_s16le", rate=SAMPLE_RATE, layout="stereo")
            container.start_encoding()
        except (OSError, av.FFmpegError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise OutputError(
                f"cannot play on {device}: {reason}; give a sound device as `aplay -L` lists it, such as default or "
                "hw:1, or a file that ends in .wav"
            ) from fault
        return cls(container, stream)

    def play(self, slot: str, samples: array[int]) -> None:
        """Play 16-bit stereo samples at 48 kHz that came in this slot, together with those of the other slots."""
        waiting = self._waiting
        waiting.setdefault(slot, deque()).append(samples)
        while all(waiting.values()) or any(len(frames) > MAX_WAITING_FRAMES for frames in waiting.values()):
            self._enqueue(_mixed([frames.popleft() for frames in waiting.values() if frames]))
            for silent in [name for name, frames in waiting.items() if not frames and name != slot]:
                del waiting[silent]  # it is not waited for until it comes again
            if not any(waiting.values()):
                break

    def close(self) -> None:
        """Write what is queued, and close. It waits for `CLOSE_TIMEOUT_S` at most."""
        self._enqueue(None)
        self._thread.join(CLOSE_TIMEOUT_S)

    def _enqueue(self, samples: array[int] | None) -> None:
        while True:
            try:
                self._queued.put_nowait(samples)
                return
            except queue.Full:
                self._drop_oldest()

    def _drop_oldest(self) -> None:
        try:
            self._queued.get_nowait()
        except queue.Empty:
            return  # the thread was quicker

    def _write_all(self) -> None:
        try:
            while (samples := self._queued.get()) is not None:
                self._write(samples)
            self._container.close()
        except (OSError, av.FFmpegError) as fault:
            log.error("the sound output has failed; the room goes on without it", fault=str(fault))

    def _write(self, samples: array[int]) -> None:
        frame = av.AudioFrame(format="s16", layout="stereo", samples=len(samples) // CHANNELS)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts, self._written = self._written, self._written + frame.samples
        for packet in self._stream.encode(frame):
            self._container.mux(packet)


def _mixed(frames: list[array[int]]) -> array[int]:
    """The sum, limited to 16 bits."""
    if len(frames) == 1:
        return frames[0]
    length = min(map(len, frames))
    return array(
        "h",
        (max(-32768, min(32767, sum(values))) for values in zip(*(f[:length] for f in frames), strict=True)),
    )

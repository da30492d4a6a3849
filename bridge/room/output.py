"""Plays what a headless room hears, the programme or the interpretation, on a sound device or into a WAV file.

The sounds of several slots are added: several people speak, or a hand-over has two voices. A thread writes, since a
device blocks until it has room. A device that cannot keep up loses the oldest sound, so the delay stays limited. One
that is unplugged is opened again when it is back.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import queue
import subprocess
import sys
import threading
import time
from array import array
from collections import deque
from fractions import Fraction
from typing import IO, Protocol

import av
import structlog
from av.audio.stream import AudioStream
from av.container import OutputContainer

from bridge.room.devices.feed import REOPEN_S, DeviceHealth
from bridge.room.devices.listing import DeviceFault, sound_path
from bridge.room.devices.microphone import ALSA_FORMAT, CHANNELS, fault_status
from bridge.room.tone import SAMPLE_RATE

MAX_QUEUED_FRAMES = 10
"""Frames of 20 ms that wait for the device; beyond that the oldest is dropped."""
MAX_WAITING_FRAMES = 3
"""Frames of 20 ms of one slot that wait for the other slot's, so that both are added; then it is silent."""
CLOSE_TIMEOUT_S = 2.0
"""Seconds for the last sound to be written; a device that hangs is abandoned."""
TRIM_INTERVAL_FRAMES = 50
"""Frames of 20 ms after which a queue that was never empty loses one of them. The sound of a burst, or of a device with
a slow clock, would wait in it for good."""
STARTED_AFTER_S = 0.5
"""Seconds after which a running `aplay` has opened its device: a missing one ends it within 50 ms."""
_PIPE_BYTES = 4096
"""The smallest pipe: what waits in it is delay, 20 ms."""

log = structlog.get_logger(__name__)


class OutputError(Exception):
    """An output cannot be opened. The text says which, and what to give instead."""


class _Sink(Protocol):
    """Where the sound goes: blocks until there is room, and raises `OSError` or `DeviceFault` when it ends."""

    def check(self) -> bool:
        """Whether it is known to be open."""
        ...

    def write(self, samples: array[int]) -> None: ...

    def close(self) -> None: ...


class Playback:
    """An output. Use `open`; `play` never waits."""

    def __init__(self, device: str, sink: _Sink | None) -> None:
        """`sink`: where it is open already; None for a device, which is opened by its name as often as needed."""
        self._device = device
        self._sink = sink
        self._health = DeviceHealth("loudspeaker", device)
        self._waiting: dict[str, deque[array[int]]] = {}
        """By slot, the frames that wait for the other slot's."""
        self._queued: queue.Queue[array[int] | None] = queue.Queue(MAX_QUEUED_FRAMES)
        self._thread = threading.Thread(target=self._write_all, name="playback", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, device: str) -> Playback:
        """Open a sound device as `schalte devices` lists it, or a file if the name ends in .wav.

        Raises:
            OutputError: the file cannot be opened. A device may come later.
        """
        return cls(device, _WavFile(device) if device.endswith(".wav") else None)

    @property
    def status(self) -> str:
        """One of the wire's `DeviceStatus`."""
        return self._health.last

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

    # In the thread ------------------------------------------------------------------------------

    def _write_all(self) -> None:
        while True:
            sink = self._sink
            try:
                if sink is None:
                    sink = _Device(sound_path(self._device, "loudspeaker"))
                try:
                    self._write_to(sink)
                finally:
                    sink.close()
                return
            except (DeviceFault, OSError, av.FFmpegError) as fault:
                self._health.failed(
                    fault if isinstance(fault, DeviceFault) else DeviceFault("failed", str(fault))
                )
            if self._sink is not None:
                return  # a disk that is full stays so
            if self._is_closed_within(REOPEN_S):
                return

    def _write_to(self, sink: _Sink) -> None:
        """Write until the output is closed."""
        written, least = 0, MAX_QUEUED_FRAMES
        while True:
            if sink.check():
                self._health.works(time.monotonic())
            try:
                samples = self._queued.get(timeout=STARTED_AFTER_S)
            except queue.Empty:
                continue  # nobody speaks
            if samples is None:
                return
            written, least = written + 1, min(least, self._queued.qsize())
            if written % TRIM_INTERVAL_FRAMES == 0:
                if least > 0:
                    continue
                least = MAX_QUEUED_FRAMES
            sink.write(samples)

    def _is_closed_within(self, seconds: float) -> bool:
        """Discard what comes for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(queue.Empty):
                if self._queued.get(timeout=left) is None:
                    return True
        return False


class _WavFile:
    """A file of sound."""

    def __init__(self, path: str) -> None:
        try:
            self._container: OutputContainer = av.open(path, "w", format="wav")
            self._stream: AudioStream = self._container.add_stream(
                "pcm_s16le", rate=SAMPLE_RATE, layout="stereo"
            )
            self._container.start_encoding()
        except (OSError, av.FFmpegError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise OutputError(
                f"cannot play on {path}: {reason}; give a sound device as `schalte devices` lists it, or a file that "
                "ends in .wav"
            ) from fault
        self._written = 0

    def check(self) -> bool:
        return True

    def write(self, samples: array[int]) -> None:
        frame = av.AudioFrame(format="s16", layout="stereo", samples=len(samples) // CHANNELS)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts, self._written = self._written, self._written + frame.samples
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def close(self) -> None:
        self._container.close()


class _Device:
    """A sound device, played by `aplay`, a program of alsa-utils. The ALSA library inside PyAV cannot load the system's
    plug-ins, and it fills a buffer of up to 2.7 s, which would be the delay."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._started = time.monotonic()
        try:
            self._process = subprocess.Popen(
                ["aplay", "-q", "-D", device, *ALSA_FORMAT],
                stdin=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},  # its faults are read
            )
        except OSError as fault:
            raise DeviceFault("failed", "cannot run aplay; install alsa-utils") from fault
        assert self._process.stdin is not None
        assert self._process.stderr is not None
        if sys.platform == "linux":
            fcntl.fcntl(self._process.stdin, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._faults: deque[bytes] = deque(maxlen=1)
        # It says each underrun, and a full pipe would stop it.
        self._listener = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        self._listener.start()

    def check(self) -> bool:
        """Whether it plays.

        Raises:
            DeviceFault: it has ended.
        """
        if self._process.poll() is not None:
            raise self._ended()
        return time.monotonic() - self._started > STARTED_AFTER_S

    def write(self, samples: array[int]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(samples.tobytes())
            self._process.stdin.flush()
        except OSError as fault:
            raise self._ended() from fault

    def close(self) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(CLOSE_TIMEOUT_S / 2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join()

    def _listen(self, errors: IO[bytes]) -> None:
        with errors:
            self._faults.extend(errors)

    def _ended(self) -> DeviceFault:
        self._listener.join(STARTED_AFTER_S)
        text = b"".join(self._faults).decode("utf-8", "replace").strip() or "it has ended"
        return DeviceFault(fault_status(text), f"cannot play on {self._device}: {text}")


def _mixed(frames: list[array[int]]) -> array[int]:
    """The sum, limited to 16 bits."""
    if len(frames) == 1:
        return frames[0]
    length = min(map(len, frames))
    return array(
        "h",
        (max(-32768, min(32767, sum(values))) for values in zip(*(f[:length] for f in frames), strict=True)),
    )

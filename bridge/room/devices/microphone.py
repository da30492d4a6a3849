"""A microphone or mixer by ALSA, in stereo and without any processing.

It is read from `arecord`, a program of alsa-utils. The ALSA library inside PyAV cannot load the system's plug-ins, and
without these there is no PipeWire and no PulseAudio, which own the sound devices of a desktop.
"""

from __future__ import annotations

import asyncio
import os
import time
from asyncio.subprocess import DEVNULL, PIPE
from typing import Any

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import compute_audio_level_dbov

from bridge.room.devices.feed import HUNG_AFTER_S, REOPEN_S, DeviceHealth, Newest
from bridge.room.devices.listing import DeviceFault, sound_path
from bridge.room.player import AUDIO_TIME_BASE
from bridge.room.tone import PACKET_SAMPLES, SAMPLE_RATE, SILENCE_DBOV

CHANNELS = 2
MAX_WAITING_PACKETS = 10
"""Packets of 20 ms that wait for a track; beyond that the oldest is discarded, so that the delay stays limited."""
MAX_DRIFT_S = PACKET_SAMPLES / SAMPLE_RATE
"""Seconds by which the sound may be away from the clock, and so from the picture, before one packet corrects it. A
sound card's crystal is wrong by up to 0.01 %, half a second in an event of an hour and a half."""
MAX_PAUSE_S = 1.0
"""A longer pause of the sound, as of a suspended machine, is corrected at once."""
_SMOOTHED_PACKETS = 100
_KBPS = 128
_PACKET_BYTES = PACKET_SAMPLES * CHANNELS * 2
_FAULT_BYTES = 2000
_STATUS_BY_WORDS = {"busy": "busy", "Permission denied": "denied", "Operation not permitted": "denied"}

ALSA_FORMAT = (
    *("-t", "raw", "-f", "S16_LE", "-r", str(SAMPLE_RATE), "-c", str(CHANNELS)),
    *("--period-time=20000", "--buffer-time=100000"),
)
"""Of `arecord` and `aplay`: 16 bits, 48 kHz, stereo; 20 ms at a time, and 100 ms that wait at most."""


class SampleClock:
    """Timestamps of packets of sound: without gaps, and in step with the clock in spite of the sound card's own."""

    def __init__(self) -> None:
        self._next = 0
        self._drift = 0.0
        """Samples by which the clock is ahead, averaged over `_SMOOTHED_PACKETS`: single packets come late."""
        self._restarts = True

    def restart(self) -> None:
        """The next packet follows after a gap."""
        self._restarts = True

    def stamp(self, at: float) -> int | None:
        """The timestamp, in samples, of a packet that came `at` seconds after timestamp 0. None: discard it."""
        ahead = at * SAMPLE_RATE - self._next
        if self._restarts or ahead > MAX_PAUSE_S * SAMPLE_RATE:
            self._next = max(self._next, int(at * SAMPLE_RATE))
            self._drift, self._restarts = 0.0, False
        else:
            self._drift += (ahead - self._drift) / _SMOOTHED_PACKETS
        if self._drift < -MAX_DRIFT_S * SAMPLE_RATE:
            self._drift += PACKET_SAMPLES
            return None
        if self._drift > MAX_DRIFT_S * SAMPLE_RATE:
            self._drift -= PACKET_SAMPLES
            self._next += PACKET_SAMPLES
        stamp, self._next = self._next, self._next + PACKET_SAMPLES
        return stamp


class RoomMicrophone:
    """A microphone that is opened again as long as `run` runs."""

    def __init__(self, name: str, origin: float) -> None:
        """`origin`: monotonic seconds of timestamp 0."""
        self.packets: Newest[tuple[int, bytes, int]] = Newest(MAX_WAITING_PACKETS)
        """Timestamp in samples, Opus packet, and audio level in dBov."""
        self._name, self._origin = name, origin
        self._health = DeviceHealth("microphone", name)
        self._clock = SampleClock()
        self._encoder = _encoder()

    def status(self, now: float) -> str:
        """One of the wire's `DeviceStatus`."""
        return self._health.status(now)

    async def run(self) -> None:
        """Record until cancelled."""
        while True:
            try:
                await self._record()
            except DeviceFault as fault:
                self._health.failed(fault)
            await asyncio.sleep(REOPEN_S)

    async def _record(self) -> None:
        """Record until the microphone ends.

        Raises:
            DeviceFault: it cannot be opened, or has ended.
        """
        device = sound_path(self._name, "microphone")
        try:
            process = await asyncio.create_subprocess_exec(
                *("arecord", "-q", "-D", device, *ALSA_FORMAT),
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=PIPE,
                env={**os.environ, "LC_ALL": "C"},  # its faults are read
            )
        except OSError as fault:
            raise DeviceFault("failed", "cannot run arecord; install alsa-utils") from fault
        assert process.stdout is not None
        assert process.stderr is not None
        self._clock.restart()
        faults = asyncio.create_task(_last_line(process.stderr))
        try:
            while True:
                async with asyncio.timeout(HUNG_AFTER_S):
                    samples = await process.stdout.readexactly(_PACKET_BYTES)
                self._on_samples(samples, time.monotonic())
        except TimeoutError as fault:
            raise DeviceFault("hung", f"{device} gives no sound") from fault
        except asyncio.IncompleteReadError as fault:
            text = await faults
            # It has closed both pipes, and is ending. A signal now would reap it, behind the back of asyncio, which
            # would not know its return code.
            await process.wait()
            raise DeviceFault(fault_status(text), f"cannot record from {device}: {text}") from fault
        finally:
            faults.cancel()
            await asyncio.wait([faults])
            if process.returncode is None:
                process.kill()
            await process.communicate()  # a pipe that is not read to its end stays open

    def _on_samples(self, samples: bytes, now: float) -> None:
        self._health.works(now)
        stamp = self._clock.stamp(now - self._origin)
        if stamp is None:
            return
        frame = av.AudioFrame(format="s16", layout="stereo", samples=PACKET_SAMPLES)
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, AUDIO_TIME_BASE, stamp
        frame.planes[0].update(samples)
        level = compute_audio_level_dbov(frame)
        for packet in self._encoder.encode(frame):
            self.packets.put((stamp, bytes(packet), level))


class MicrophoneTrack(MediaStreamTrack):
    """The encoded sound of a microphone."""

    kind = "audio"

    def __init__(self, microphone: RoomMicrophone) -> None:
        super().__init__()
        self._microphone = microphone
        self._number = microphone.packets.count
        self.level = SILENCE_DBOV
        """Audio level of the newest packet in dBov."""

    async def recv(self) -> av.Packet[Any]:
        if self.readyState != "live":
            raise MediaStreamError
        self._number, (stamp, data, self.level) = await self._microphone.packets.after(self._number)
        packet = av.Packet(data)
        packet.pts, packet.time_base = stamp, AUDIO_TIME_BASE
        return packet


def fault_status(text: str) -> str:
    """The wire's `DeviceStatus` for what `arecord` or `aplay` says when it ends."""
    return next((status for words, status in _STATUS_BY_WORDS.items() if words in text), "missing")


async def _last_line(errors: asyncio.StreamReader) -> str:
    """Read to the end, and return the last line: a full pipe would stop the program."""
    text = b""
    while more := await errors.read(_FAULT_BYTES):
        text = (text + more)[-_FAULT_BYTES:]
    return (text.decode("utf-8", "replace").strip().splitlines() or ["it has ended"])[-1]


def _encoder() -> av.AudioCodecContext:
    """Opus for music as well as for speech. aiortc's own is set to `voip`, which filters the low tones."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = SAMPLE_RATE, "s16", "stereo"
    encoder.bit_rate, encoder.options = _KBPS * 1000, {"application": "audio"}
    return encoder

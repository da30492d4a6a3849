"""The inputs of a headless room: a test card with a tone, or a file played in a loop.

An `Input` outlives connections: each new connection opens it again and gets new tracks, since aiortc stops the tracks
of a connection that has ended.
"""

from __future__ import annotations

import asyncio
import time
from math import ceil
from typing import Any, NamedTuple, Protocol

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame

from bridge.room.encoding import EncoderLoad, SteppedTrack
from bridge.room.player import AUDIO_TIME_BASE, VIDEO_CLOCK_RATE, VIDEO_TIME_BASE, InputError, LoopingPlayer
from bridge.room.testcard import TestCard
from bridge.room.tone import LEVEL_DBOV, PACKET_SAMPLES, SAMPLE_RATE, SILENCE_DBOV, pitch, sine

__all__ = ["CardInput", "Input", "InputError", "PlayerInput", "ToneInput", "Tracks", "input_named"]

CARD_FPS = 15

_TONE_PACKETS = 50
_TONE_KBPS = 24


class Tracks(NamedTuple):
    video: MediaStreamTrack | None
    audio: MediaStreamTrack | None


class Input(Protocol):
    """The origin of a room's picture and sound."""

    async def open(self) -> Tracks:
        """New tracks for a new connection, which stops them.

        Raises:
            InputError: it cannot be opened.
        """
        ...


def input_named(source: str, card: TestCard) -> Input:
    """The input for `--source`: `testcard`, or a media file."""
    return CardInput(card) if source == "testcard" else PlayerInput(source)


def tone_or_file(source: str, code: int) -> Input:
    """The same for a seat in a booth: in place of the test card the tone alone."""
    return ToneInput(code) if source == "testcard" else PlayerInput(source)


# Test card


class ToneInput:
    """The tone of a place or a seat, without a picture."""

    def __init__(self, code: int) -> None:
        self.speaking = True
        """Set it to False to send silence in place of the tone."""
        self._tone = _encoded(sine(pitch(code)).tobytes())
        self._silence = _encoded(bytes(2 * PACKET_SAMPLES))

    async def open(self) -> Tracks:
        return Tracks(None, ToneTrack(self))

    def sound(self, n: int) -> bytes:
        """The `n`th packet of sound."""
        packets = self._tone if self.speaking else self._silence
        return packets[n % len(packets)]


class CardInput(ToneInput):
    """A test card and the tone of its place."""

    def __init__(self, card: TestCard, fps: int = CARD_FPS) -> None:
        super().__init__(card.code)
        self._card = card
        self._fps = fps

    async def open(self) -> Tracks:
        return Tracks(CardTrack(self._card, self._fps), ToneTrack(self))


def _encoded(samples: bytes) -> list[bytes]:
    """A second of repeated `samples` as Opus packets.

    They are encoded once and sent in a loop, which saves each room 3 % of a core. A packet holds whole periods of every
    pitch, so once the encoder has adapted, any packet can follow any other.
    """
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = SAMPLE_RATE, "s16", "mono"
    encoder.bit_rate = _TONE_KBPS * 1000
    packets: list[bytes] = []
    for n in range(2 * _TONE_PACKETS):
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET_SAMPLES)
        frame.sample_rate, frame.time_base, frame.pts = SAMPLE_RATE, AUDIO_TIME_BASE, n * PACKET_SAMPLES
        frame.planes[0].update(samples)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets[-_TONE_PACKETS:]


class _PacedTrack(MediaStreamTrack):
    """A track that returns its n-th packet or frame when it is due."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self._rate = rate
        self._start: float | None = None
        self._next = 0

    async def _next_number(self) -> int:
        """Wait until the next one is due, and return its number. After a pause of a second, numbers are skipped."""
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        if self._start is None:
            self._start = now
        elapsed = now - self._start
        if elapsed * self._rate > self._next + self._rate:
            self._next = ceil(elapsed * self._rate)
        n, self._next = self._next, self._next + 1
        await asyncio.sleep(max(0.0, self._start + n / self._rate - now))
        return n


class CardTrack(_PacedTrack):
    """The picture of a test card."""

    kind = "video"

    def __init__(self, card: TestCard, fps: int) -> None:
        super().__init__(fps)
        self._card = card

    async def recv(self) -> Frame:
        n = await self._next_number()
        picture = self._card.paint(time.time(), n)
        frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
        for plane, drawn in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
            plane.update(bytes(drawn))
        frame.pts, frame.time_base = n * VIDEO_CLOCK_RATE // self._rate, VIDEO_TIME_BASE
        return frame


class ToneTrack(_PacedTrack):
    """The encoded tone of a place."""

    kind = "audio"

    def __init__(self, source: ToneInput) -> None:
        super().__init__(SAMPLE_RATE // PACKET_SAMPLES)
        self._source = source

    @property
    def level(self) -> int:
        """The present audio level in dBov."""
        return LEVEL_DBOV if self._source.speaking else SILENCE_DBOV

    async def recv(self) -> av.Packet[Any]:
        n = await self._next_number()
        packet = av.Packet(self._source.sound(n))
        packet.pts, packet.time_base = n * PACKET_SAMPLES, AUDIO_TIME_BASE
        return packet


class PlayerInput:
    """A media file, played in a loop."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._kinds: frozenset[str] = frozenset()
        self._load = EncoderLoad()

    async def open(self) -> Tracks:
        player = LoopingPlayer(self._source)
        await player.restart(None)
        video, audio = player.track("video"), player.track("audio")
        self._kinds = frozenset(track.kind for track in (video, audio) if track is not None)
        return Tracks(None if video is None else SteppedTrack(video, self._load), audio)

    def status(self, now: float) -> dict[str, str | None]:
        """As that of devices."""
        found = {"video": "opening", "audio": "opening"}
        if self._kinds:
            found = {kind: "works" if kind in self._kinds else "none" for kind in found}
        return {
            "camera": found["video"],
            "microphone": found["audio"],
            "reduced": self._load.step.name,
        }

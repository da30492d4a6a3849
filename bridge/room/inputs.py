"""What a headless room sends: a test card with a tone, or a file or camera played over and over.

An `Input` outlives connections: each new connection opens it anew and gets fresh tracks, since aiortc stops for good
the tracks of a connection that has ended.
"""

from __future__ import annotations

import asyncio
import time
from math import ceil
from typing import Any, NamedTuple, Protocol

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame

from bridge.room.player import AUDIO_BASE, VIDEO_BASE, VIDEO_CLOCK, InputError, Playing
from bridge.room.testcard import TestCard
from bridge.room.tone import LEVEL_DBOV, PACKET, RATE, SILENCE_DBOV, pitch, sine

__all__ = ["CardInput", "Input", "InputError", "PlayerInput", "Tracks", "input_named"]

FPS = 15
"""Frames a second of a test card."""

_TONE_PACKETS = 50
_TONE_KBPS = 24


class Tracks(NamedTuple):
    video: MediaStreamTrack | None
    audio: MediaStreamTrack | None


class Input(Protocol):
    """Where a room's picture and sound come from."""

    async def open(self) -> Tracks:
        """Fresh tracks for a new connection, which stops them.

        Raises:
            InputError: it cannot be opened.
        """
        ...


def input_named(source: str, card: TestCard) -> Input:
    """The input that `--source` names: `testcard`, or a media file or camera device."""
    return CardInput(card) if source == "testcard" else PlayerInput(source)


# Test card


class CardInput:
    """A test card and the tone of its place."""

    def __init__(self, card: TestCard, fps: int = FPS) -> None:
        self.speaking = True
        """Whether the place is heard. Set it to False and it listens: its microphone goes on, and gives silence."""
        self._card = card
        self._fps = fps
        self._tone = _encoded(sine(pitch(card.code)).tobytes())
        self._silence = _encoded(bytes(2 * PACKET))

    async def open(self) -> Tracks:
        return Tracks(CardTrack(self._card, self._fps), ToneTrack(self))

    def sound(self, n: int) -> bytes:
        """The `n`th packet of what is heard."""
        packets = self._tone if self.speaking else self._silence
        return packets[n % len(packets)]


def _encoded(samples: bytes) -> list[bytes]:
    """A second of `samples`, over and over, as Opus packets.

    Encoded once and then sent in a circle: that spares each room 3 % of a core. A packet holds whole periods of every
    pitch, so after the encoder has settled any packet can follow any other.
    """
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = RATE, "s16", "mono"
    encoder.bit_rate = _TONE_KBPS * 1000
    packets: list[bytes] = []
    for n in range(2 * _TONE_PACKETS):
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET)
        frame.sample_rate, frame.time_base, frame.pts = RATE, AUDIO_BASE, n * PACKET
        frame.planes[0].update(samples)
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets[-_TONE_PACKETS:]


class _Paced(MediaStreamTrack):
    """A track that gives its n-th piece when its time has come."""

    def __init__(self, a_second: int) -> None:
        super().__init__()
        self._a_second = a_second
        self._start: float | None = None
        self._next = 0

    async def _turn(self) -> int:
        """Wait for the next piece's time and say its number; after a hold-up, numbers are left out."""
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        if self._start is None:
            self._start = now
        elapsed = now - self._start
        if elapsed * self._a_second > self._next + self._a_second:
            self._next = ceil(elapsed * self._a_second)
        n, self._next = self._next, self._next + 1
        await asyncio.sleep(max(0.0, self._start + n / self._a_second - now))
        return n


class CardTrack(_Paced):
    """The picture of a test card."""

    kind = "video"

    def __init__(self, card: TestCard, fps: int) -> None:
        super().__init__(fps)
        self._card = card

    async def recv(self) -> Frame:
        n = await self._turn()
        picture = self._card.paint(time.time(), n)
        frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
        for plane, drawn in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
            plane.update(bytes(drawn))
        frame.pts, frame.time_base = n * VIDEO_CLOCK // self._a_second, VIDEO_BASE
        return frame


class ToneTrack(_Paced):
    """The tone of a place, already encoded."""

    kind = "audio"

    def __init__(self, source: CardInput) -> None:
        super().__init__(RATE // PACKET)
        self._source = source

    @property
    def level(self) -> int:
        """How loud it is now, in dBov."""
        return LEVEL_DBOV if self._source.speaking else SILENCE_DBOV

    async def recv(self) -> av.Packet[Any]:
        n = await self._turn()
        packet = av.Packet(self._source.sound(n))
        packet.pts, packet.time_base = n * PACKET, AUDIO_BASE
        return packet


class PlayerInput:
    """A media file, played over and over, or a camera."""

    def __init__(self, source: str) -> None:
        self._source = source

    async def open(self) -> Tracks:
        playing = Playing(self._source)
        await playing.again(None)
        return Tracks(playing.track("video"), playing.track("audio"))

"""What a headless room sends: a test card with a tone, or a file or camera played over and over.

An `Input` outlives connections: each new connection opens it anew and gets fresh tracks, since aiortc stops for good
the tracks of a connection that has ended.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple, Protocol

import av
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame
from av.video.frame import PictureType

from bridge.testcard import Card
from bridge.tone import PACKET, RATE, pitch, sine

VIDEO_CLOCK = 90_000
FPS = 15
"""Frames a second of a test card."""
LARGEST = (1280, 720)
"""Larger pictures of a file or camera are scaled down to fit."""

_AUDIO_BASE = Fraction(1, RATE)
_VIDEO_BASE = Fraction(1, VIDEO_CLOCK)
_TONE_PACKETS = 50
_TONE_KBPS = 24
_LATE_S = 0.1
"""Sound that has fallen this far behind the clock is stamped anew, so that lips and voice stay together."""


class InputError(Exception):
    """An input that cannot be opened or holds nothing. The text says which and what to give instead."""


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


def input_named(source: str, card: Card) -> Input:
    """The input that `--source` names: `testcard`, or a media file or camera device."""
    return CardInput(card) if source == "testcard" else PlayerInput(source)


# Test card


class CardInput:
    """A test card and the tone of its place."""

    def __init__(self, card: Card, fps: int = FPS) -> None:
        self._card = card
        self._fps = fps
        self._tone = _encoded_tone(pitch(card.code))

    async def open(self) -> Tracks:
        return Tracks(CardTrack(self._card, self._fps), ToneTrack(self._tone))


def _encoded_tone(hertz: int) -> list[bytes]:
    """A second of the tone as Opus packets.

    Encoded once and then sent in a circle: that spares each room 3 % of a core. A packet holds whole periods of every
    pitch, so after the encoder has settled any packet can follow any other.
    """
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.format, encoder.layout = RATE, "s16", "mono"
    encoder.bit_rate = _TONE_KBPS * 1000
    packets: list[bytes] = []
    samples = sine(hertz).tobytes()
    for n in range(2 * _TONE_PACKETS):
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET)
        frame.sample_rate, frame.time_base, frame.pts = RATE, _AUDIO_BASE, n * PACKET
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

    def __init__(self, card: Card, fps: int) -> None:
        super().__init__(fps)
        self._card = card

    async def recv(self) -> Frame:
        n = await self._turn()
        picture = self._card.paint(time.time(), n)
        frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
        for plane, drawn in zip(frame.planes, (picture.y, picture.u, picture.v), strict=True):
            plane.update(bytes(drawn))
        frame.pts, frame.time_base = n * VIDEO_CLOCK // self._a_second, _VIDEO_BASE
        return frame


class ToneTrack(_Paced):
    """The tone of a place, already encoded."""

    kind = "audio"

    def __init__(self, packets: list[bytes]) -> None:
        super().__init__(RATE // PACKET)
        self._packets = packets

    async def recv(self) -> av.Packet[Any]:
        n = await self._turn()
        packet = av.Packet(self._packets[n % len(self._packets)])
        packet.pts, packet.time_base = n * PACKET, _AUDIO_BASE
        return packet


# Files and cameras


class PlayerInput:
    """A media file, played over and over, or a camera."""

    def __init__(self, source: str) -> None:
        self._source = source

    async def open(self) -> Tracks:
        playing = _Playing(self._source)
        await playing.again(None)
        return Tracks(playing.track("video"), playing.track("audio"))


class _Playing:
    """One player after another on the same file.

    aiortc's own loop starts its video timestamps over at each round, and then plays as fast as it can decode.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._opening = asyncio.Lock()
        self.player: MediaPlayer | None = None
        self.empty = True
        """The present player has given nothing yet."""

    async def again(self, ended: MediaPlayer | None) -> None:
        """Begin anew, unless the other track already has."""
        async with self._opening:
            if self.player is not ended:
                return
            if ended is not None and self.empty:
                raise InputError(f"{self._source} holds no picture or sound that can be played")
            self.player = await asyncio.to_thread(self._open)
            self.empty = True

    def track(self, kind: str) -> MediaStreamTrack | None:
        """A track of that kind, or None where the file has none."""
        return PlayerTrack(self, kind) if getattr(self.player, kind) is not None else None

    def _open(self) -> MediaPlayer:
        camera = self._source.startswith("/dev/video")
        try:
            player = MediaPlayer(self._source, format="v4l2" if camera else None)
        except (OSError, av.FFmpegError, ValueError) as exc:
            reason = getattr(exc, "strerror", None) or exc
            raise InputError(
                f"cannot open {self._source}: {reason}; give a media file, a camera like /dev/video0, or testcard"
            ) from exc
        if player.video is None and player.audio is None:
            raise InputError(f"{self._source} has neither picture nor sound; give another file, or testcard")
        return player


class PlayerTrack(MediaStreamTrack):
    """The picture or sound of a file or camera, stamped by the clock."""

    def __init__(self, playing: _Playing, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._playing = playing
        self._player: MediaPlayer | None = None
        self._inner: MediaStreamTrack | None = None
        self._start: float | None = None
        self._next = 0

    async def recv(self) -> Frame:
        while self.readyState == "live":
            if self._inner is None or self._player is not self._playing.player:
                self._change()
            if self._inner is None:
                break
            try:
                frame = await self._inner.recv()
            except MediaStreamError:
                await self._playing.again(self._player)
                continue
            self._playing.empty = False
            if isinstance(frame, av.VideoFrame):
                return await self._picture(frame)
            if isinstance(frame, av.AudioFrame):
                return self._sound(frame)
        raise MediaStreamError

    def stop(self) -> None:
        super().stop()
        if self._inner is not None:
            self._inner.stop()
            self._inner = None

    def _change(self) -> None:
        """On to the player that is playing now."""
        if self._inner is not None:
            self._inner.stop()
        self._player = self._playing.player
        self._inner = getattr(self._player, self.kind)

    async def _picture(self, frame: av.VideoFrame) -> av.VideoFrame:
        shrink = min(1.0, LARGEST[0] / frame.width, LARGEST[1] / frame.height)
        if shrink < 1.0:
            width, height = (int(side * shrink) // 2 * 2 for side in (frame.width, frame.height))
            frame = await asyncio.to_thread(frame.reformat, width, height, "yuv420p")
        # A decoded frame remembers that it was a keyframe, and the encoder would make it one again: with a camera
        # that sends single pictures (MJPEG), every frame.
        frame.pict_type = PictureType.NONE
        frame.pts = max(self._next, int(self._clock() * VIDEO_CLOCK))
        frame.time_base = _VIDEO_BASE
        self._next = frame.pts + 1
        return frame

    def _sound(self, frame: av.AudioFrame) -> av.AudioFrame:
        clock = self._clock()
        if clock - self._next / RATE > _LATE_S:
            self._next = int(clock * RATE)
        frame.pts, frame.time_base = self._next, _AUDIO_BASE
        self._next += frame.samples
        return frame

    def _clock(self) -> float:
        """Seconds since the first frame."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        return now - self._start

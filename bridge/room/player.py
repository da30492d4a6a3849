"""A media file as tracks that do not end: it is played in a loop, with timestamps from the clock.

aiortc's own loop resets its video timestamps in each round, and then plays as fast as it can decode.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction

import av
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame
from av.video.frame import PictureType

from bridge.room.tone import SAMPLE_RATE

VIDEO_CLOCK_RATE = 90_000
VIDEO_TIME_BASE = Fraction(1, VIDEO_CLOCK_RATE)
AUDIO_TIME_BASE = Fraction(1, SAMPLE_RATE)
MAX_SIZE = (1280, 720)
"""Larger pictures are scaled down."""
_MAX_AUDIO_LAG_S = 0.1
"""Sound that is further behind the clock gets a new timestamp, to stay in sync with the picture."""


class InputError(Exception):
    """An input cannot be opened or is empty. The text says which, and what to give instead."""


class LoopingPlayer:
    """Opens one `MediaPlayer` after another on the same file."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._opening = asyncio.Lock()
        self.player: MediaPlayer | None = None
        self.is_empty = True
        """The present player has returned no frame yet."""

    async def restart(self, ended: MediaPlayer | None) -> None:
        """Replace the player `ended`, unless the other track has done so."""
        async with self._opening:
            if self.player is not ended:
                return
            if ended is not None and self.is_empty:
                raise InputError(f"{self._source} holds no picture or sound that can be played")
            self.player = await asyncio.to_thread(self._open)
            self.is_empty = True

    def track(self, kind: str) -> MediaStreamTrack | None:
        """A track of that kind; None if the file has none."""
        return PlayerTrack(self, kind) if getattr(self.player, kind) is not None else None

    def _open(self) -> MediaPlayer:
        try:
            player = MediaPlayer(self._source)
        except (OSError, av.FFmpegError, ValueError) as exc:
            reason = getattr(exc, "strerror", None) or exc
            raise InputError(
                f"cannot open {self._source}: {reason}; give a media file or testcard, or a camera by --camera"
            ) from exc
        if player.video is None and player.audio is None:
            raise InputError(f"{self._source} has neither picture nor sound; give another file, or testcard")
        return player


class PlayerTrack(MediaStreamTrack):
    """The picture or sound of a file, with timestamps from the clock."""

    def __init__(self, player: LoopingPlayer, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self._looping = player
        self._current: MediaPlayer | None = None
        self._inner: MediaStreamTrack | None = None
        self._start: float | None = None
        self._next = 0

    async def recv(self) -> Frame:
        while self.readyState == "live":
            if self._inner is None or self._current is not self._looping.player:
                self._follow()
            if self._inner is None:
                break
            try:
                frame = await self._inner.recv()
            except MediaStreamError:
                await self._restart()
                continue
            self._looping.is_empty = False
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

    async def _restart(self) -> None:
        try:
            await self._looping.restart(self._current)
        except InputError as exc:
            # The file was removed. The track ends; opening the input again gives the reason.
            raise MediaStreamError(str(exc)) from exc

    def _follow(self) -> None:
        """Read from the present player."""
        if self._inner is not None:
            self._inner.stop()
        self._current = self._looping.player
        self._inner = getattr(self._current, self.kind)

    async def _picture(self, frame: av.VideoFrame) -> av.VideoFrame:
        scale = min(1.0, MAX_SIZE[0] / frame.width, MAX_SIZE[1] / frame.height)
        if scale < 1.0:
            width, height = (int(side * scale) // 2 * 2 for side in (frame.width, frame.height))
            frame = await asyncio.to_thread(frame.reformat, width, height, "yuv420p")
        # Otherwise the encoder makes a decoded keyframe one again: with a file of MJPEG, every frame.
        frame.pict_type = PictureType.NONE
        frame.pts = max(self._next, int(self._clock() * VIDEO_CLOCK_RATE))
        frame.time_base = VIDEO_TIME_BASE
        self._next = frame.pts + 1
        return frame

    def _sound(self, frame: av.AudioFrame) -> av.AudioFrame:
        clock = self._clock()
        if clock - self._next / SAMPLE_RATE > _MAX_AUDIO_LAG_S:
            self._next = int(clock * SAMPLE_RATE)
        frame.pts, frame.time_base = self._next, AUDIO_TIME_BASE
        self._next += frame.samples
        return frame

    def _clock(self) -> float:
        """Seconds since the first frame."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        return now - self._start

"""A media file or camera as tracks that never end: played over and over, stamped by the clock.

aiortc's own loop starts its video timestamps over at each round, and then plays as fast as it can decode.
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

from bridge.room.tone import RATE

VIDEO_CLOCK = 90_000
VIDEO_BASE = Fraction(1, VIDEO_CLOCK)
AUDIO_BASE = Fraction(1, RATE)
LARGEST = (1280, 720)
"""Larger pictures are scaled down to fit."""
_LATE_S = 0.1
"""Sound that has fallen this far behind the clock is stamped anew, so that lips and voice stay together."""


class InputError(Exception):
    """An input that cannot be opened or holds nothing. The text says which and what to give instead."""


class Playing:
    """One player after another on the same file."""

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

    def __init__(self, playing: Playing, kind: str) -> None:
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
                await self._begin_anew()
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

    async def _begin_anew(self) -> None:
        try:
            await self._playing.again(self._player)
        except InputError as exc:
            # A file that has been taken away, a camera unplugged: this track ends, and whoever opens the input again
            # is told why it cannot be had.
            raise MediaStreamError(str(exc)) from exc

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
        frame.time_base = VIDEO_BASE
        self._next = frame.pts + 1
        return frame

    def _sound(self, frame: av.AudioFrame) -> av.AudioFrame:
        clock = self._clock()
        if clock - self._next / RATE > _LATE_S:
            self._next = int(clock * RATE)
        frame.pts, frame.time_base = self._next, AUDIO_BASE
        self._next += frame.samples
        return frame

    def _clock(self) -> float:
        """Seconds since the first frame."""
        now = time.monotonic()
        if self._start is None:
            self._start = now
        return now - self._start

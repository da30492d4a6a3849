"""What a headless room sends while its encoder cannot keep up with real time: fewer frames first, then smaller ones.

aiortc encodes one frame after the other, in real time or not. A camera's frames that come meanwhile are lost, those of
a file pile up, and a core that only encodes has no time left for the rest of the room.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple

import av
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av.frame import Frame
from av.video.frame import PictureType

WINDOW_S = 2.0
"""Seconds of encoding that are judged together."""
MAX_WINDOW_S = 10.0
"""A longer window says nothing: the camera paused, or the machine slept."""
OVERLOADED_SHARE = 0.8
"""Share of the time spent on encoding above which the encoder is too slow. Browsers set their limit at 0.85."""
OVERLOADED_WINDOWS = 2
"""Such windows in a row that step down."""
FREE_SHARE = 0.6
"""A step up must be expected to take no more than that."""
MIN_HOLD_S, MAX_HOLD_S = 30.0, 480.0
"""Seconds with room to spare before a step up. Each one that fails doubles them."""
STEADY_S = 60.0
"""Seconds after which a step up has succeeded."""


class PictureStep(NamedTuple):
    """A picture that a room sends."""

    name: str | None
    """As the wire's `Reduction`; None: the whole picture."""
    px: int
    """The longest side, at most."""
    fps: int

    @property
    def cost(self) -> int:
        """What it takes to encode it, roughly."""
        return self.px * self.px * self.fps


STEPS = (
    PictureStep(None, 1280, 30),
    PictureStep("720p15", 1280, 15),
    PictureStep("540p15", 960, 15),
    PictureStep("360p10", 640, 10),
)
"""Those of a page (`web/src/media/mlines.ts`)."""


class EncoderLoad:
    """The step that one room's encoder can keep up with. It outlives connections, as the machine does."""

    def __init__(self) -> None:
        self._level = 0
        self._begun: float | None = None
        """When the window began."""
        self._busy_s = 0.0
        self._overloaded = 0
        """Windows in a row."""
        self._free_since: float | None = None
        self._hold = MIN_HOLD_S
        self._is_trial = False
        """The last change was a step up."""
        self._changed_at = 0.0

    @property
    def step(self) -> PictureStep:
        """What to send now."""
        return STEPS[self._level]

    def begin(self) -> None:
        """Another connection begins: its first window begins with its first frame."""
        self._begun = None

    def on_frame(self, encode_s: float, now: float) -> None:
        """A frame took so long to encode and send, until `now` (monotonic seconds)."""
        if self._begun is None or now - self._begun > MAX_WINDOW_S:
            self._open_window(now)
            return
        self._busy_s += encode_s
        if now - self._begun >= WINDOW_S:
            share = self._busy_s / (now - self._begun)
            self._judge(share, self._begun, now)
            self._open_window(now)

    def _open_window(self, now: float) -> None:
        self._begun, self._busy_s = now, 0.0

    def _judge(self, share: float, begun: float, now: float) -> None:
        self._overloaded = self._overloaded + 1 if share >= OVERLOADED_SHARE else 0
        if self._overloaded >= OVERLOADED_WINDOWS and self._level + 1 < len(STEPS):
            if self._is_trial:
                failed = now - self._changed_at < STEADY_S
                self._hold = min(MAX_HOLD_S, self._hold * 2) if failed else MIN_HOLD_S
            self._change(self._level + 1, now, is_trial=False)
        elif self._level and share * STEPS[self._level - 1].cost / self.step.cost <= FREE_SHARE:
            self._free_since = begun if self._free_since is None else self._free_since
            if now - self._free_since >= self._hold:
                self._change(self._level - 1, now, is_trial=True)
        else:
            self._free_since = None

    def _change(self, level: int, now: float, *, is_trial: bool) -> None:
        self._level, self._changed_at, self._is_trial = level, now, is_trial
        self._overloaded, self._free_since = 0, None


class SteppedTrack(MediaStreamTrack):
    """A picture, as its encoder can keep up with it.

    aiortc asks for the next frame when it has encoded and sent the one before, so the time in between is measured here.
    """

    kind = "video"

    def __init__(
        self, picture: MediaStreamTrack, load: EncoderLoad, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._picture, self._load, self._clock = picture, load, clock
        self._given_at: float | None = None
        self._due = 0.0
        """When the next frame is due, by the frames' own time."""
        load.begin()
        picture.on("ended", self.stop)

    async def recv(self) -> Frame:
        if self.readyState != "live":
            raise MediaStreamError
        if self._given_at is not None:
            now = self._clock()
            self._load.on_frame(now - self._given_at, now)
        frame = await self._next()
        if max(frame.width, frame.height) > self._load.step.px:
            frame = await asyncio.to_thread(_scaled, frame, self._load.step.px)
        self._given_at = self._clock()
        return frame

    async def _next(self) -> av.VideoFrame:
        """The next frame that is due; the others are discarded."""
        step = self._load.step
        while True:
            frame = await self._picture.recv()
            assert isinstance(frame, av.VideoFrame)
            at = frame.time or 0.0
            if step.name is None or at >= self._due or at < self._due - 1 / step.fps:
                self._due = at + 0.8 / step.fps  # a frame that comes a little early is not discarded
                return frame

    def stop(self) -> None:
        super().stop()
        self._picture.stop()


def _scaled(frame: av.VideoFrame, px: int) -> av.VideoFrame:
    scale = px / max(frame.width, frame.height)
    width, height = (int(side * scale) // 2 * 2 for side in (frame.width, frame.height))
    smaller = frame.reformat(width, height, "yuv420p")
    smaller.pts, smaller.time_base = frame.pts, frame.time_base
    smaller.pict_type = PictureType.NONE
    return smaller

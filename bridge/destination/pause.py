"""When the pictures of a receiver pause because its path is too slow for them and drops them (`bridge.net.sendqueue`).

That happens over TCP alone: there nothing is lost, and all that is sent too fast waits. The pictures pause until the
path has sent what waits, and begin again with keyframes. A keyframe costs bit rate for all receivers of a source, so a
path that stays too slow pauses longer each time.
"""

from __future__ import annotations

import math
from typing import Protocol

MIN_PAUSE_S, MAX_PAUSE_S = 0.3, 8.0
"""Seconds of the first pause and of the longest: each that follows soon after another is twice as long."""
STEADY_PATH_S = 10.0
"""Seconds of pictures after which the next pause is a first one again."""


class PausablePath(Protocol):
    """A path to a peer, which may be too slow."""

    @property
    def is_dropping(self) -> bool:
        """Whether it drops pictures, until `resume`."""

    def resume(self) -> bool:
        """Send pictures again, if nothing waits any more. Returns whether it does."""


class PicturePause:
    """The pauses of one receiver."""

    __slots__ = ("_ends_at", "_length", "_resumed_at", "is_on")

    def __init__(self) -> None:
        self.is_on = False
        """The pictures pause."""
        self._length = MIN_PAUSE_S
        self._ends_at = self._resumed_at = -math.inf

    def update(self, path: PausablePath, now: float) -> bool:
        """Begin or end a pause, as `path` demands. Returns whether one has begun."""
        if not path.is_dropping:
            self.is_on = False
            return False
        if not self.is_on:
            is_first = now - self._resumed_at >= STEADY_PATH_S
            self._length = MIN_PAUSE_S if is_first else min(MAX_PAUSE_S, self._length * 2)
            self._ends_at = now + self._length
            self.is_on = True
            return True
        if now >= self._ends_at and path.resume():
            self.is_on, self._resumed_at = False, now
        return False

"""Whether a way loses packets, or brings them late."""

from __future__ import annotations

from collections import deque

TIMES = 3
WITHIN = 5.0
"""Seconds. So often in so long is 0.5 % of a picture of 120 packets a second; less is an accident."""


class LossWatch:
    """Takes note of each mishap. `now` is in monotonic seconds."""

    __slots__ = ("_mishaps",)

    def __init__(self) -> None:
        self._mishaps: deque[float] = deque(maxlen=TIMES)

    def note(self, now: float) -> None:
        """A packet was missing."""
        self._mishaps.append(now)

    def is_rough(self, now: float) -> bool:
        """Whether that has happened often of late."""
        return len(self._mishaps) == TIMES and now - self._mishaps[0] <= WITHIN

"""Whether a path loses packets often."""

from __future__ import annotations

from collections import deque

LOSSY_COUNT = 3
LOSSY_WINDOW_S = 5.0
"""That many losses in that time are 0.5 % of a picture of 120 packets a second; fewer are chance."""


class LossWatch:
    """The last losses on one path. `now` is in monotonic seconds."""

    __slots__ = ("_losses",)

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=LOSSY_COUNT)

    def on_loss(self, now: float) -> None:
        """One or more packets were missing."""
        self._losses.append(now)

    def is_lossy(self, now: float) -> bool:
        """Whether losses were frequent lately."""
        return len(self._losses) == LOSSY_COUNT and now - self._losses[0] <= LOSSY_WINDOW_S

"""How much is sent again: a receiver that drowns must not be given more of the same, nor one that lies what it asks
for."""

from __future__ import annotations

import math

ANSWERS = 3
"""How often one packet is sent again."""
SOONEST = 0.02
"""Seconds between two answers for one packet, or a round trip if that is longer: the last may still be on its
way."""
REMEMBERED = 2048
"""Answers noted at most."""
FORGOTTEN = 10.0
"""Seconds after which an answer says nothing any more: the sequence number may be of the next wrap."""


class RetransmissionLog:
    """Which packets of one slot were sent again, and when."""

    __slots__ = ("_given",)

    def __init__(self) -> None:
        self._given: dict[int, tuple[int, float]] = {}
        """Sequence number: how often, and when last."""

    def __len__(self) -> int:
        return len(self._given)

    def may(self, seq: int, now: float, rtt: float | None) -> bool:
        """Whether that packet may be sent again now. `rtt` in seconds."""
        count, when = self._given.get(seq, (0, -math.inf))
        if now - when >= FORGOTTEN:
            return True
        return count < ANSWERS and now - when >= max(SOONEST, rtt or 0.0)

    def note(self, seq: int, now: float) -> None:
        """It was."""
        count, when = self._given.pop(seq, (0, -math.inf))
        if len(self._given) >= REMEMBERED:
            del self._given[next(iter(self._given))]  # the one longest ago
        self._given[seq] = (count + 1 if now - when < FORGOTTEN else 1, now)


class TokenBucket:
    """So much a second, and so much at once after a quiet time."""

    __slots__ = ("_at", "_burst", "left")

    def __init__(self, burst: float, now: float) -> None:
        self.left = self._burst = burst
        self._at = now

    def refill(self, rate: float, now: float) -> None:
        """Time has passed since the last time, at `rate` a second."""
        self.left = min(self._burst, self.left + max(0.0, now - self._at) * rate)
        self._at = now

    def spend(self, amount: float) -> None:
        """Take `amount`; the last one taken may be more than was left."""
        self.left -= amount

"""A token bucket: so many at once, so many a second after that."""

from __future__ import annotations


class Bucket:
    """Permits `burst` at once and `rate` a second on average. `now` is in seconds on any steady clock."""

    __slots__ = ("_burst", "_level", "_rate", "_then")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._then = now

    def take(self, now: float) -> bool:
        """Take one; False if there is none to be had now."""
        self._level = min(self._burst, self._level + (now - self._then) * self._rate)
        self._then = now
        if self._level < 1:
            return False
        self._level -= 1
        return True

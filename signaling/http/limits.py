"""Limits on what clients may ask for: token buckets, and a share of the event loop."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable

from signaling.show.reasons import ProblemError, ProblemReason


class RateLimit:
    """A token bucket: `burst` at once, `rate` a second on average. `now` is monotonic, in seconds."""

    __slots__ = ("_burst", "_rate", "_tokens", "_updated")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._updated = now

    def take(self, now: float, amount: float = 1) -> bool:
        """Take tokens. Returns False, and takes none, if there are too few."""
        self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True


class RateLimits:
    """A token bucket for each key. Only the last `max_keys` keys are kept; others begin with a full bucket."""

    def __init__(self, rate: float, burst: float, max_keys: int) -> None:
        self._rate, self._burst, self._max_keys = rate, burst, max_keys
        self._limits: OrderedDict[Hashable, RateLimit] = OrderedDict()

    def take(self, key: Hashable, now: float) -> bool:
        """Take a token of `key`. Returns False if there is none."""
        limit = self._limits.setdefault(key, RateLimit(self._rate, self._burst, now))
        self._limits.move_to_end(key)
        if len(self._limits) > self._max_keys:
            self._limits.popitem(last=False)
        return limit.take(now)


class LoopShare:
    """A context for one task at a time, which may take at most `share` of the event loop's time.

    For work that does not yield, requested by many at once: 75 offers in one round of the loop delayed the picture by
    0.3 s. Tasks wait in order; the context raises `ProblemError`, for `reason`, when `max_waiting` wait already.
    """

    def __init__(self, share: float, max_waiting: int, reason: ProblemReason = "offers-waiting") -> None:
        self._share = share
        self._max_waiting = max_waiting
        self._reason: ProblemReason = reason
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._began = 0.0

    async def __aenter__(self) -> None:
        if self._waiting >= self._max_waiting:
            raise ProblemError(self._reason)
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
        self._began = asyncio.get_running_loop().time()

    async def __aexit__(self, *exception: object) -> None:
        loop = asyncio.get_running_loop()
        took = loop.time() - self._began
        loop.call_later(took * (1 / self._share - 1), self._turn.release)

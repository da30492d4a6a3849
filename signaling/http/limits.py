"""Token buckets: so much at once, so much a second after that."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable

from signaling.show.reasons import Reasoned


class Bucket:
    """Permits `burst` at once and `rate` a second on average. `now` is in seconds on any steady clock."""

    __slots__ = ("_burst", "_level", "_rate", "_then")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._level = burst
        self._then = now

    def take(self, now: float, amount: float = 1) -> bool:
        """Take so much; False if there is not that much to be had now."""
        self._level = min(self._burst, self._level + (now - self._then) * self._rate)
        self._then = now
        if self._level < amount:
            return False
        self._level -= amount
        return True


class Buckets:
    """A bucket for each name. Only the last `most` names that asked are known; the others begin with a full one."""

    def __init__(self, rate: float, burst: float, most: int) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def take(self, name: Hashable, now: float) -> bool:
        """Take one of `name`; False if there is none to be had now."""
        bucket = self._buckets.setdefault(name, Bucket(self._rate, self._burst, now))
        self._buckets.move_to_end(name)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket.take(now)


class Pace:
    """Lets one in at a time, and so often that what they do takes at most `share` of the event loop.

    For work that does not yield, of which many may be asked for at once: 75 offers in one round of the loop held up
    the picture by 0.3 s. Whoever waits comes in the order of asking; more than `most` are turned away.
    """

    def __init__(self, share: float, most: int) -> None:
        self._share = share
        self._most = most
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._began = 0.0

    async def __aenter__(self) -> None:
        """Raises `TooManyWaiting` where too many wait."""
        if self._waiting >= self._most:
            raise TooManyWaiting("offers-waiting")
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


class TooManyWaiting(Reasoned):
    """Too many wait already. The text says to come back."""

"""Connections are listened to in turn: a few in each round of the event loop, whatever many of them send at once.

512 connections that each send a request in the same millisecond are 50 ms of work, and 600 pages of viewers that each
send what they may are 2 s, in which no packet goes on and no cut is made. Taken four in a round, they wait for each
other and nobody waits for them. Strangers, watchers and the crew each have turns of their own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

IN_A_ROUND: Final = 4
"""Things that have their turn in one round of the loop: 1 to 2 ms of work."""


class Turns:
    """Gives turns in the order of asking. Each connection asks for one at a time, so what waits is bounded."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, then: Callable[[], None]) -> None:
        """Call `then` when its turn has come: soon, but not in this round of the loop."""
        if not self._waiting:
            self._loop.call_soon(self._next)
        self._waiting.append(then)

    async def turn(self) -> None:
        """Returns when the caller's turn has come."""
        come: asyncio.Future[None] = self._loop.create_future()
        self.wait(lambda: None if come.done() else come.set_result(None))
        await come

    def _next(self) -> None:
        for _ in range(min(IN_A_ROUND, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._loop.call_soon(self._next)

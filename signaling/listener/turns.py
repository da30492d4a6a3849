"""Input is processed in turns: a few connections per iteration of the event loop, however many send at once.

512 connections that each send a request in the same millisecond make 50 ms of work, and 600 viewers that send at their
limits 2 s, during which no packet is forwarded and no cut is made. With four turns an iteration, they delay only each
other. Strangers, watchers and the crew have separate queues.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

MAX_PER_ITERATION: Final = 4
"""Turns in one iteration of the event loop: 1 to 2 ms of work."""


class Turns:
    """A queue of callbacks. Each connection has at most one in it, so its length is bounded."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, then: Callable[[], None]) -> None:
        """Call `then` when its turn has come, in a later iteration of the event loop."""
        if not self._waiting:
            self._loop.call_soon(self._next)
        self._waiting.append(then)

    async def wait_turn(self) -> None:
        """Returns when the caller's turn has come."""
        turn: asyncio.Future[None] = self._loop.create_future()
        self.wait(lambda: None if turn.done() else turn.set_result(None))
        await turn

    def _next(self) -> None:
        for _ in range(min(MAX_PER_ITERATION, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._loop.call_soon(self._next)

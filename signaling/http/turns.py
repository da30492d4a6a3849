"""Strangers are listened to in turn: a few in each round of the event loop, whatever many of them send at once.

512 connections that each send a request in the same millisecond are 50 ms of work, in which no packet goes on and no
cut is made. Taken four in a round, they wait for each other and nobody waits for them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

IN_A_ROUND: Final = 4
"""Strangers that are listened to in one round of the loop: 1 to 2 ms of work."""


class Turns:
    """Calls what it is given, in order. Each connection waits with one thing at most, so what waits is bounded."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, listen: Callable[[], None]) -> None:
        """Call `listen` when its turn has come: soon, but not in this round of the loop."""
        if not self._waiting:
            self._loop.call_soon(self._next)
        self._waiting.append(listen)

    def _next(self) -> None:
        for _ in range(min(IN_A_ROUND, len(self._waiting))):
            self._waiting.popleft()()
        if self._waiting:
            self._loop.call_soon(self._next)

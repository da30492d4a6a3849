"""Documents that cost much to make and may be a little old."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FRESH_FOR = 5.0
"""Seconds. Calendars come back after minutes, and nobody cuts by them."""


class TtlCache:
    """Makes each document at most once in `fresh_for` seconds, one at a time and in a thread.

    A calendar of 500 items takes 160 ms. The loop owes cuts to the second, and anybody with a viewer link may ask.
    """

    def __init__(self, fresh_for: float = FRESH_FOR) -> None:
        self._fresh_for = fresh_for
        self._documents: dict[str, tuple[float, bytes]] = {}
        self._making = asyncio.Lock()

    async def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The document called `name`, as `make` made it a moment ago or makes it now. Names are few, and ours."""
        async with self._making:
            loop = asyncio.get_running_loop()
            made, document = self._documents.get(name, (None, b""))
            if made is None or loop.time() - made >= self._fresh_for:
                document = await asyncio.to_thread(make)
                self._documents[name] = loop.time(), document
            return document

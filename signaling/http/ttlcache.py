"""Documents that are slow to make and may be a few seconds old."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

DOCUMENT_TTL_S = 5.0
"""Seconds for which a made document is sent again: calendars and conference apps poll every few minutes."""


class TtlCache:
    """Makes each document at most once in `ttl_s` seconds, one at a time and in a thread.

    A calendar of 500 items takes 160 ms, which would delay cuts, and anybody with a viewer link may ask.
    """

    def __init__(self, ttl_s: float = DOCUMENT_TTL_S) -> None:
        self._ttl_s = ttl_s
        self._documents: dict[str, tuple[float, bytes]] = {}
        self._making = asyncio.Lock()

    async def get(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The document `name`, cached or made now. Never evicted, so names must not come from clients."""
        async with self._making:
            loop = asyncio.get_running_loop()
            made, document = self._documents.get(name, (None, b""))
            if made is None or loop.time() - made >= self._ttl_s:
                document = await asyncio.to_thread(make)
                self._documents[name] = loop.time(), document
            return document

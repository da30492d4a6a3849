"""A bounded number of connections, shared fairly among their holders. Pure: it closes nothing itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

C = TypeVar("C", bound=Hashable)


class ConnectionShare(Generic[C]):
    """At most `limit` connections. One more is accepted, and an older one is evicted.

    The oldest connection of the holder with the most is evicted, so that a flood from one address hits only itself. If
    a hall, a proxy and an attacker share one address, the oldest of all is evicted, and a new one is always accepted.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: dict[Hashable, dict[C, None]] = {}
        """By holder, oldest first. No holder is without connections."""
        self._protected: set[C] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[C]:
        for held in list(self._held.values()):
            yield from list(held)

    def add(self, connection: C, holder: Hashable) -> C | None:
        """Add a connection. Returns the one to evict, if the share is over its limit; `remove` it when it closes."""
        self._held.setdefault(holder, {})[connection] = None
        self._count += 1
        return self._evicted(connection) if self._count > self.limit else None

    def remove(self, connection: C, holder: Hashable) -> None:
        """A connection has closed. Others than those of this share are ignored."""
        held = self._held.get(holder, {})
        if connection not in held:
            return
        del held[connection]
        if not held:
            del self._held[holder]
        self._count -= 1
        self._protected.discard(connection)

    def protect(self, connection: C) -> None:
        """Evict this connection only if its holder has no unprotected one."""
        self._protected.add(connection)

    def _evicted(self, newcomer: C) -> C:
        most = max(self._held.values(), key=len)
        unprotected = (c for c in most if c not in self._protected and c is not newcomer)
        return next(unprotected, next(iter(most)))

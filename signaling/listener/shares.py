"""A bounded number of connections, shared fairly among those who hold them. Pure: it closes nothing itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

C = TypeVar("C", bound=Hashable)


class Share(Generic[C]):
    """At most `limit` connections. One more is let in, and an older one has to go.

    The oldest goes of the holder that has most, so that a flood from one place takes only from itself. Where a hall, a
    proxy and an attacker hold them under one name, it is the oldest of all: a newcomer always gets its turn.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held: dict[Hashable, dict[C, None]] = {}
        """By holder, each in the order in which they came. No holder is without any."""
        self._kept: set[C] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[C]:
        for held in list(self._held.values()):
            yield from list(held)

    def add(self, connection: C, holder: Hashable) -> C | None:
        """Let `connection` in. Returns the one that has to go, if one has to; `remove` it as it closes."""
        self._held.setdefault(holder, {})[connection] = None
        self._count += 1
        return self._victim(connection) if self._count > self.limit else None

    def remove(self, connection: C, holder: Hashable) -> None:
        """It has closed. One that is not here is ignored."""
        held = self._held.get(holder, {})
        if connection not in held:
            return
        del held[connection]
        if not held:
            del self._held[holder]
        self._count -= 1
        self._kept.discard(connection)

    def keep(self, connection: C) -> None:
        """This one goes only when all of its holder's do."""
        self._kept.add(connection)

    def _victim(self, newcomer: C) -> C:
        most = max(self._held.values(), key=len)
        idle = (c for c in most if c not in self._kept and c is not newcomer)
        return next(idle, next(iter(most)))

"""When and from where each link was last used. In memory alone, so that a restart forgets it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from config.times import Instant
from signaling.access.table import MAX_LINKS


@dataclass(frozen=True, slots=True)
class LinkUse:
    """The last use of a link."""

    at: Instant
    address: str
    """The client's."""


class LinkUses:
    """The last use of each link, by its number."""

    def __init__(self) -> None:
        self._last: OrderedDict[int, LinkUse] = OrderedDict()

    def note(self, number: int, use: LinkUse) -> None:
        """A link was used."""
        self._last[number] = use
        self._last.move_to_end(number)
        if len(self._last) > MAX_LINKS:
            self._last.popitem(last=False)

    def last(self, number: int) -> LinkUse | None:
        """None: not since the server was started."""
        return self._last.get(number)

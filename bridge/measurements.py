"""How many peers may measure their lines: each is sent padding, 3.2 Mb/s for six seconds at most.

Who holds a link could draw it again and again, and from the server's own line. So there is a limit for each link and
one for all. A page that is refused measures nothing of this direction, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from bridge.rtp.retransmission import TokenBucket

MAX_MEASURING = 8
"""Peers at once: 26 Mb/s, and 3 % of a core."""
MAX_MEASURING_PER_LINK = 2
"""Peers of one link at once."""
MEASUREMENTS_IN_A_ROW = 4.0
"""Of one link, begun one after the other: a page is reloaded, and its line checked again."""
MEASUREMENTS_PER_S = 1 / 20
"""Of one link, in the long run: 1 Mb/s on average at most, less than the programme that it may receive anyway."""


class Measurements:
    """Which links have measured lately."""

    def __init__(self) -> None:
        self._links: dict[str, TokenBucket] = {}

    def begin(self, link: str, measuring: Sequence[str], now: float) -> bool:
        """Whether another peer of `link` may measure. `measuring`: the link of each peer that does so now."""
        if len(measuring) >= MAX_MEASURING or measuring.count(link) >= MAX_MEASURING_PER_LINK:
            return False
        for name, bucket in list(self._links.items()):
            bucket.refill(MEASUREMENTS_PER_S, now)
            if bucket.tokens >= MEASUREMENTS_IN_A_ROW:
                del self._links[name]
        bucket = self._links.setdefault(link, TokenBucket(MEASUREMENTS_IN_A_ROW, now))
        if bucket.tokens < 1:
            return False
        bucket.spend(1)
        return True

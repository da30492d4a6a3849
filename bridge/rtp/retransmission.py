"""Limits on retransmission, for overloaded receivers and for those that request more than they lost."""

from __future__ import annotations

import math
from itertools import islice

MAX_RETRANSMISSIONS = 3
"""Of one packet."""
MIN_INTERVAL_S = 0.02
"""Seconds between two retransmissions of one packet, or a round trip if that is longer: the last one may still be on
its way."""
MAX_ENTRIES = 2048
ENTRY_TTL_S = 10.0
"""Seconds after which an entry is void: the sequence number may belong to the next wrap."""


class RetransmissionLog:
    """Which packets of one slot were retransmitted, and when."""

    __slots__ = ("_entries",)

    def __init__(self) -> None:
        self._entries: dict[int, tuple[int, float]] = {}
        """Sequence number: how often, and when last."""

    def __len__(self) -> int:
        return len(self._entries)

    def allows(self, seq: int, now: float, rtt: float | None) -> bool:
        """Whether that packet may be retransmitted now. `rtt` in seconds."""
        count, last = self._entries.get(seq, (0, -math.inf))
        if now - last >= ENTRY_TTL_S:
            return True
        return count < MAX_RETRANSMISSIONS and now - last >= max(MIN_INTERVAL_S, rtt or 0.0)

    def record(self, seq: int, now: float) -> None:
        """That packet was retransmitted."""
        count, last = self._entries.pop(seq, (0, -math.inf))
        # The oldest first. Of 250 receivers, each with nine pictures, void entries would take a gigabyte.
        for oldest, (_, at) in list(islice(self._entries.items(), 2)):
            if len(self._entries) >= MAX_ENTRIES or now - at >= ENTRY_TTL_S:
                del self._entries[oldest]
        self._entries[seq] = (count + 1 if now - last < ENTRY_TTL_S else 1, now)


class TokenBucket:
    """A token bucket whose rate may change."""

    __slots__ = ("_capacity", "_refilled_at", "tokens")

    def __init__(self, capacity: float, now: float) -> None:
        self.tokens = self._capacity = capacity
        self._refilled_at = now

    def refill(self, rate: float, now: float) -> None:
        """Add `rate` tokens for each second since the last refill, up to the capacity."""
        self.tokens = min(self._capacity, self.tokens + max(0.0, now - self._refilled_at) * rate)
        self._refilled_at = now

    def spend(self, amount: float) -> None:
        """Take `amount`; the balance may become negative."""
        self.tokens -= amount

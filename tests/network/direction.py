"""One direction of a line: which packets it delivers, and when.

Pure: a seed, a size and the time in, the times of delivery out. It draws the same number of random numbers for every
packet. So what happens to packet n depends on the seed and on n, not on time or earlier options. Only a full queue and
a dark line depend on time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Direction:
    """The options may be changed at any time, for the packets from then on.

    The stages are, in order: dark, loss, rate and its queue, delay and jitter, duplication.
    """

    seed: int | str = 1
    delay: float = 0.0
    """Seconds."""
    jitter: float = 0.0
    """Seconds; each packet is late by up to this much more, evenly distributed."""
    reorder: bool = False
    """Whether jitter may let a packet overtake another. Without it a late packet delays those behind it."""
    loss: float = 0.0
    """Fraction of the packets, 0 to 1."""
    burst: float = 0.0
    """Packets lost in a row, on average (Gilbert's model); 0: independent losses. `loss` remains the share of all."""
    duplicate: float = 0.0
    """Fraction of the packets that is delivered twice, both at once."""
    rate: float = 0.0
    """Bits a second, of UDP payload; 0: no limit."""
    queue: float = 65536.0
    """Bytes that may wait for the rate; further packets are dropped (tail drop)."""
    dark: bool = False
    """Nothing passes."""
    counts: Counts = field(default_factory=lambda: Counts())

    def __post_init__(self) -> None:
        self._random = random.Random(
            f"{self.seed}"
        ).random  # a text seed gives the same numbers in every Python
        self._in_burst = False
        self._free = 0.0
        """When the queue will be empty."""
        self._latest = 0.0

    def deliver(
        self, size: int, now: float, *, is_cut: bool = False, is_exempt: bool = False
    ) -> tuple[float, ...]:
        """When a packet of `size` bytes that comes at `now` is delivered: never, once or twice.

        One that `is_cut` is not delivered; one that `is_exempt` is not lost.
        """
        luck, lateness, duplication = self._random(), self._random(), self._random()
        is_lost = self._is_lost(luck) and not is_exempt
        counts = self.counts
        counts.packets += 1
        if self.dark or is_cut:
            counts.dark += 1
        elif is_lost:
            counts.lost += 1
        elif self.rate and not self._queued(size, now):
            counts.overflowed += 1
        else:
            at = (self._free if self.rate else now) + self.delay + lateness * self.jitter
            if at < self._latest:
                at = at if self.reorder else self._latest
                counts.overtaking += self.reorder
            self._latest = max(self._latest, at)
            counts.delivered += 1
            counts.bytes += size
            if duplication < self.duplicate:
                counts.duplicated += 1
                return at, at
            return (at,)
        return ()

    def _is_lost(self, luck: float) -> bool:
        if not self.burst:
            return luck < self.loss
        # Gilbert 1960: two states, and in the bad one all is lost. Mean duration 1/r, share of time p/(p+r). If bursts
        # of that length with one packet between them cannot make the loss, they get longer.
        ends = min(1 / self.burst, (1 - self.loss) / self.loss) if self.loss else 1.0
        begins = self.loss * ends / (1 - self.loss) if self.loss < 1 else 1.0
        self._in_burst = luck >= ends if self._in_burst else luck < begins
        return self._in_burst

    def _queued(self, size: int, now: float) -> bool:
        """Put a packet into the queue, if there is room."""
        free = max(self._free, now)
        if (free - now) * self.rate / 8 + size > self.queue:
            return False
        self._free = free + size * 8 / self.rate
        return True


@dataclass
class Counts:
    """`packets` came in; each is in one of the next four."""

    packets: int = 0
    delivered: int = 0
    lost: int = 0
    overflowed: int = 0
    """Dropped because the queue was full."""
    dark: int = 0
    """Dropped because the line was dark, or the address cut off."""
    duplicated: int = 0
    overtaking: int = 0
    bytes: int = 0
    """Of the delivered packets, each counted once."""

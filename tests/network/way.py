"""One direction of a line: what becomes of each packet.

Pure: a seed, a size and the time in, the times of delivery out. For every packet the same number of random numbers is
drawn, whatever the options are, so that the fate of packet n depends on the seed and on n, not on time nor on what was
set before; only a queue that is full and a line that is dark know the time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Way:
    """The options may be changed while it runs; they hold for the packets that come from then on.

    The stages, in order: dark, loss, rate and its queue, delay and jitter, duplication.
    """

    seed: int | str = 1
    delay: float = 0.0
    """Seconds."""
    jitter: float = 0.0
    """Seconds; each packet is late by up to so much more, evenly spread."""
    reorder: bool = False
    """Whether jitter may let a packet overtake another. Without it a late packet holds up those behind it."""
    loss: float = 0.0
    """Fraction of the packets, 0 to 1."""
    burst: float = 0.0
    """Packets lost in a row, on average (Gilbert's model); 0: each by itself. `loss` stays the fraction of all."""
    duplicate: float = 0.0
    """Fraction of the packets delivered twice, both at once."""
    rate: float = 0.0
    """Bits a second, of UDP payload; 0: no limit."""
    queue: float = 65536.0
    """Bytes that wait for the rate at most; what comes beyond is dropped (tail drop)."""
    dark: bool = False
    """Nothing passes."""
    counts: Counts = field(default_factory=lambda: Counts())

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.seed}").random  # the text: the same numbers in every Python
        self._in_burst = False
        self._free = 0.0
        """When the rate has sent what is in the queue."""
        self._latest = 0.0

    def deliver(
        self, size: int, now: float, *, is_cut: bool = False, is_spared: bool = False
    ) -> tuple[float, ...]:
        """When a packet of `size` bytes that comes at `now` is delivered: never, once or twice.

        To one that `is_cut` the way is dark; one that `is_spared` is not lost, whatever befalls the others.
        """
        luck, lateness, twin = self._random(), self._random(), self._random()
        is_lost = self._is_lost(luck) and not is_spared
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
            if twin < self.duplicate:
                counts.duplicated += 1
                return at, at
            return (at,)
        return ()

    def _is_lost(self, luck: float) -> bool:
        if not self.burst:
            return luck < self.loss
        # Gilbert 1960: two states, all is lost in the bad one. Mean stay there 1/r, share of time there p/(p+r).
        # More loss than bursts of that length can make, with one packet between them, makes them longer.
        ends = min(1 / self.burst, (1 - self.loss) / self.loss) if self.loss else 1.0
        begins = self.loss * ends / (1 - self.loss) if self.loss < 1 else 1.0
        self._in_burst = luck >= ends if self._in_burst else luck < begins
        return self._in_burst

    def _queued(self, size: int, now: float) -> bool:
        """Put a packet into the queue of the rate, if it has room."""
        free = max(self._free, now)
        if (free - now) * self.rate / 8 + size > self.queue:
            return False
        self._free = free + size * 8 / self.rate
        return True


@dataclass
class Counts:
    """What a way has done with its packets: `packets` came in, each of them is in one of the next four."""

    packets: int = 0
    delivered: int = 0
    lost: int = 0
    overflowed: int = 0
    """Dropped because the queue was full."""
    dark: int = 0
    """Dropped because the line was dark, or their address cut off."""
    duplicated: int = 0
    overtaking: int = 0
    bytes: int = 0
    """Of what was delivered, each packet once."""

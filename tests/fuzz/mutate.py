"""Inputs near valid ones, as faulty and hostile senders and bit errors produce them."""

from __future__ import annotations

import random
from collections.abc import Sequence

NOTABLE = (0, 1, 0x7F, 0x80, 0xBE, 0xDE, 0xFE, 0xFF)
"""Limits of lengths, flags and signs."""


class Mutator:
    """Makes inputs from seeds; the same `seed` makes the same ones."""

    def __init__(self, seed: int, seeds: Sequence[bytes], *, largest: int = 1600) -> None:
        """No input has more than `largest` bytes."""
        self._random = random.Random(seed)
        self._seeds = tuple(seeds)
        self._largest = largest

    def next(self) -> bytes:
        """The next input. Some are unchanged seeds, which reach states that need a valid input."""
        rng = self._random
        data = bytearray(rng.choice(self._seeds))
        for _ in range(min(8, int(rng.expovariate(0.6)))):
            self._change(data)
        return bytes(data[: self._largest])

    def _change(self, data: bytearray) -> None:
        rng = self._random
        if not data:
            data += rng.randbytes(rng.randint(1, 40))
            return
        at = rng.randrange(len(data))
        match rng.randrange(8):
            case 0:
                data[at] ^= 1 << rng.randrange(8)
            case 1:
                data[at] = rng.randrange(256)
            case 2:
                data[at] = rng.choice(NOTABLE)
            case 3:
                del data[at:]
            case 4:
                del data[at : at + rng.randint(1, 8)]
            case 5:
                data[at:at] = rng.randbytes(rng.randint(1, 8))
            case 6:
                data[at:at] = data[at : at + rng.randint(1, 64)] * rng.randint(1, 8)
            case _:
                other = rng.choice(self._seeds)
                data[at:] = other[rng.randrange(len(other) + 1) :]

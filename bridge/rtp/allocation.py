"""How one receiver's pictures share the bit rate of its downlink.

The allocations of a set of pictures are the rungs of a ladder. On rung 0 each picture has the best layer that its tile
needs. From rung to rung one picture gives up one step. First all pictures get smaller: the largest layers first, and of
equal ones the last picture first. Then pictures stop, from the last one on. On the last rung none is sent.

So more bit rate never means less for any picture, and the first picture, the main one, stops last.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

Rates = Sequence[Sequence[int]]
"""For each picture the bits a second of its layers, the best first. A picture without layers has no source now."""


def allocate(rates: Rates, rung: int) -> tuple[int, ...]:
    """For each picture the index of its layer on this rung; the number of its layers if it is stopped."""
    return _levels(tuple(map(len, rates)), rung)


def ladder(rates: Rates) -> list[int]:
    """The bits a second that each rung needs, the most first; 0 on the last.

    A smaller layer counts no more than a larger one, also when the larger one's picture is still.
    """
    capped = [[min(layers[: place + 1]) for place in range(len(layers))] + [0] for layers in rates]
    levels = [0] * len(rates)
    needs = [sum(layers[0] for layers in capped)]
    for picture in _steps(tuple(map(len, rates))):
        level = levels[picture]
        levels[picture] += 1
        needs.append(needs[-1] - capped[picture][level] + capped[picture][level + 1])
    return needs


def rung_within(needs: Sequence[int], bitrate: float) -> int:
    """The first rung of a ladder that needs at most `bitrate` bits a second."""
    return next((rung for rung, need in enumerate(needs) if need <= bitrate), len(needs) - 1)


@lru_cache(maxsize=1024)
def _levels(layers: tuple[int, ...], rung: int) -> tuple[int, ...]:
    given_up = _steps(layers)[:rung]
    return tuple(given_up.count(picture) for picture in range(len(layers)))


@lru_cache(maxsize=256)
def _steps(layers: tuple[int, ...]) -> tuple[int, ...]:
    """Which picture gives up a step, from rung to rung; `layers`: how many each has."""
    sizes = range(max(layers, default=0), 1, -1)
    from_last = range(len(layers))[::-1]
    smaller = [picture for size in sizes for picture in from_last if layers[picture] >= size]
    return (*smaller, *(picture for picture in from_last if layers[picture]))

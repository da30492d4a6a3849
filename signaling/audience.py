"""Destinations, and how many pages of each are connected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import get_args

from bridge.engine import MediaStats
from signaling.access.links import Link
from signaling.show.media_docs import Connected, path_of
from signaling.show.recipients import who
from signaling.show.terms import PagePath, Role


@dataclass(frozen=True, slots=True)
class LinkDestination:
    """The destination that a join link leads to: a place, or the pages of a role."""

    id: str
    role: Role
    name: str
    link: Link | None = field(default=None, compare=False)
    """The join link that it used; its peer must not outlive the link. None: the server itself."""

    @property
    def recipient(self) -> str | None:
        """What messages and talkback call it: a place, a booth, `desk` or `stage`; None for viewers."""
        return who(self.role, self.id.removeprefix(f"{self.role}:"))


_WORSE = {path: rank for rank, path in enumerate(get_args(PagePath))}


def audience(
    connections: Iterable[tuple[LinkDestination, MediaStats | None, PagePath | None]],
) -> dict[str, Connected]:
    """By destination: the number of connections, the statistics of the worst one, codecs that any cannot decode,
    the worst path, and whether any path loses large packets.

    `connections` are destination, statistics, and the path that the page has reported, if any.
    """
    places: dict[str, LinkDestination] = {}
    stats: dict[str, list[MediaStats]] = {}
    counts: Counter[str] = Counter()
    undecodable: dict[str, set[str]] = {}
    paths: dict[str, list[PagePath]] = {}
    for place, measured, reported in connections:
        places[place.id] = place
        counts[place.id] += 1
        codecs = undecodable.setdefault(place.id, set())
        if measured is not None:
            stats.setdefault(place.id, []).append(measured)
            codecs.update(measured.cannot_decode)
        path = path_of(reported, measured)
        if path is not None:
            paths.setdefault(place.id, []).append(path)
    return {
        id_: Connected(
            place.role,
            place.name,
            counts[id_],
            max(stats.get(id_, ()), key=_badness, default=None),
            tuple(sorted(undecodable[id_])),
            max(paths.get(id_, ()), key=_WORSE.__getitem__, default=None),
            any(one.loses_large for one in stats.get(id_, ())),
        )
        for id_, place in places.items()
    }


def _badness(stats: MediaStats) -> tuple[float, float]:
    """For sorting: loss counts before round-trip time, since loss is visible and audible."""
    return (stats.loss or 0.0, stats.rtt_ms or 0.0)

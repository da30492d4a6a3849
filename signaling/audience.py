"""Who is connected, as the programme matrix and the pages know them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bridge.engine import MediaStats
from signaling.access.links import Link
from signaling.show.terms import Role
from signaling.show.view import Connected


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a connection belongs."""

    id: str
    role: Role
    name: str
    link: Link | None = field(default=None, compare=False)
    """By which it came: picture and sound must not outlive it. None for those of the server itself."""


def audience(connections: Iterable[tuple[Destination, MediaStats | None]]) -> dict[str, Connected]:
    """By destination how many connections show it, with the figures of the worst of their links and what any of them
    cannot decode."""
    places: dict[str, Destination] = {}
    links: dict[str, list[MediaStats]] = {}
    counts: Counter[str] = Counter()
    undecodable: dict[str, set[str]] = {}
    for place, link in connections:
        places[place.id] = place
        counts[place.id] += 1
        unshown = undecodable.setdefault(place.id, set())
        if link is not None:
            links.setdefault(place.id, []).append(link)
            unshown.update(link.cannot_decode)
    return {
        id_: Connected(
            place.role,
            place.name,
            counts[id_],
            max(links.get(id_, ()), key=_badness, default=None),
            tuple(sorted(undecodable[id_])),
        )
        for id_, place in places.items()
    }


def _badness(link: MediaStats) -> tuple[float, float]:
    """Loss is seen and heard; a long way is only felt. What was not measured yet is not bad."""
    return (link.loss or 0.0, link.rtt_ms or 0.0)

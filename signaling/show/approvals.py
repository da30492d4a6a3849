"""Approvals: a moderator has seen and heard a place before the show, which its people can then rely on.

An approval stays, with its time, until a moderator takes it back, also when the place reconnects or changes a device:
the time says how long ago it was. An event file without the place ends it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from config.model import Event, place_of
from config.times import Instant, iso
from signaling.show.facts import Approved, Fact
from signaling.show.lookup import find_venue_or_guest
from signaling.show.show import Show


def approve(show: Show, wanted: str, ok: bool, at: Instant) -> Iterator[Fact]:
    """A second approval is another fact, with a later time: people are looked at again after a change."""
    place = find_venue_or_guest(show, wanted)
    if ok or place in show.approved:
        yield Approved(place=place, ok=ok, at=at)


def with_approval(show: Show, fact: Approved) -> dict[str, Instant]:
    """The approvals after `fact`, by place."""
    others = {place: at for place, at in show.approved.items() if place != fact.place}
    return still_there({**others, fact.place: fact.at} if fact.ok else others, show.event)


def still_there(approved: Mapping[str, Instant], event: Event) -> dict[str, Instant]:
    """The approvals of places that the event has."""
    return {place: at for place, at in approved.items() if place in event.venues or place in event.guests}


def approved_at(show: Show, source: str) -> str | None:
    """When the place of a source was last approved; None if it is not."""
    at = show.approved.get(place_of(source))
    return None if at is None else iso(at, show.event.timezone)

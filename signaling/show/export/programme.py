"""The agenda for other people's calendars and players: what runs when, with whom and where, and nothing else.

The moderator's notes are not in it, since these lists are made to be passed on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from config.faults import unknown
from config.model import Event, Guest, Item, Span, Venue, place_of
from config.times import Instant
from signaling.show.rundown import rows_at
from signaling.show.show import Show


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """One item as it is passed on."""

    item: Item
    id: UUID
    """Stays the same however the item moves."""
    span: Span
    """Expected, or what was; planned where it is not expected to be on air (again)."""
    skipped: bool
    revised: Instant | None = None
    """Since when all of that is as it is; None where it is so since the beginning, or nobody has kept account."""


def entries(show: Show, now: Instant) -> Iterator[PublishedItem]:
    """Every item in the agenda's order, as expected at `now`."""
    for row in rows_at(show, now):
        # An event has no id. Those of its items must hold when it is moved, or a file corrects its title.
        id = uuid5(NAMESPACE_URL, f"schalte:{show.name}:{row.item.id}")
        yield PublishedItem(row.item, id, row.expected or row.item.planned, row.status == "skipped")


def room(event: Event, item: Item) -> Venue:
    """The venue that an item belongs to: where it comes from; for a guest or the slate the host, or the first venue."""
    return (
        event.venues.get(place_of(item.source))
        or event.venues.get(event.host or "")
        or next(iter(event.venues.values()))
    )


class UnknownPlace(ValueError):
    """There is no such venue or guest; the text says which there are."""


def zone_of(event: Event, place: str | None) -> ZoneInfo:
    """The zone of a venue or guest by its id; None for the event's own.

    Raises:
        UnknownPlace: if there is no such venue or guest.
    """
    if place is None:
        return event.timezone
    places: dict[str, Venue | Guest] = {**event.venues, **event.guests}
    if place not in places:
        raise UnknownPlace(unknown("venue or guest", place, {id: id for id in places}))
    return places[place].timezone

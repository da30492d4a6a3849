"""The agenda for calendars and players outside: what runs when, with whom and where.

It has no moderators' notes, since it is made to be passed on.
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
    """One item as it is published."""

    item: Item
    id: UUID
    """Stays the same when the item moves."""
    span: Span
    """Expected or actual; planned if it is not expected to be on air (again)."""
    skipped: bool
    revised: Instant | None = None
    """The last change of any of these; None: unchanged since the beginning, or unknown."""


def published_items(show: Show, now: Instant) -> Iterator[PublishedItem]:
    """Every item in the agenda's order, as expected at `now`."""
    for row in rows_at(show, now):
        # An event has no id. Its items' ids must stay when the event moves or a reload corrects its title.
        id = uuid5(NAMESPACE_URL, f"schalte:{show.name}:{row.item.id}")
        yield PublishedItem(row.item, id, row.expected or row.item.planned, row.status == "skipped")


def room(event: Event, item: Item) -> Venue:
    """The venue of an item: that of its source; for a guest or the slate the host's, or else the first venue."""
    return (
        event.venues.get(place_of(item.source))
        or event.venues.get(event.host or "")
        or next(iter(event.venues.values()))
    )


class UnknownPlace(ValueError):
    """There is no such venue or guest; the text names known ones."""


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

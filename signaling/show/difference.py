"""What a changed event file would change now. The desk shows it before the reload, so that mistakes are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from config.model import Event, Item
from config.times import Instant, iso
from signaling.show.eventtext import EventText
from signaling.show.evolve import replay
from signaling.show.reload import reload
from signaling.show.rundown import Row, rows_at
from signaling.show.show import Show
from signaling.show.wire.difference import (
    Difference,
    EventField,
    ItemChange,
    ItemField,
    ItemMove,
    ItemRef,
    PlaceRef,
)

ATTRIBUTES = {"with": "beside", "return": "return_source"}
"""By field in the event file, the attributes with another name."""


def difference(show: Show, file: EventText, now: Instant) -> Difference:
    """What a `reload` of this file would change at `now`.

    Raises:
        CommandRefused: it would be refused, for this reason.
    """
    after = replay(show, *reload(show, file, now))
    was = {row.item.id: row for row in rows_at(show, now)}
    will_be = {row.item.id: row for row in rows_at(after, now)}
    both = [(was[id], row) for id, row in will_be.items() if id in was]
    return Difference(
        new=[_ref(row.item) for id, row in will_be.items() if id not in was],
        gone=[_ref(row.item) for id, row in was.items() if id not in will_be],
        moved=list(_moved(show.event, after.event, both)),
        changed=list(_changed(both)),
        too_late=[_ref(item) for item in file.event.agenda if item.id not in will_be],
        places_new=_places(after.event, without=show.event),
        places_gone=_places(show.event, without=after.event),
        event=[name for name in get_args(EventField) if _is_changed(name, show.event, after.event)],
    )


def _ref(item: Item) -> ItemRef:
    return ItemRef(id=item.id, title=item.title)


def _moved(old: Event, new: Event, both: list[tuple[Row, Row]]) -> Iterator[ItemMove]:
    """Items whose expected start changes, appears or disappears."""
    for before, after in both:
        start = None if before.expected is None else before.expected.start
        starts = None if after.expected is None else after.expected.start
        if start != starts:
            yield ItemMove(
                id=after.item.id,
                title=after.item.title,
                before=None if start is None else iso(start, old.timezone),
                after=None if starts is None else iso(starts, new.timezone),
            )


def _changed(both: list[tuple[Row, Row]]) -> Iterator[ItemChange]:
    for before, after in both:
        names = {name: ATTRIBUTES.get(name, name) for name in get_args(ItemField)}
        if before.status == "on-air":
            # It keeps its return picture; the merge only makes the default explicit.
            del names["return"]
        fields: list[ItemField] = [
            name
            for name, attribute in names.items()
            if getattr(before.item, attribute) != getattr(after.item, attribute)
        ]
        if fields:
            yield ItemChange(id=after.item.id, title=after.item.title, fields=fields)


def _is_changed(field: EventField, old: Event, new: Event) -> bool:
    if field == "interpreters":
        return any(new.booths.get(id, booth) != booth for id, booth in old.booths.items())
    return bool(getattr(old, field) != getattr(new, field))


def _places(event: Event, *, without: Event) -> list[PlaceRef]:
    """Venues, guests and booths of `event` that `without` does not have, or has as another kind."""
    return [
        *(PlaceRef(id=v.id, name=v.name) for v in event.venues.values() if v.id not in without.venues),
        *(PlaceRef(id=g.id, name=g.name) for g in event.guests.values() if g.id not in without.guests),
        *(PlaceRef(id=b.id, name=b.name) for b in event.booths.values() if b.id not in without.booths),
    ]

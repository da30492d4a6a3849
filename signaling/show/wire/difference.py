"""The wire: what a changed event file would change."""

from __future__ import annotations

from typing import Literal

from signaling.show.wire.base import EventYaml, WireModel

ItemField = Literal[
    "title", "start", "duration", "hard", "source", "with", "layout", "mics", "return", "speaker", "language", "type",
    "follow", "advance", "fallback", "skip", "notes", "warn", "danger",
]  # fmt: skip
"""What an item has, as the event file calls it."""
EventField = Literal["title", "timezone", "language", "host"]


class FileText(WireModel):
    """Asks for the difference that a changed event file would make."""

    yaml: EventYaml


class ItemRef(WireModel):
    id: str
    title: str


class ItemMove(WireModel):
    """An item that is to begin at another time; null: it is not expected to be on air."""

    id: str
    title: str
    before: str | None
    after: str | None


class ItemChange(WireModel):
    id: str
    title: str
    fields: list[ItemField]


class PlaceRef(WireModel):
    """A venue or a guest."""

    id: str
    name: str


class Difference(WireModel):
    """What a `reload` would change now. Nothing has changed yet."""

    new: list[ItemRef]
    gone: list[ItemRef]
    moved: list[ItemMove]
    changed: list[ItemChange]
    too_late: list[ItemRef]
    """New in the file, but above what is or was on air: they will not come by themselves, and are left out."""
    places_new: list[PlaceRef]
    places_gone: list[PlaceRef]
    event: list[EventField]
    """What changes of the event itself."""

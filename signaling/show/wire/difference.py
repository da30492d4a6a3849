"""What a changed event file would change."""

from __future__ import annotations

from typing import Literal

from signaling.show.wire.base import EventYaml, WireModel

ItemField = Literal[
    "title", "start", "duration", "hard", "source", "with", "layout", "mics", "return", "speaker", "language", "type",
    "follow", "advance", "fallback", "skip", "notes", "warn", "danger",
]  # fmt: skip
"""The fields of an item, by their keys in the event file."""
EventField = Literal["title", "timezone", "language", "host", "languages", "interpreters", "presets"]
"""The fields of the event itself, by their keys in the event file. `interpreters`: a booth that both files have."""


class FileText(WireModel):
    """Asks for the difference that a changed event file would make."""

    yaml: EventYaml


class ItemRef(WireModel):
    id: str
    title: str


class ItemMove(WireModel):
    """An item whose expected start changes; null: it is not expected to be on air."""

    id: str
    title: str
    before: str | None
    after: str | None


class ItemChange(WireModel):
    id: str
    title: str
    fields: list[ItemField]


class PlaceRef(WireModel):
    """A venue, a guest or a booth."""

    id: str
    name: str


class Difference(WireModel):
    """What a `reload` would change now. Nothing has changed yet."""

    new: list[ItemRef]
    gone: list[ItemRef]
    moved: list[ItemMove]
    changed: list[ItemChange]
    too_late: list[ItemRef]
    """New in the file, but above the item on air or last on air; they are left out."""
    places_new: list[PlaceRef]
    places_gone: list[PlaceRef]
    event: list[EventField]
    """The changed fields of the event itself."""

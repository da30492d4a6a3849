"""The wire: what a changed event file would change."""

from __future__ import annotations

from signaling.show.wire.base import EventYaml, WireModel


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
    fields: list[str]
    """As the event file calls them."""


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
    event: list[str]
    """What changes of the event itself: `title`, `timezone`, `language`, `host`."""

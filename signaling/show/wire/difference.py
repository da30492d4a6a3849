"""The wire: what a changed event file would change."""

from __future__ import annotations

from signaling.show.wire.base import EventYaml, Wire


class FileText(Wire):
    """Asks for the difference that a changed event file would make."""

    yaml: EventYaml


class ItemRef(Wire):
    id: str
    title: str


class ItemMove(Wire):
    """An item that is to begin at another time; null: it is not expected to be on air."""

    id: str
    title: str
    before: str | None
    after: str | None


class ItemChange(Wire):
    id: str
    title: str
    fields: list[str]
    """As the event file calls them."""


class PlaceRef(Wire):
    """A venue or a guest."""

    id: str
    name: str


class Difference(Wire):
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

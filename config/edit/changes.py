"""Changes of an agenda: what moderators edit at the desk, and what the agenda says then, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.edit.scalars import normalized
from config.names import free_id, item_ids, slug
from config.yamltext.tree import Data

Fields = Mapping[str, Data]
"""Values by key, as the file says them. None: the item has no such key."""


@dataclass(frozen=True, slots=True)
class SetFields:
    """Give an item these values; None removes a key."""

    item: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class MoveItem:
    """Put an item above another; None: at the end."""

    item: str
    before: str | None


@dataclass(frozen=True, slots=True)
class AddItem:
    """A new item above another; None: at the end."""

    before: str | None
    fields: Fields


@dataclass(frozen=True, slots=True)
class RemoveItem:
    item: str


Change = SetFields | MoveItem | AddItem | RemoveItem


class UnknownItem(ValueError):
    """A change names an item that the agenda does not have."""

    def __init__(self, item: str) -> None:
        super().__init__(f"There is no item {item!r} in the event file.")
        self.item = item


class NotEditable(ValueError):
    """The file is written in a form that cannot be edited without loss. The text says which."""


@dataclass(eq=False)
class Entry:
    """An item of the agenda while it is edited."""

    id: str
    fields: dict[str, Data]
    written: int | None
    """Its index in the file; None for a new one."""
    change: int | None = None
    """Of a new item: the index of the change that adds it."""
    placed: bool = False
    """A change has put it where it is."""
    changed: dict[str, None] = field(default_factory=dict)
    """Keys that are to be written anew, or removed, in this order."""

    def set(self, key: str, value: Data) -> None:
        value = normalized(
            "" if value is None and key == "title" else value
        )  # a title may be faulty, but is there
        if value == normalized(self.fields.get(key)):
            return
        if value is None:
            self.fields.pop(key)
        else:
            self.fields[key] = value
        self.changed[key] = None


def entries_of(items: Sequence[Fields]) -> list[Entry]:
    """The items of an agenda without faults, with the ids that they have in the show."""
    ids = item_ids([_text(item, "title") for item in items], [_text(item, "id") or None for item in items])
    return [Entry(id, dict(item), n) for n, (id, item) in enumerate(zip(ids, items, strict=True))]


def apply(entries: list[Entry], changes: Sequence[Change], taken: frozenset[str] = frozenset()) -> None:
    """Change the entries, in the order of the changes.

    Every item keeps its id: where the id that is made from a title would become another, it is written into the item.
    A new item has its id written. `taken` are ids that it must not get besides those of the agenda.

    Raises:
        UnknownItem: a change names an item that is not there.
    """
    ever = {entry.id for entry in entries} | taken
    for n, change in enumerate(changes):
        match change:
            case SetFields(item, fields):
                entry = entries[_index(entries, item)]
                for key, value in fields.items():
                    entry.set(key, value)
            case MoveItem(item, before):
                if item != before:
                    entry = entries.pop(_index(entries, item))
                    entry.placed = True
                    entries.insert(_index(entries, before), entry)
            case AddItem(before, fields):
                at = _index(entries, before)
                id = _text(fields, "id") or free_id(slug(_text(fields, "title")) or "item", ever, {})
                ever.add(id)
                entry = Entry(id, {"id": id}, None, n, placed=True)
                for key, value in fields.items():
                    entry.set(key, value)
                entries.insert(at, entry)
            case RemoveItem(item):
                del entries[_index(entries, item)]
    _keep_ids(entries)


def _keep_ids(entries: list[Entry]) -> None:
    """Write the ids that would become others. Each one that is written may take that of an item without.

    Those of items that were placed or named anew come first, as the others often need none then.
    """
    while True:
        own = [_text(entry.fields, "id") or None for entry in entries]
        made = item_ids([_text(entry.fields, "title") for entry in entries], own)
        lost = [entry for entry, id in zip(entries, made, strict=True) if id != entry.id]
        if not lost:
            return
        for entry in [entry for entry in lost if entry.placed or "title" in entry.changed] or lost:
            entry.fields = {"id": entry.id, **entry.fields}
            entry.changed["id"] = None


def _index(entries: list[Entry], item: str | None) -> int:
    """The position of an item; None: behind the last."""
    if item is None:
        return len(entries)
    for n, entry in enumerate(entries):
        if entry.id == item:
            return n
    raise UnknownItem(item)


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    return value.strip() if isinstance(value, str) else ""

"""Changes the agenda in the text of an event file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config.edit.changes import Change, Entry, Fields, apply, entries_of
from config.yamltext.dump import dump
from config.yamltext.tree import load_tree


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed event file. It may have faults."""

    text: str
    entries: tuple[Entry, ...]
    """The items of its agenda, in their order."""


def edited(text: str, changes: Sequence[Change], taken: frozenset[str] = frozenset()) -> Edited:
    """The text of an event file with these changes of its agenda. `text` has no faults.

    Raises:
        UnknownItem: a change names an item that is not in the file.
        NotEditable: the text would lose something.
    """
    document: Any = load_tree(text).data
    entries = entries_of(document["agenda"])
    apply(entries, changes, taken)
    return Edited(dump(document | {"agenda": [entry.fields for entry in entries]}), tuple(entries))


@dataclass(frozen=True, slots=True)
class Written:
    """What an event file says, before names, times and defaults are resolved."""

    items: tuple[Entry, ...]
    defaults: Fields


def written(text: str) -> Written:
    """What the text of an event file without faults says."""
    document: Any = load_tree(text).data
    return Written(tuple(entries_of(document["agenda"])), document.get("defaults") or {})

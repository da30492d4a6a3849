"""Changes the agenda in the text of an event file, and nothing else in it: no comment, no quote, no line end.

The text is cut at the places of its values. `ruamel.yaml`, which is made for this, takes 0.2 s of processor time to
read and write 100 items, and writes every line anew, with indents and line ends of its own. This takes 0.01 s, and an
edit is previewed while somebody drags a line of the agenda.

So that cutting cannot change what nobody asked for, the new text is read again and compared with what it should say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from config.edit.changes import Change, Entry, Fields, NotEditable, apply, entries_of
from config.edit.item import new_item, with_value
from config.edit.layout import AgendaLayout, Lines, layout_of, put_together
from config.yamltext.tree import Data, InvalidYaml, load_tree

BOM: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed event file. It may have faults."""

    text: str
    entries: tuple[Entry, ...]
    """The items of its agenda, in their order."""


@dataclass(frozen=True, slots=True)
class Written:
    """What an event file says, before names, times and defaults are resolved."""

    items: tuple[Entry, ...]
    defaults: Fields


class BrokenEdit(Exception):
    """A changed text does not say what it should. It is a bug."""


def written(text: str) -> Written:
    """What the text of an event file without faults says."""
    document = _document(text)
    return Written(tuple(entries_of(document["agenda"])), document.get("defaults") or {})


# The same file is edited for each preview while somebody drags.
_LAYOUT = lru_cache(maxsize=2)(layout_of)


@lru_cache(maxsize=2)
def _document(text: str) -> dict[str, Any]:
    """What a file says, not to be changed."""
    data: Any = load_tree(text).data
    return dict(data)


def edited(text: str, changes: Sequence[Change], taken: frozenset[str] = frozenset()) -> Edited:
    """The text of an event file with these changes of its agenda. `text` has no faults.

    Args:
        taken: ids that a new item must not get, besides those of the agenda.

    Raises:
        UnknownItem: a change names an item that is not in the file.
        NotEditable: the text would lose something, or say something else.
    """
    document, layout = _document(text), _LAYOUT(text.removeprefix(BOM))
    entries = entries_of(document["agenda"])
    apply(entries, changes, taken)
    if not entries:
        raise NotEditable("the agenda would be empty, and an event has at least one item")
    items = [(entry.written, entry.placed, _lines(layout, entries, n)) for n, entry in enumerate(entries)]
    found = put_together(layout, items)
    new = BOM * text.startswith(BOM) + found
    _check(new, document | {"agenda": [entry.fields for entry in entries]}, entries, layout)
    return Edited(new, tuple(entries))


def _lines(layout: AgendaLayout, entries: Sequence[Entry], n: int) -> str:
    """The lines of the `n`th item."""
    entry = entries[n]
    if entry.written is None:
        near = _neighbour(layout, entries, n)
        return new_item(entry.fields, layout.column, near.offset, layout.eol, in_flow=near.is_flow)
    lines = layout.items[entry.written].text
    for name in entry.changed:
        lines = with_value(lines, name, entry.fields.get(name), layout.eol)
    return lines


def _neighbour(layout: AgendaLayout, entries: Sequence[Entry], n: int) -> Lines:
    """The item whose form a new one takes: the one above it, else the one below, else the first of the file."""
    around = [*reversed(entries[:n]), *entries[n:]]
    index = next((entry.written for entry in around if entry.written is not None), 0)
    return layout.items[index]


def _check(text: str, wanted: dict[str, Data], entries: Sequence[Entry], layout: AgendaLayout) -> None:
    """Check that a changed text says what it should.

    Raises:
        NotEditable: it does not, and has something that the change may have torn apart.
        BrokenEdit: it does not.
    """
    try:
        data = load_tree(text).data
    except InvalidYaml as fault:
        if layout.has_anchors:
            raise NotEditable("what is named by an anchor would be changed for others too") from fault
        raise BrokenEdit(str(fault)) from fault
    said = normalized_part(data)
    if said == normalized_part(wanted) and _keeps_ids(data, entries):
        return
    if layout.has_anchors:
        raise NotEditable("what is named by an anchor would be changed for others too")
    if layout.has_deep_comment:
        raise NotEditable("a comment above an item is indented so far that it would become a text")
    raise BrokenEdit("the changed event file says something else")


def _keeps_ids(data: Any, entries: Sequence[Entry]) -> bool:
    """Whether every item has its id. If the file gives one id twice, that is a fault of its own."""
    if max(Counter(entry.id for entry in entries).values()) > 1:
        return True
    return [entry.id for entry in entries_of(data["agenda"])] == [entry.id for entry in entries]


def normalized_part(part: Data) -> Data:
    """Data without what the schema ignores: outer space of a text."""
    match part:
        case dict():
            return {key: normalized_part(value) for key, value in part.items()}
        case list():
            return [normalized_part(value) for value in part]
        case _:
            return part.strip() if part is not None else None

"""The faults of a changed event file, each with the item and key that have it."""

from __future__ import annotations

from collections.abc import Sequence

from config.edit.changes import Entry
from config.faults import EventFileError, Fault
from config.yamltext.tree import Data
from signaling.show.reasons import CommandRefused, PlacedFault


def file_refusal(error: EventFileError, entries: Sequence[Entry] = ()) -> CommandRefused:
    """The refusal of an event file with faults. `entries` are the items of an edited agenda."""
    refused = CommandRefused("event-file", faults=str(error))
    refused.faults = tuple(_placed(fault, entries) for fault in error.faults)
    return refused


def _placed(fault: Fault, entries: Sequence[Entry]) -> PlacedFault:
    entry: Entry | None = None
    key: str | None = None
    value: str | None = None
    match fault.path:
        case ("agenda", int(n), *rest):
            entry = entries[n] if n < len(entries) else None
            key = str(rest[0]) if rest else None
            value = (
                _inside(entry.fields.get(key), rest[1:]) if entry is not None and key is not None else None
            )
        case _:
            pass
    return PlacedFault(
        item=None if entry is None or entry.change is not None else entry.id,
        change=None if entry is None else entry.change,
        field=key,
        line=fault.line,
        column=fault.column,
        message=fault.what,
        code=fault.code,
        details={} if value is None or fault.code is None else {"value": value},
    )


def _inside(value: Data, path: Sequence[str | int]) -> str | None:
    match value, path:
        case str(text), _:
            return text
        case list(values), [int(n), *_] if n < len(values):
            return _inside(values[n], ())
        case _:
            return None

"""Decides changes of the agenda that moderators make at the desk: the event file with the changes, then a reload.

Comments and layout of the file stay; see `config.edit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.edit.changes import (
    AddItem,
    Change,
    Entry,
    Fields,
    MoveItem,
    NotEditable,
    RemoveItem,
    SetFields,
    UnknownItem,
)
from config.faults import EventFileError, Fault
from config.model import SLATE
from config.times import Instant
from config.yamltext.tree import Data
from signaling.show.asking import asked
from signaling.show.eventtext import EventText
from signaling.show.evolve import replay
from signaling.show.facts import Fact
from signaling.show.lookup import find_item
from signaling.show.reasons import CommandRefused, PlacedFault
from signaling.show.reload import reload_facts
from signaling.show.show import Show
from signaling.show.steps import command_facts
from signaling.show.terms import BY_DESK, Author
from signaling.show.wire.commands import Edit
from signaling.show.wire.edit import (
    AddFileItem,
    AnyEdit,
    EventFileDoc,
    FileItem,
    FileValue,
    MoveFileItem,
    RemoveFileItem,
    SetItemFields,
)


def edited(show: Show, command: Edit) -> EventText:
    """The event file of a show with the changes of a command, parsed. 1000 items take 0.5 s.

    Raises:
        CommandRefused: an item is not in the file, or the file would have faults.
    """
    if show.file is None:
        raise CommandRefused("no-file")
    _ = show.file.event  # parsed here, as this may be a thread
    # What has been on air stays in the show, also if the file has lost it.
    taken = frozenset(show.index)
    try:
        file, entries = show.file.edited([_change(change) for change in command.changes], taken)
    except UnknownItem as fault:
        raise CommandRefused("item-stays", item=find_item(show, fault.item).title) from fault
    except NotEditable as fault:
        raise CommandRefused("not-editable", why=str(fault)) from fault
    try:
        _ = file.event
    except EventFileError as error:
        raise refusal(error, entries) from error
    return file


def refusal(error: EventFileError, entries: Sequence[Entry]) -> CommandRefused:
    """The refusal of a changed event file with faults. `entries` are the items of its agenda."""
    refused = CommandRefused("event-file", faults=str(error))
    refused.faults = tuple(_placed(fault, entries) for fault in error.faults)
    return refused


def _placed(fault: Fault, entries: Sequence[Entry]) -> PlacedFault:
    entry: Entry | None = None
    key: str | None = None
    value: str | None = None
    match fault.path:
        case ("agenda", int(n), *rest) if n < len(entries):
            entry = entries[n]
            key = str(rest[0]) if rest else None
            value = None if key is None else _inside(entry.fields.get(key), rest[1:])
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


def edit(show: Show, file: EventText, command: Edit, now: Instant, by: Author = BY_DESK) -> tuple[Fact, ...]:
    """The facts of the command `edit`. `file` is what `edited` made of this show, or of an earlier one with the same
    event.

    Raises:
        CommandRefused: it cannot be done now.
    """
    at = show.clock(now)
    facts = tuple(edit_facts(show, file, command, at))
    return command_facts(show, asked(command, facts, by, at), facts, at)


def edit_facts(show: Show, file: EventText, command: Edit, at: Instant) -> Iterator[Fact]:
    for change in command.changes:
        _check_stays(show, change)
    facts = tuple(reload_facts(show, file, at))
    # In the file, what is above the item on air has been. An item that comes there would never run.
    left_out = {item.id for item in show.file.event.agenda if item.id not in show.index} if show.file else ()
    after = replay(show, *facts).index
    for item in file.event.agenda:
        if item.id not in after and item.id not in left_out:
            raise CommandRefused("item-lost", item=item.title)
    yield from facts


def file_document(show: Show, rev: int) -> EventFileDoc:
    """The agenda as the event file of a show says it. `rev` is the revision with which the event last changed.

    Raises:
        CommandRefused: the show has no text.
    """
    if show.file is None:
        raise CommandRefused("no-file")
    written = show.file.written()
    return EventFileDoc(
        rev=rev,
        items=[FileItem(id=item.id, fields=_fields(item.fields)) for item in written.items],
        defaults=_fields(written.defaults),
        languages=list(show.event.languages),
        sources=[*show.event.sources, SLATE],
    )


def _fields(written: Fields) -> dict[str, str | list[str]]:
    """The values of a part of a file without faults: texts and lists of texts."""
    return {
        key: [str(one) for one in value] if isinstance(value, list) else str(value).strip()
        for key, value in written.items()
        if value is not None
    }


def _check_stays(show: Show, change: AnyEdit) -> None:
    """What has been on air stays as it was, and what is on air stays where it is."""
    if isinstance(change, AddFileItem) or change.item not in show.index:
        return
    item = show.event.agenda[show.index[change.item]]
    if isinstance(change, SetItemFields):
        if item.id in show.runs and item.id != show.on_air:
            raise CommandRefused("over", item=item.title)
    elif item.id in show.runs:
        raise CommandRefused("item-stays", item=item.title)


def _change(change: AnyEdit) -> Change:
    match change:
        case SetItemFields(item=item, fields=fields):
            return SetFields(item, {key: _value(value) for key, value in fields.items()})
        case MoveFileItem(item=item, before=before):
            return MoveItem(item, before)
        case AddFileItem(before=before, fields=fields):
            return AddItem(before, {key: _value(value) for key, value in fields.items()})
        case RemoveFileItem(item=item):
            return RemoveItem(item)


def _value(value: FileValue) -> Data:
    """A value as the file says it. A list of its own for each item: values are not shared."""
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return [*value]
        case _:
            return value

"""Decides changes of the agenda that moderators make at the desk: the event file with the changes, then a reload.

Comments and layout of the file stay; see `config.edit`.
"""

from __future__ import annotations

from collections.abc import Iterator

from config.edit.changes import (
    AddItem,
    Change,
    Fields,
    MoveItem,
    NotEditable,
    RemoveItem,
    SetFields,
    UnknownItem,
)
from config.faults import EventFileError
from config.model import SLATE
from config.times import Instant
from config.yamltext.tree import Data
from signaling.show.asking import asked
from signaling.show.eventtext import EventText
from signaling.show.evolve import replay
from signaling.show.facts import Fact
from signaling.show.filefaults import file_refusal
from signaling.show.lookup import find_item
from signaling.show.reasons import CommandRefused
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
        CommandRefused: an item is not in the file or has to stay, or the file would have faults.
    """
    _check_stays(show, command)
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
        raise file_refusal(error, entries) from error
    return file


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
    _check_stays(show, command)  # again: time has passed
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


def _check_stays(show: Show, command: Edit) -> None:
    """What has been on air stays as it was, what is on air stays where it is, and nothing comes above that."""
    for change in command.changes:
        if not isinstance(change, AddFileItem) and change.item in show.runs and change.item in show.index:
            title = show.event.agenda[show.index[change.item]].title
            if not isinstance(change, SetItemFields):
                raise CommandRefused("item-stays", item=title)
            if change.item != show.on_air:
                raise CommandRefused("over", item=title)
        if (
            isinstance(change, AddFileItem | MoveFileItem)
            and change.before is not None
            and show.index.get(change.before, len(show.index)) <= show.position
        ):
            raise CommandRefused("item-lost", item=_name(show, change))


def _name(show: Show, change: AddFileItem | MoveFileItem) -> str:
    """The title of the item that a change places."""
    if isinstance(change, MoveFileItem):
        return find_item(show, change.item).title
    title = change.fields.get("title")
    return title if isinstance(title, str) else ""


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

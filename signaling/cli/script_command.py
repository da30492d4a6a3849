"""Reads the commands in the script of a rehearsal, with the server's types. The names in them must be in the event."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import NoneType
from typing import get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from config.faults import Faults, KeyPath, shown, unknown
from config.languages import CUES, channel_of
from config.model import SLATE, Booth, Event, Guest, Venue
from config.names import source_names
from config.yamlfile import plain_words
from config.yamltext.tree import Data
from signaling.show.recipients import AT_DESK, places, recipients
from signaling.show.wire.commands import COMMAND, Admit, AnyCommand, Command, Edit

COMMANDS: dict[str, type[AnyCommand]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind
    for kind in get_args(AnyCommand)
    if kind not in (Admit, Edit)
}
"""The commands of a script, by their `type`."""
NO_COMMANDS = {
    "admit": "a rehearsal has no pages that wait for admission; leave this entry out",
    "edit": "a rehearsal has no desk that edits the file; change the event file itself, or `reload` another one",
}
"""Commands that a script cannot have, and why."""

PLACEHOLDER = "-"
"""Stands for a null while the other values are read as text."""


def ids_by_name(event: Event) -> dict[str, str]:
    """The ids of venues, guests and booths by their names for people, as hints for misspelt ids."""
    named: list[Venue | Guest | Booth] = [
        *event.booths.values(),
        *event.venues.values(),
        *event.guests.values(),
    ]
    return {one.name: one.id for one in named}


class CommandReader:
    """Reads the commands of one script."""

    def __init__(self, event: Event, faults: Faults) -> None:
        self._faults = faults
        self._ids: dict[str, tuple[int, int]] = {}
        """Ids of commands, each with its first position."""
        self._channels = event.languages
        sources = {**source_names((place.id, place.inputs) for place in event.places), SLATE: SLATE}
        items = _themselves(item.id for item in event.agenda)
        to = _themselves(recipients(event))
        cues = _themselves((*CUES, *event.presets))
        called = ids_by_name(event)
        self._names: dict[str, tuple[str, Mapping[str, str], Mapping[str, str]]] = {
            "source": ("source", sources, called),
            "with": ("source", sources, called),
            "item": ("item", items, {item.title: item.id for item in event.agenda}),
            "from": ("item", items, {item.title: item.id for item in event.agenda}),
            "message.to": ("recipient", to, called),
            "cue.to": ("recipient", to, called),
            "approve.place": ("place", _themselves((*event.venues, *event.guests)), called),
            "flag.of": ("place", _themselves((*places(event), AT_DESK)), called),
            "booth": ("booth", _themselves(event.booths), called),
            "cue.what": ("cue", cues, {}),
            "message.preset": ("cue", cues, {}),
        }
        """By field, or by command and field: the kind of the name, every known name, and hints."""

    def read(self, n: int, data: Mapping[str, Data]) -> Command | None:
        """The command of entry `n`, or None if it has a fault. A key without a value is null, or absent."""
        path: KeyPath = (n, "do")
        kind = self._kind(path, data.get("type"))
        if kind is None:
            return None
        fields = {field.serialization_alias or name: field for name, field in kind.model_fields.items()}
        texts: dict[str, str] = {}
        others: dict[str, list[str] | None] = {}
        for key, value in data.items():
            field = fields.get(key)
            if isinstance(value, list) and field is not None and get_origin(field.annotation) is list:
                others[key] = self._list((*path, key), value)
            elif value is None and field is not None and NoneType in get_args(field.annotation):
                others[key] = None
            elif value is not None:
                texts |= self._text((*path, key), value, field)
        self._check_names(path, str(texts["type"]), {**texts, **others})
        self._check_id(path, texts)
        return self._validated(path, fields, {"id": f"script-{n + 1}"} | texts, others)

    def _kind(self, path: KeyPath, written: Data) -> type[AnyCommand] | None:
        if written is None:
            self._faults.missing_key((*path, "type"))
        elif not isinstance(written, str):
            self._faults.add((*path, "type"), "a single value is expected here")
        elif written in NO_COMMANDS:
            self._faults.add((*path, "type"), NO_COMMANDS[written])
        elif written not in COMMANDS:
            self._faults.add((*path, "type"), unknown("command", written, _themselves(COMMANDS)))
        else:
            return COMMANDS[written]
        return None

    def _text(self, path: KeyPath, value: Data, field: FieldInfo | None) -> dict[str, str]:
        """The value of a field that is not a list; nothing if it has a fault."""
        if field is not None and get_origin(field.annotation) is list:
            self._faults.add(path, plain_words("tuple_type", ""))
        elif isinstance(value, str):
            return {str(path[-1]): value}
        else:
            self._faults.add(path, "a single value is expected here")
        return {}

    def _list(self, path: KeyPath, values: list[Data]) -> list[str]:
        for i, value in enumerate(values):
            if not isinstance(value, str):
                self._faults.add((*path, i), "a single value is expected here")
        return [value for value in values if isinstance(value, str)]

    def _validated(
        self,
        path: KeyPath,
        fields: Mapping[str, FieldInfo],
        texts: dict[str, str],
        others: Mapping[str, list[str] | None],
    ) -> Command | None:
        """The command, or None if it has a fault.

        Values are texts, since only the command's type knows which are numbers. Its lists and nulls are added when the
        texts have become values.
        """
        empty = {key: PLACEHOLDER for key, value in others.items() if value is None}
        try:
            command = COMMAND.validate_strings(texts | empty)
            return (
                COMMAND.validate_python({**command.model_dump(by_alias=True), **others})
                if others
                else command
            )
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                key = str(found["loc"][1]) if len(found["loc"]) > 1 else "type"
                if found["type"] == "extra_forbidden":
                    self._faults.unknown_key((*path, key), fields)
                elif found["type"] == "missing":
                    self._faults.missing_key((*path, key))
                else:
                    self._faults.add((*path, key), _plain_words(found["type"], found["msg"]))
        return None

    def _check_names(
        self, path: KeyPath, command: str, written: Mapping[str, str | list[str] | None]
    ) -> None:
        """The places, sources, items, languages and cues of a command must be in the event."""
        for key, value in written.items():
            if (command, key) in (("floor", "language"), ("interpret", "to")) and isinstance(value, str):
                if channel_of(self._channels, value) is None:
                    self._faults.add((*path, key), unknown("channel", value, _themselves(self._channels)))
                continue
            kind, names, hints = self._names.get(f"{command}.{key}") or self._names.get(key, ("", {}, {}))
            for i, name in enumerate(value) if kind and isinstance(value, list) else ():
                if name not in names:
                    self._faults.add((*path, key, i), unknown(kind, name, {**hints, **names}))
            if kind and isinstance(value, str) and value not in names:
                self._faults.add((*path, key), unknown(kind, value, {**hints, **names}))

    def _check_id(self, path: KeyPath, written: dict[str, str]) -> None:
        """The server applies an id once, so a second command with it would have no effect."""
        if (id := written.get("id")) is None:
            return
        mark = self._faults.values[*path, "id"]
        if (first := self._ids.setdefault(id, mark)) != mark:
            what = f"the id `{shown(id)}` is in line {first[0]} already; choose another, or leave it out"
            self._faults.add((*path, "id"), what)


def _themselves(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _plain_words(kind: str, message: str) -> str:
    """pydantic's message about a command, in plain words."""
    match kind:
        case "float_parsing" | "int_parsing" | "finite_number":
            return "this is not a number; write a plain one, as in `seconds: 120`"
        case "string_pattern_mismatch":
            return "a seat has a name of 1 to 40 characters, without / and control characters"
        case "bool_parsing":
            return "this is neither true nor false; write `true` or `false`"
        case _:
            return message.removeprefix("Value error, ").replace("Input should", "this should")

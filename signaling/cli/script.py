"""Reads the script of a rehearsal: its entries in order of time, or every fault.

It is read like the event file (`config.yamlfile`), but consists of the show's commands, which `config` does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from config.faults import Faults, TooManyFaults, shown, unknown
from config.model import SLATE, Event
from config.names import source_names
from config.plan import instant_of
from config.schema import Flag, Part, Source, Time
from config.times import Instant, WrittenTime, local_date
from config.yamlfile import plain_words, read_text
from config.yamltext.tree import Data, InvalidYaml, load_tree
from signaling.show import rehearsal
from signaling.show.rehearsal import ModeratorEvent, ScriptEntry
from signaling.show.wire.commands import COMMAND, Admit, Command

EXAMPLES = '`- {at: "10:07:30", do: {type: hold}}` or `- {at: "10:20", lose: tokio}`'
ACTIONS = ("do", "lose", "back", "away")
"""The keys for what happens. Each entry has exactly one of them."""
ALL = "all"
"""All places, in the field of one."""

COMMANDS = {
    get_args(kind.model_fields["type"].annotation)[0]: kind
    for kind in get_args(get_args(Command)[0])
    if kind is not Admit
}
"""The commands of a script, by their `type`."""


class EntryPart(Part):
    """An entry as in the file."""

    at: Time | None = None
    do: dict[str, Any] | None = None
    """A command, as `signaling.show.wire.commands` has it; its id may be left out."""
    lose: Source | None = None
    back: Source | None = None
    away: Flag | None = None


def load(path: str | Path, event: Event) -> list[ScriptEntry]:
    """The script in a file, for a rehearsal of `event`.

    Raises:
        EventFileError: it cannot be read, or does not fit the event; has every fault.
    """
    faults = Faults(str(path))
    return parse(read_text(path, faults, "script"), event, faults)


def parse(text: str, event: Event, faults: Faults) -> list[ScriptEntry]:
    """The script in a text; raises as `load`."""
    entries: list[ScriptEntry] = []
    try:
        tree = load_tree(text)
        faults.values, faults.keys = tree.values, tree.keys
        for path, mark, what in tree.faults:
            faults.add_at(mark, faults.where(path), what)
        if isinstance(tree.data, list):
            reader = _Reader(event, faults)
            entries = [entry for n, data in enumerate(tree.data) if (entry := reader.read(n, data))]
        else:
            faults.add((), f"a list of entries is expected, such as {EXAMPLES}; write [] for none")
    except InvalidYaml as error:
        faults.add_at(error.mark, "YAML", error.what)
    except TooManyFaults:
        pass
    if faults.found:
        raise faults.error()
    return sorted(entries, key=lambda entry: entry.at)


class _Reader:
    """Reads entry by entry, since the day of a wall time depends on the entry above."""

    def __init__(self, event: Event, faults: Faults) -> None:
        self._event = event
        self._faults = faults
        self._day = local_date(event.agenda[0].planned.start, event.timezone)
        self._above: Instant | None = None
        self._ids: dict[str, tuple[int, int]] = {}
        """Ids of commands, each with its first position."""
        venues = ((venue.id, venue.inputs) for venue in event.venues.values())
        self._sources = source_names(venues, event.guests)
        self._items = {item.id: item.id for item in event.agenda}
        self._places = {place: place for place in (*event.venues, *event.guests)}
        self._ids_by_name = {venue.name: venue.id for venue in event.venues.values()}
        self._ids_by_name |= {guest.name: guest.id for guest in event.guests.values()}

    def read(self, n: int, data: Data) -> ScriptEntry | None:
        """The entry, or None if it has a fault."""
        if not isinstance(data, dict):
            self._faults.add((n,), f"keys with values are expected here, such as {EXAMPLES}")
            return None
        written = [key for key in ACTIONS if data.get(key) is not None]
        part, understood = self._part(n, data)
        at = self._at(n, part.at)
        for second in written[1:]:
            what = f"an entry has one event, this one has `{written[0]}` already; write a second entry"
            self._faults.add((n, second), what, at_key=True)
        if not written and understood:
            self._faults.add(
                (n,), f"nothing happens here; add one of {', '.join(f'`{key}`' for key in ACTIONS)}"
            )
        action = self._action(n, part)
        return None if at is None or action is None else ScriptEntry(at, action)

    def _part(self, n: int, data: dict[str, Data]) -> tuple[EntryPart, bool]:
        """An entry without its faulty keys, and whether all its keys are known."""
        try:
            return EntryPart.model_validate(data), True
        except ValidationError as error:
            understood = True
            for found in error.errors(include_url=False, include_input=False):
                key = str(found["loc"][0])
                if found["type"] == "extra_forbidden":
                    understood = False
                    self._faults.unknown_key((n, key), EntryPart.model_fields)
                else:
                    self._faults.add((n, key), plain_words(found["type"], found["msg"]))
                data.pop(key, None)
            return EntryPart.model_validate(data), understood

    def _at(self, n: int, stated: WrittenTime | None) -> Instant | None:
        if stated is None:
            self._faults.missing_key((n, "at"))
            return None
        # A time with a date does not depend on the entry above.
        above = self._above if stated.day is None else None
        try:
            self._above = instant_of(stated, above, self._day, self._event.timezone, "the entry above")
        except ValueError as fault:
            self._faults.add((n, "at"), str(fault))
            return None
        return self._above

    def _action(self, n: int, part: EntryPart) -> Command | rehearsal.SourceEvent | ModeratorEvent | None:
        if part.do is not None:
            return self._command(n, part.do)
        if part.lose is not None:
            return rehearsal.SourceEvent(self._source((n, "lose"), part.lose), lost=True)
        if part.back is not None:
            return rehearsal.SourceEvent(self._source((n, "back"), part.back), lost=False)
        return None if part.away is None else ModeratorEvent(part.away)

    def _source(self, path: tuple[str | int, ...], written: str) -> str:
        """The id of a source that the script names."""
        if written not in self._sources:
            self._faults.add(path, unknown("source", written, self._sources | self._ids_by_name))
        return self._sources.get(written, written)

    def _command(self, n: int, data: dict[str, Data]) -> Command | None:
        """A command, read with the server's types."""
        path = (n, "do")
        written: dict[str, str] = {}
        for key, value in data.items():
            if isinstance(value, str):
                written[key] = value
            elif value is not None:
                self._faults.add((*path, key), "a single value is expected here")
        if "type" not in written:
            self._faults.missing_key((*path, "type"))
            return None
        if written["type"] == "admit":
            what = "a rehearsal has no pages that wait for admission; leave this entry out"
            self._faults.add((*path, "type"), what)
            return None
        if (kind := COMMANDS.get(written["type"])) is None:
            choices = {name: name for name in COMMANDS}
            self._faults.add((*path, "type"), unknown("command", written["type"], choices))
            return None
        self._check_names(path, kind.model_fields.keys(), written)
        self._check_id(path, written)
        try:
            # Every value is still text: only the command's type knows which are numbers.
            return COMMAND.validate_strings({"id": f"script-{n + 1}"} | written)
        except ValidationError as error:
            for found in error.errors(include_url=False, include_input=False):
                key = str(found["loc"][-1])
                if found["type"] == "extra_forbidden":
                    known = [field.serialization_alias or name for name, field in kind.model_fields.items()]
                    self._faults.unknown_key((*path, key), known)
                elif found["type"] == "missing":
                    self._faults.missing_key((*path, key))
                else:
                    self._faults.add((*path, key), _plain_words(found["type"], found["msg"]))
        return None

    def _check_names(
        self, path: tuple[str | int, ...], fields: Iterable[str], written: dict[str, str]
    ) -> None:
        """The places, sources and items of a command must be in the event."""
        titles = {item.title: item.id for item in self._event.agenda}
        for field in fields:
            key, hints = field.rstrip("_"), dict[str, str]()
            match key:
                case "source":
                    kind, names, hints = "source", {**self._sources, SLATE: SLATE}, self._ids_by_name
                case "item" | "from":
                    kind, names, hints = "item", self._items, titles
                case "to":
                    kind, names, hints = "place", {**self._places, ALL: ALL}, self._ids_by_name
                case _:
                    continue
            if key in written and written[key] not in names:
                self._faults.add((*path, key), unknown(kind, written[key], {**hints, **names}))

    def _check_id(self, path: tuple[str | int, ...], written: dict[str, str]) -> None:
        """The server applies an id once, so a second command with it would have no effect."""
        if (id := written.get("id")) is None:
            return
        mark = self._faults.values[*path, "id"]
        if (first := self._ids.setdefault(id, mark)) != mark:
            what = f"the id `{shown(id)}` is in line {first[0]} already; choose another, or leave it out"
            self._faults.add((*path, "id"), what)


def _plain_words(kind: str, message: str) -> str:
    """pydantic's message about a command, in plain words."""
    match kind:
        case "float_parsing" | "int_parsing" | "finite_number":
            return "this is not a number; write a plain one, as in `seconds: 120`"
        case "bool_parsing":
            return "this is neither true nor false; write `true` or `false`"
        case _:
            return message.removeprefix("Value error, ").replace("Input should", "this should")

"""Reads the script of a rehearsal: its entries in order of time, or every fault.

It is read like the event file (`config.yamlfile`), but consists of the show's commands, which `config` does not know.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.faults import Faults, TooManyFaults, unknown
from config.model import Event
from config.names import source_names
from config.plan import instant_of
from config.schema import Flag, Part, Source, Time
from config.times import Instant, WrittenTime, local_date
from config.yamlfile import plain_words, read_text
from config.yamltext.tree import Data, InvalidYaml, load_tree
from signaling.cli.script_command import CommandReader, ids_by_name
from signaling.show import rehearsal
from signaling.show.rehearsal import ModeratorEvent, ScriptEntry
from signaling.show.wire.commands import Command

EXAMPLES = '`- {at: "10:07:30", do: {type: hold}}` or `- {at: "10:20", lose: tokio}`'
ACTIONS = ("do", "lose", "back", "away")
"""The keys for what happens. Each entry has exactly one of them."""


class EntryPart(Part):
    """An entry as in the file."""

    at: Time | None = None
    do: dict[str, Any] | None = None
    """A command, as `signaling.show.wire.commands` has it; its id may be left out."""
    lose: Source | None = None
    """A source or a booth."""
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
        self._commands = CommandReader(event, faults)
        sources = source_names((place.id, place.inputs) for place in event.places)
        self._losable = {**sources, **{booth: booth for booth in event.booths}}
        self._ids_by_name = ids_by_name(event)

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
            return self._commands.read(n, part.do)
        if part.lose is not None:
            return rehearsal.SourceEvent(self._lost((n, "lose"), part.lose), lost=True)
        if part.back is not None:
            return rehearsal.SourceEvent(self._lost((n, "back"), part.back), lost=False)
        return None if part.away is None else ModeratorEvent(part.away)

    def _lost(self, path: tuple[str | int, ...], written: str) -> str:
        """The id of the source or booth that the script names."""
        if written not in self._losable:
            self._faults.add(path, unknown("source", written, self._losable | self._ids_by_name))
        return self._losable.get(written, written)

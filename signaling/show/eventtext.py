"""The text of an event file, as the log and a `reload` carry it, and its event.

The only module of the show core that reads YAML. It opens no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from config.edit.changes import Change, Entry
from config.edit.edited import Written, edited, written
from config.model import Event
from config.yamlfile import parse

NAME = "event.yaml"
"""The file's name in faults; the real name is not sent with the text."""


@dataclass(frozen=True)
class EventText:
    """An event file's text, parsed once at most. Equal texts are equal, parsed or not."""

    text: str

    @cached_property
    def event(self) -> Event:
        """The event. Parsing 1000 items takes 0.4 s; on an event loop, call this in a thread first.

        Raises:
            EventFileError: the event cannot run; has every fault.
        """
        return parse(self.text, NAME)

    def edited(
        self, changes: Sequence[Change], taken: frozenset[str] = frozenset()
    ) -> tuple[EventText, tuple[Entry, ...]]:
        """The file with changes of its agenda, and the items of that. It may have faults.

        Raises:
            UnknownItem: a change names an item that is not in the file.
        """
        found = edited(self.text, changes, taken)
        return EventText(found.text), found.entries

    def written(self) -> Written:
        """What the file says, as it is written. It has no faults."""
        return written(self.text)

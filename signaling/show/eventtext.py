"""The text of an event file, as the log and a `reload` carry it, and its event.

The only module of the show core that reads YAML. It opens no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

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

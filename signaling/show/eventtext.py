"""The text of an event file, as the log and a `reload` carry it, and the event that it says.

The only module of the show core that reads YAML. It opens no file: `parse` is a function of its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from config.model import Event
from config.yamlfile import parse

NAME = "event.yaml"
"""Replaces the file's name in faults; the real name does not travel with the text."""


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

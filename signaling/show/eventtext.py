"""The event in a text, as the log and a `reload` carry it: text in, event out.

The one place of the show core that reads the file's language. It knows no file: `parse` is a function of its text.
"""

from __future__ import annotations

from functools import lru_cache

from config.faults import EventFileError, Fault
from config.model import Event
from config.yamlfile import parse

NAME = "event.yaml"
"""What stands for the file in faults; the file's own name does not travel with its text."""


def event_of(text: str) -> Event:
    """The event that a text says.

    Raises:
        EventFileError: if it cannot run; has every fault.
    """
    found = read(text)
    if isinstance(found, Event):
        return found
    raise EventFileError(found)


@lru_cache(maxsize=8)  # reading 500 items takes 0.06 s, and a fact is looked at many times over
def read(text: str) -> Event | tuple[Fault, ...]:
    """The event that a text says, or every fault of it. Whoever must not wait has a thread call this beforehand."""
    try:
        return parse(text, NAME)
    except EventFileError as error:
        return error.faults

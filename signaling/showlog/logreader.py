"""Reads only the new entries of a running show's log, for documents that are made again and again.

Reading thousands of entries for every request would delay cuts.
"""

from __future__ import annotations

from collections.abc import Iterator

from signaling.show.facts import Fact, UnknownFact, from_json
from signaling.showlog.interface import LogEntry, ShowLog, ShowLogError


class UnreadableLog(Exception):
    """The show log cannot be read. The text says why."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(f"The show log cannot be read: {fault}")


class LogReader:
    """Blocks while it reads. Call it in one thread at a time."""

    def __init__(self, show_log: ShowLog) -> None:
        self._log = show_log
        self._next_number = 1

    def new(self) -> Iterator[tuple[LogEntry, tuple[Fact, ...]]]:
        """The entries that were not read yet, with their facts.

        Raises:
            UnreadableLog: see there.
        """
        try:
            for entry in self._log.read_from(self._next_number):
                facts = tuple(from_json(fact) for fact in entry.facts)
                self._next_number += 1
                yield entry, facts
        except (ShowLogError, UnknownFact) as fault:
            raise UnreadableLog(fault) from fault

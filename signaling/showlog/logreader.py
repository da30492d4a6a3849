"""Reads the log of a running show on from where it was read before, for documents that are made again and again.

What was read is not read again: a day of 500 items and thousands of entries would be replayed whole for everyone who
asks, in a process that owes cuts to the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from signaling.show.facts import Fact, UnknownFact, from_json
from signaling.showlog.store import Record, StoreError

PAGE: Final = 200
"""Entries read at once. Commands wait for the log meanwhile: about 2 ms."""


class Unreadable(Exception):
    """The show log cannot be read. The text says why."""

    def __init__(self, fault: Exception) -> None:
        super().__init__(f"The show log cannot be read: {fault}")


class LogReader:
    """Blocks while it reads, so call it in a thread, and in one at a time."""

    def __init__(self, read: Callable[[int, int], Sequence[Record]]) -> None:
        """`read` gives the entries of the log after one of that number, at most so many."""
        self._read = read
        self._seq = 0

    def new(self) -> Iterator[tuple[Record, tuple[Fact, ...]]]:
        """Each entry since the last that was taken, and its facts.

        Raises:
            Unreadable: see there.
        """
        try:
            while page := self._read(self._seq, PAGE):
                for record in page:
                    facts = tuple(from_json(fact) for fact in record.facts)
                    self._seq = record.seq
                    yield record, facts
        except (StoreError, UnknownFact) as fault:
            raise Unreadable(fault) from fault

"""The report of a running show, for its moderators: made from the log as it grows.

What was read is not read again. A day of 500 items and thousands of entries would otherwise be replayed whole for
every moderator who looks, in a process that owes cuts to the second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final

from config.model import Event
from config.times import Instant
from signaling import store
from signaling.show.facts import UnknownFact, from_json
from signaling.show.report import Account, Entry, Refusal, Report
from signaling.show.report_data import as_csv, as_json
from signaling.store import Record, StoreError

FRESH_FOR: Final = 1.0
"""Seconds. Whoever asks within them gets the same report."""
PAGE: Final = 200
"""Entries read at once. Commands wait for the log meanwhile: about 2 ms."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False)


class Unreadable(Exception):
    """The show log cannot be read. The text says why."""


def entry(record: Record) -> Entry:
    """A line of the log as the report takes it.

    Raises:
        UnknownFact: another version wrote it.
    """
    return Entry(record.by, record.command is not None, tuple(from_json(fact) for fact in record.facts))


def refusal(told: store.Refusal) -> Refusal:
    """A refused command of the log as the report takes it."""
    return Refusal(Instant(told.at), told.by, told.type, told.code, told.message, told.left_out)


class Reporter:
    """Makes the report of one show again and again. Its methods block and want to be called one at a time."""

    def __init__(
        self,
        event: Event,
        read: Callable[[int, int], Sequence[Record]],
        refused: Callable[[], Sequence[store.Refusal]],
        now: Callable[[], Instant],
    ) -> None:
        """`read` gives the entries of the log after one of that number, at most so many; `refused` all commands that
        were refused."""
        self._read = read
        self._refused = refused
        self._now = now
        self._account = Account(event)
        self._seq = 0

    def as_json(self) -> bytes:
        """The whole report, as `schalte report --format json` gives it.

        Raises:
            Unreadable: see there.
        """
        # In pieces, since `dumps` keeps all other threads waiting: 11 ms for a day of 500 items, and a cut may be due.
        return "".join(_ENCODER.iterencode(as_json(self._report()))).encode()

    def as_csv(self) -> bytes:
        """One row per item, as `schalte report --format csv` gives it.

        Raises:
            Unreadable: see there.
        """
        return as_csv(self._report()).encode()

    def _report(self) -> Report:
        try:
            while page := self._read(self._seq, PAGE):
                for record in page:
                    told = entry(record)
                    self._seq = record.seq
                    self._account.add(told)
            refusals = [refusal(told) for told in self._refused()]
        except (StoreError, UnknownFact) as fault:
            raise Unreadable(f"The show log cannot be read: {fault}") from fault
        return self._account.report(self._now(), refusals)

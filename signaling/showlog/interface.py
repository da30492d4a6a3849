"""The interface of the show log: an append-only list of entries with one writer.

Reading all entries from the first rebuilds the show. `filelog` stores them in a file. Another implementation may store
them elsewhere. Each has its own `open`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from config.times import Instant
from signaling.show.report.report import RefusedCommand

_SALVAGE = (
    "Nothing was changed. To go on with all that can be read of it, start the server with --salvage; "
    "the damaged file is kept beside the new one."
)


class ShowLogError(Exception):
    """The show log cannot be opened, read or written. The text says what to do."""


class DamagedLog(ShowLogError):
    """An entry is missing or cannot be read. `salvage` keeps the others."""

    def __init__(self, name: str, why: str) -> None:
        self.why = why
        super().__init__(f"{name}: is damaged or not a show log ({why}). {_SALVAGE}")


def unreadable(name: str, why: str) -> str:
    """The error text for a log that is whole, with an entry that this version cannot read."""
    return f"{name}: cannot be read ({why}). Use the version that wrote it. {_SALVAGE}"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that happened: when, through whom, and what it changed."""

    at: Instant
    """By the show's clock."""
    by: str
    """`role:id` of the person; `clock` or `media` without one; `file` if the server was started with another event
    file."""
    command: str | None
    """The id of the command that the entry answers."""
    rev: int
    """Revision of the published state that shows it."""
    facts: Sequence[dict[str, Any]]


class ShowLog(Protocol):
    """An open show log. One server at a time may hold it.

    Entries are numbered from 1, without gaps. One thread at a time may write; any thread may read meanwhile.
    """

    @property
    def name(self) -> str:
        """The place of the log, for error texts."""

    @property
    def event(self) -> str:
        """The text of the event file that the log begins with."""

    def append(self, entry: LogEntry, expected_number: int) -> None:
        """Add an entry. It is durable when this returns.

        Raises:
            ShowLogError: it could not be written, or it would not have the expected number because another server has
                written. Nothing of it is in the log.
        """

    def read_from(self, number: int) -> Iterator[LogEntry]:
        """The entries from this number on.

        Raises:
            DamagedLog: an entry is damaged; those before it were yielded.
            ShowLogError: the log cannot be read.
        """

    def refused(self, refusals: Sequence[RefusedCommand]) -> None:
        """Keep refused commands beside the entries. All of them are durable when this returns.

        Raises:
            ShowLogError: they could not be written; none of them is kept.
        """

    def refusals(self) -> list[RefusedCommand]:
        """Every refused command, first to last.

        Raises:
            ShowLogError: they cannot be read.
        """

    def close(self) -> None:
        """Allow another server to open the log."""

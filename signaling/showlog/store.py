"""The show log on disk: SQLite, one row for each thing that happened, in the order in which it did.

`append` returns when the row is on disk (`synchronous=FULL` in WAL mode), so what was acknowledged survives a pulled
plug. Rows are never changed and never removed: the show is rebuilt by reading them again from the first.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from signaling.private import make_file, make_folder
from signaling.showlog import wal

NAME = "show.sqlite3"
"""In the data folder."""
SCHEMA = 1

_TABLES = """
CREATE TABLE log (
    seq     INTEGER PRIMARY KEY,
    rev     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    command TEXT,
    facts   TEXT NOT NULL,
    crc     INTEGER
);
CREATE UNIQUE INDEX log_command ON log (command) WHERE command IS NOT NULL;
"""


_EVENTS = """
CREATE TABLE IF NOT EXISTS event (
    seq     INTEGER NOT NULL,
    yaml    TEXT NOT NULL
)
"""
"""The event file that the log begins with is the last one; changed files since are entries of the log.

It came within version 1: an older Schalte opens such a log as ever, and a log without it gets it when next served.
"""


_REFUSED = """
CREATE TABLE IF NOT EXISTS refused (
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    by      TEXT NOT NULL,
    type    TEXT NOT NULL,
    code    TEXT NOT NULL,
    message TEXT NOT NULL,
    left_out INTEGER NOT NULL
)
"""
"""Commands that were refused, each after the entry `seq`. They are beside the log, not in it: the show is rebuilt
without them, and a refused id is still to be had. The table came within version 1, as `event` did."""


class StoreError(Exception):
    """The show log cannot be opened, read or written. The text says what to do."""


class Damaged(StoreError):
    """What was written is not there any more, or cannot be read. `salvage` goes on with the rest."""


SALVAGE = (
    "Nothing was changed. To go on with all that can be read of it, start the server with --salvage; "
    "the damaged file is kept beside the new one."
)


def damaged(path: Path, why: str) -> Damaged:
    """The fault of a show log that is damaged."""
    return Damaged(f"{path}: is damaged or not a show log ({why}). {SALVAGE}")


def unreadable(path: Path, why: str) -> str:
    """The sentences about a show log whose entries cannot be read."""
    return f"{path}: cannot be read ({why}). Use the version that wrote it. {SALVAGE}"


def beside(path: Path) -> Path:
    """The file in which SQLite writes first; its pages are moved into the log from time to time."""
    return path.with_name(path.name + "-wal")


def kept_as(path: Path, stamp: str) -> Path:
    """The name under which `salvage` keeps a damaged log; `stamp` is a time in UTC and ends in Z."""
    return path.with_name(f"{path.name}.damaged-{stamp}")


def take_back(path: Path) -> None:
    """Make a salvage that ended half way as though it had not begun.

    The log is then still there under both its names, and what SQLite wrote beside it may have only the other one. A log
    that is opened without that is an older one that seems whole.
    """
    for kept in path.parent.glob(kept_as(path, "*Z").name):
        if path.exists() and kept.samefile(path):
            if beside(kept).exists():
                beside(kept).rename(beside(path))
            kept.unlink()


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened: what it did to the show, when, and through whom."""

    seq: int
    """From 1, without gaps."""
    rev: int
    """Revision of the published state that shows it."""
    at: int
    """Milliseconds since 1970, by the show's clock."""
    by: str
    """`role:id` of the person, or `clock` or `media` where nobody asked for it, or `file` where the server was started
    with another event file."""
    command: str | None
    """The id of the command it answers."""
    facts: Sequence[dict[str, Any]]


COLUMNS = "seq, rev, at, by, command, facts, crc"
"""Of an entry, as `sound` wants them."""
_INSERT = f"INSERT INTO log ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"


def sound(
    seq: object, rev: object, at: object, by: object, command: object, written: object, crc: object
) -> Record:
    """The entry of a row, if it says what was written.

    Raises:
        TypeError, ValueError: it does not. SQLite keeps no checksums, and a flipped bit makes another sentence.
    """
    # SQLite keeps text in a column of numbers if it is told to.
    if not (isinstance(seq, int) and isinstance(rev, int) and isinstance(at, int)):
        raise TypeError("a number is none")
    if not (isinstance(by, str) and isinstance(command, str | None) and isinstance(written, str)):
        raise TypeError("a text is none")
    if crc is not None and crc != _crc(seq, rev, at, by, command, written):
        raise ValueError("it is not what was written")
    facts = json.loads(written)
    if not isinstance(facts, list):
        raise TypeError("it is no list")
    return Record(seq, rev, at, by, command, facts)


def _row(record: Record) -> tuple[int, int, int, str, str | None, str, int]:
    what = json.dumps(record.facts, ensure_ascii=False)
    entry = (record.seq, record.rev, record.at, record.by, record.command, what)
    return (*entry, _crc(*entry))


def _crc(*entry: int | str | None) -> int:
    return zlib.crc32(json.dumps(entry).encode())


def add_checksums(connection: sqlite3.Connection) -> None:
    """Give the column to a log from before there were any; the entries it holds are believed as they are."""
    if not any(name == "crc" for _, name, *_ in connection.execute("PRAGMA table_info(log)")):
        connection.execute("ALTER TABLE log ADD COLUMN crc INTEGER")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that was not done."""

    at: int
    """Milliseconds since 1970, by the show's clock."""
    by: str
    """`role:id` of the person."""
    type: str
    """Of the command."""
    code: str
    message: str
    """Why, as the person was told."""
    left_out: int = 0
    """0: this one. More: it stands for so many of the same person, of which this was the last."""


class Store:
    """An open show log. One process at a time may hold it."""

    def __init__(
        self, connection: sqlite3.Connection, path: Path, seq: int, *, is_torn: bool = False
    ) -> None:
        self._connection = connection
        self.path = path
        self._seq = seq
        self.is_torn = is_torn
        """When it was opened, its last entry was half written. Nobody had been told of it, and it is left out."""

    @classmethod
    def open(cls, data: Path) -> Store:
        """Open the log of a data folder, or begin one.

        Raises:
            StoreError: no such folder can be had, another server holds it, or the file is not a show log.
        """
        path = data / NAME
        try:
            make_folder(data)
            take_back(path)
            is_torn = path.exists() and cls.examine(path)
            # SQLite would make it readable by all; what it writes beside the log gets the log's own permissions.
            make_file(path)
            # The writer thread is the only user after this; sqlite3's own check knows just the opening thread.
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.5)
        except (OSError, sqlite3.Error) as fault:
            raise _unusable(path, fault) from fault
        try:
            return cls(connection, path, cls._prepare(connection, path), is_torn=is_torn)
        except sqlite3.Error as fault:
            connection.close()
            raise _unusable(path, fault) from fault
        except StoreError:
            connection.close()
            raise

    @classmethod
    def examine(cls, path: Path) -> bool:
        """Look at a log without opening it for writing, which would move pages in it. True if its end is torn.

        Raises:
            Damaged: it is.
            StoreError: another server holds it, another version wrote it, or it cannot be opened.
        """
        shared = path.with_name(path.name + "-shm")
        was_shared = shared.exists()
        uri = f"{path.resolve().as_uri()}?mode=ro"
        try:
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0.5)) as connection:
                # Fails where another server is writing, before what it writes is taken for damage.
                (version,) = connection.execute("PRAGMA user_version").fetchone()
                is_torn = cls._is_torn(connection, path)
        except sqlite3.Error as fault:
            raise _unusable(path, fault) from fault
        finally:
            if not was_shared:
                shared.unlink(missing_ok=True)
        if version not in (0, SCHEMA):
            raise StoreError(
                f"{path}: was written by another version of Schalte (format {version}, this one knows {SCHEMA}). "
                "Nothing was changed. Use that version, or move the file aside to begin anew."
            )
        return is_torn

    @staticmethod
    def _is_torn(connection: sqlite3.Connection, path: Path) -> bool:
        try:
            state = wal.state(beside(path).read_bytes())
        except FileNotFoundError:
            state = "whole"
        if state == "damaged":
            raise damaged(path, f"entries in {beside(path).name} are no longer what was written")
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise damaged(path, str(found[0]).splitlines()[-1])
        return state == "torn"

    @staticmethod
    def _prepare(connection: sqlite3.Connection, path: Path) -> int:
        # An exclusive lock for as long as the file is open: two servers on one log would be two shows.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables:
                connection.execute("ROLLBACK")
                raise damaged(path, "it does not say of which version it is")
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={SCHEMA}")
        add_checksums(connection)
        connection.execute(_EVENTS)
        connection.execute(_REFUSED)
        (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()
        connection.execute("COMMIT")
        return int(seq)

    def records(self, after: int = 0, limit: int = -1) -> Iterator[Record]:
        """Everything that happened, first to last; or what came `after` an entry, at most `limit` entries.

        Raises:
            Damaged: an entry is; those before it have been given.
        """
        try:
            rows = self._connection.execute(
                f"SELECT {COLUMNS} FROM log WHERE seq > ? ORDER BY seq LIMIT ?",
                (after, limit),
            )
            for place, row in enumerate(rows, start=after + 1):
                if row[0] != place:
                    raise Damaged(unreadable(self.path, f"entry {place} is missing"))
                yield self._record(row)
        except sqlite3.DatabaseError as fault:
            raise Damaged(unreadable(self.path, str(fault))) from fault

    @property
    def seq(self) -> int:
        """The number of the last entry, which is how many there are; 0 in a new log."""
        return self._seq

    def last_by(self, who: str) -> Record | None:
        """The last thing that happened through `who`; None if nothing did.

        Raises:
            StoreError: it is damaged.
        """
        found = self._connection.execute(
            f"SELECT {COLUMNS} FROM log WHERE by = ? ORDER BY seq DESC LIMIT 1", (who,)
        )
        row = found.fetchone()
        return None if row is None else self._record(row)

    def latest(self) -> int | None:
        """When the last thing happened, in milliseconds since 1970 by the show's clock; None in a new log."""
        (at,) = self._connection.execute("SELECT max(at) FROM log").fetchone()
        return at if isinstance(at, int) else None

    def keep_event(self, yaml: str) -> None:
        """Keep the text of the event file that the log begins with, so that it can be read without that file.

        Raises:
            StoreError: it could not be written.
        """
        try:
            if yaml != self.event():
                self._connection.execute("INSERT INTO event VALUES (?, ?)", (self._seq, yaml))
        except sqlite3.Error as fault:
            raise self._unwritten(fault) from fault

    def event(self) -> str | None:
        """The text of the event file that the log begins with; None in a log that was begun without keeping it."""
        if not self._has("event"):
            return None
        row = self._connection.execute("SELECT yaml FROM event ORDER BY rowid DESC LIMIT 1").fetchone()
        return None if row is None else str(row[0])

    def _has(self, table: str) -> bool:
        known = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
        return self._connection.execute(known, (table,)).fetchone() is not None

    def keep_refusals(self, refusals: Sequence[Refusal]) -> None:
        """Write refused commands; all of them are on disk when this returns, or none.

        Raises:
            StoreError: they could not be written.
        """
        rows = ((self._seq, r.at, r.by, r.type, r.code, r.message, r.left_out) for r in refusals)
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany("INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                # A full disk ends the transaction by itself, most other faults do not.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as fault:
            raise self._unwritten(fault) from fault

    def refusals(self) -> list[Refusal]:
        """Every command that was refused, first to last; none in a log from before they were kept.

        Raises:
            StoreError: they cannot be read.
        """
        try:
            if not self._has("refused"):
                return []
            rows = self._connection.execute(
                "SELECT at, by, type, code, message, left_out FROM refused ORDER BY rowid"
            )
            return [Refusal(*row) for row in rows]
        except sqlite3.DatabaseError as fault:
            raise StoreError(unreadable(self.path, str(fault))) from fault

    def _unwritten(self, fault: sqlite3.Error) -> StoreError:
        full = getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        remedy = "Free some space on that disk." if full else "Check that file, its folder and its disk."
        return StoreError(f"{self.path}: cannot be written ({fault}). {remedy}")

    def _record(self, row: tuple[Any, ...]) -> Record:
        try:
            return sound(*row)
        except (TypeError, ValueError) as fault:
            raise Damaged(unreadable(self.path, f"entry {row[0]} is damaged: {fault}")) from fault

    def append(
        self, rev: int, at: int, by: str, command: str | None, facts: Sequence[dict[str, Any]]
    ) -> Record:
        """Write one thing that happened; it is on disk when this returns.

        Raises:
            StoreError: it could not be written, and nothing of it was.
            sqlite3.IntegrityError: a command of this id is in the log; whoever asks must know those.
        """
        record = Record(self._seq + 1, rev, at, by, command, facts)
        try:
            self._connection.execute(_INSERT, _row(record))
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as fault:
            raise self._unwritten(fault) from fault
        self._seq = record.seq
        return record

    def begin_with(
        self, records: Sequence[Record], events: Sequence[tuple[int, str]], refusals: Sequence[Refusal]
    ) -> None:
        """Fill a new log with what could be read of another, all of it or nothing.

        Raises:
            sqlite3.Error: it could not be written.
        """
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_INSERT, map(_row, records))
        connection.executemany("INSERT INTO event VALUES (?, ?)", events)
        connection.executemany(
            "INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((0, r.at, r.by, r.type, r.code, r.message, r.left_out) for r in refusals),
        )
        connection.execute("COMMIT")
        self._seq = len(records)

    def close(self) -> None:
        self._connection.close()


def _unusable(path: Path, fault: OSError | sqlite3.Error) -> StoreError:
    if isinstance(fault, sqlite3.DatabaseError) and not isinstance(fault, sqlite3.OperationalError):
        return damaged(path, str(fault))
    if "locked" in str(fault):
        return StoreError(
            f"{path}: another Schalte is running this event. Stop it, or give --data another folder."
        )
    code = getattr(fault, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_FULL or "No space" in str(fault):
        return StoreError(f"{path}: cannot be used ({fault}). Free some space on that disk.")
    if code & 0xFF == sqlite3.SQLITE_IOERR:
        # What it keeps in shared memory found no room, or the disk is broken.
        return StoreError(
            f"{path}: cannot be used ({fault}). Free some space on that disk, or give --data a folder on another one."
        )
    return StoreError(f"{path}: cannot be used ({fault}). Give --data a folder that you may write to.")

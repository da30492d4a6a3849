"""Withdrawn links: the table in the data folder, how it grows, and how a running server follows it.

The table is a JSON object in `revoked.json`. Its keys are the ids of venues and guests, and roles. An entry has one of
two forms:

- `{"generation": 1537000003}`: links of an earlier generation do not count any more. `schalte links` signs links with
  the current generation, and each revocation makes a later one: the next, or the time in seconds where that is later,
  so that it is later also than those of a table that was lost. No link says when it was signed, so one that was signed
  while the machine's clock was ahead can be withdrawn like any other.
- `1537000000.0`, a bare number, from an older version: links of generation 0 that were issued up to then (seconds since
  1970) do not count any more. The next revocation of that id replaces it by the first form, which withdraws them all.
"""

from __future__ import annotations

import errno
import fcntl
import json
import math
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from signaling.access.key import KeyFileError
from signaling.access.links import MAX_GENERATION, Grant, LinkError
from signaling.private import make_file, replace_file

log = structlog.get_logger()

NAME = "revoked.json"
"""In the data folder."""
LOCK = "revoked.lock"
"""Held while the table is changed. A file of its own, because the table itself is replaced by each change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was withdrawn of an id."""

    generation: int = 0
    """Links of an earlier generation do not count any more."""
    issued_until: float | None = None
    """From an older version: links of generation 0 issued up to then (seconds since 1970) do not count any more."""

    def withdraws(self, grant: Grant) -> bool:
        if self.issued_until is not None and grant.generation == 0 and grant.issued <= self.issued_until:
            return True
        return grant.generation < self.generation


Table = Mapping[str, Entry]
"""By the id of a venue or guest, or by role."""

_NOTHING = Entry()

_Mark = tuple[int, int, int, int, int]
"""What changes when a file is replaced or written to: device, inode, bytes, and its two times in ns."""


def generation(table: Table, id_: str) -> int:
    """The generation that new links of an id belong to."""
    return table.get(id_, _NOTHING).generation


def check(table: Table, grant: Grant) -> None:
    """Refuse a link that was withdrawn.

    Raises:
        LinkError: it was; the text is for the person who followed the link.
    """
    if table.get(grant.id, _NOTHING).withdraws(grant):
        raise LinkError("link-withdrawn")


def load(data: Path) -> Table:
    """The table of a data folder; empty where nothing has been withdrawn yet.

    Raises:
        KeyFileError: the file is there and cannot be read; the sentence names file, fault and remedy.
    """
    path = data / NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise _unusable(path, fault) from fault
    return _parse(path, text)


def revoke(data: Path, id_: str, now: float | None = None) -> None:
    """Withdraw every link of `id_` (a venue, a guest or a role) that was handed out so far.

    `now` is seconds since 1970, by the machine's clock if left out. Several processes may do so at the same time; each
    waits for the one before it.

    Raises:
        KeyFileError: the table cannot be read or written; it is as it was.
    """
    path = data / NAME
    try:
        with _locked(data / LOCK):
            table = load(data)
            # Of a table that was lost nobody knows the last generation: the time is later than any that was counted.
            next_ = max(generation(table, id_) + 1, int(time.time() if now is None else now))
            changed = {**table, id_: Entry(next_)}
            replace_file(path, _written(changed).encode())
    except OSError as fault:
        raise _unusable(path, fault) from fault


class RevokedTable:
    """The table as a running server follows it: read again when the file has changed.

    A show must not end because the file was damaged or has vanished, and nobody may get in for that reason. So the last
    good table stays in force, and the fault is logged once for each change of the file.
    """

    def __init__(self, data: Path) -> None:
        """Read the table of a data folder.

        Raises:
            KeyFileError: it cannot be read; there is no last good one to start with.
        """
        self._path = data / NAME
        try:
            self._mark = self._stat()
            """The file that was read last; None where there was none."""
        except OSError as fault:
            raise _unusable(self._path, fault) from fault
        self._table = load(data)
        self._logged: object = None
        """The fault that was logged last, None once the file is well again. It keeps one fault from being logged
        before every command."""

    def current(self) -> Table:
        """The table in force. An unchanged file costs one `os.stat`, and no descriptor: there may be none left."""
        try:
            mark = self._stat()
        except OSError as fault:
            self._fault(("stat", fault.errno), str(_unusable(self._path, fault)))
            return self._table
        if mark == self._mark:
            self._logged = None
        elif mark is None:
            self._fault(
                "vanished", f"{self._path}: has vanished. Put it back before the server is restarted."
            )
        else:
            self._read(mark)
        return self._table

    def _read(self, mark: _Mark) -> None:
        """Read the changed file. `mark` was taken before: a change while it is read makes the next mark another."""
        try:
            text = self._path.read_bytes()
        except OSError as fault:
            # The mark stays the old one: the file may be sound, and is tried again until it can be opened.
            self._fault((mark, fault.errno), str(_unusable(self._path, fault)))
            return
        self._mark = mark
        self._logged = None
        try:
            self._table = _later(self._table, _parse(self._path, text))
        except KeyFileError as fault:
            self._fault(mark, str(fault))

    def _fault(self, which: object, text: str) -> None:
        if which != self._logged:
            self._logged = which
            log.error("withdrawn links cannot be read; the last good table stays in force", fault=text)

    def _stat(self) -> _Mark | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _later(known: Table, found: Table) -> Table:
    """Of each id the later generation. What was withdrawn stays so, whatever a file that was put there says."""
    return {
        id_: max((table[id_] for table in (known, found) if id_ in table), key=lambda entry: entry.generation)
        for id_ in {**known, **found}
    }


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    make_file(path)
    with path.open("r+b") as file:  # NFS locks only what is open for writing
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed, also when the process is killed
        yield


def _parse(path: Path, text: bytes) -> Table:
    try:
        document = json.loads(text)
        if not isinstance(document, dict):
            raise ValueError("it is not a JSON object")
        return {id_: _entry(id_, value) for id_, value in document.items()}
    except (ValueError, OverflowError, RecursionError) as fault:
        raise KeyFileError(
            f"{path}: the table of withdrawn links is damaged ({fault}). Put the right file back, or delete it and "
            "withdraw again what must not open: without it, every link that was withdrawn counts again."
        ) from fault


def _entry(id_: str, value: object) -> Entry:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return Entry(issued_until=float(value))
    number = value["generation"] if isinstance(value, dict) and value.keys() == {"generation"} else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= MAX_GENERATION:
        return Entry(number)
    raise ValueError(f"the entry of “{id_}” is neither a generation nor a time")


def _written(table: Table) -> str:
    document = {
        id_: {"generation": entry.generation} if entry.issued_until is None else entry.issued_until
        for id_, entry in table.items()
    }
    return json.dumps(document) + "\n"


def _unusable(path: Path, fault: OSError) -> KeyFileError:
    remedy = {
        errno.ENOSPC: "Free some space on that disk.",
        errno.EMFILE: "Raise the limit of open files (ulimit -n).",
        errno.ENFILE: "Raise the system's limit of open files.",
    }.get(fault.errno or 0, "Check that file and its folder, or give --data a folder that you may write to.")
    return KeyFileError(f"{path}: {fault.strerror}. {remedy}")

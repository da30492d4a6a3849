"""Revoked links: the table in the data folder, how it changes, and how a running server follows it.

The table is a JSON object in `revoked.json`: `{"tokio": {"generation": 1537000003}}`. Its keys are the ids of venues,
guests and booths, and roles. Links of an earlier generation are not valid any more. New links have the current
generation, and each revocation makes a later one: the next number, or the time in seconds if that is greater, so that
it is also later than those of a lost table. The time of signing is not compared, so links signed while the machine's
clock was fast can be revoked like any other.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog

from signaling.access.key import KeyFileError
from signaling.access.links import MAX_GENERATION, Grant, LinkError
from signaling.private import make_file, replace_file

log = structlog.get_logger()

FILE_NAME = "revoked.json"
LOCK_FILE_NAME = "revoked.lock"
"""Locked while the table is changed. A file of its own, because each change replaces the table's file."""

Generations = Mapping[str, int]
"""The current generation by the id of a venue, guest or booth, or by role; 0 for all others."""

_FileVersion = tuple[int, int, int, int, int]
"""Changes when a file is replaced or written: device, inode, size in bytes, mtime and ctime in ns."""


def check(generations: Generations, grant: Grant) -> None:
    """Check that a link was not revoked.

    Raises:
        LinkError: it was; the text is for the person who followed the link.
    """
    if grant.generation < generations.get(grant.id, 0):
        raise LinkError("link-withdrawn")


def load(data: Path) -> Generations:
    """The table of a data folder; empty before the first revocation.

    Raises:
        KeyFileError: the file exists and cannot be read.
    """
    path = data / FILE_NAME
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as fault:
        raise _unusable(path, fault) from fault
    return _parse(path, text)


def revoke(data: Path, id_: str, now: float | None = None) -> None:
    """Revoke every link of a venue, guest or role issued until now.

    `now` is seconds since 1970, by default of the machine's clock. Several processes may do so at the same time; a file
    lock puts them in order.

    Raises:
        KeyFileError: the table cannot be read or written; it is unchanged.
    """
    path = data / FILE_NAME
    try:
        with _locked(data / LOCK_FILE_NAME):
            generations = load(data)
            # The time, because a lost table may have had any number of generations, but none greater than the time.
            changed = max(generations.get(id_, 0) + 1, int(time.time() if now is None else now))
            replace_file(path, _as_json({**generations, id_: changed}))
    except OSError as fault:
        raise _unusable(path, fault) from fault


class RevokedTable:
    """The table in a running server: read again when the file has changed.

    A damaged or missing file must neither end a show nor make revoked links valid. So the last good table stays in
    force, and the fault is logged once for each change of the file.
    """

    def __init__(self, data: Path) -> None:
        """Read the table of a data folder.

        Raises:
            KeyFileError: it cannot be read.
        """
        self._path = data / FILE_NAME
        try:
            self._version = self._stat()
            """The file that was read last; None if there was none."""
        except OSError as fault:
            raise _unusable(self._path, fault) from fault
        self._generations = load(data)
        self._logged: object = None
        """The fault that was logged last; None if the file is good. Without it, one fault would be logged before every
        command."""

    def current(self) -> Generations:
        """The table in force. An unchanged file costs one `os.stat` and no descriptor: none may be left."""
        try:
            version = self._stat()
        except OSError as fault:
            self._fault(("stat", fault.errno), str(_unusable(self._path, fault)))
            return self._generations
        if version == self._version:
            self._logged = None
        elif version is None:
            self._fault("missing", f"{self._path}: is missing. Restore it before the server is restarted.")
        else:
            self._read(version)
        return self._generations

    def _read(self, version: _FileVersion) -> None:
        """Read the changed file. `version` was taken before, so a change during the read is seen by the next call."""
        try:
            text = self._path.read_bytes()
        except OSError as fault:
            # The version stays the old one, so that the file is tried again until it can be opened.
            self._fault((version, fault.errno), str(_unusable(self._path, fault)))
            return
        self._version = version
        self._logged = None
        try:
            self._generations = _latest(self._generations, _parse(self._path, text))
        except KeyFileError as fault:
            self._fault(version, str(fault))

    def _fault(self, which: object, text: str) -> None:
        if which != self._logged:
            self._logged = which
            log.error(
                "the table of revoked links cannot be read; the last good one stays in force", fault=text
            )

    def _stat(self) -> _FileVersion | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _latest(known: Generations, found: Generations) -> Generations:
    """The later generation of each id: no file makes a revoked link valid again."""
    return {id_: max(known.get(id_, 0), found.get(id_, 0)) for id_ in {**known, **found}}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    make_file(path)
    with path.open("r+b") as file:  # NFS locks only files that are open for writing
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed, also when the process is killed
        yield


def _parse(path: Path, text: bytes) -> Generations:
    try:
        document = json.loads(text)
        if not isinstance(document, dict):
            raise ValueError("it is not a JSON object")
        return {id_: _generation(id_, value) for id_, value in document.items()}
    except (ValueError, RecursionError) as fault:
        raise KeyFileError(
            path,
            f"the table of revoked links is damaged ({fault})",
            "Restore the right file, or delete it and revoke the links again: without it, every revoked link is valid.",
        ) from fault


def _generation(id_: str, value: object) -> int:
    number = value["generation"] if isinstance(value, dict) and value.keys() == {"generation"} else None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= MAX_GENERATION:
        return number
    raise ValueError(f"the entry of “{id_}” is not a generation")


def _as_json(generations: Generations) -> bytes:
    return json.dumps({id_: {"generation": number} for id_, number in generations.items()}).encode() + b"\n"


def _unusable(path: Path, fault: OSError) -> KeyFileError:
    remedy = {
        errno.ENOSPC: "Free some space on that disk.",
        errno.EMFILE: "Raise the limit of open files (ulimit -n).",
        errno.ENFILE: "Raise the system's limit of open files.",
    }.get(fault.errno or 0, "Check that file and its folder, or give --data a folder that you may write to.")
    return KeyFileError(path, str(fault.strerror), remedy)

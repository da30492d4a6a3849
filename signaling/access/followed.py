"""A file of the data folder that other processes change, as a running server follows it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger()

T = TypeVar("T")
_FileVersion = tuple[int, int, int, int, int]
"""Changes when a file is replaced or written: device, inode, size in bytes, mtime and ctime in ns."""


class KeyFileError(Exception):
    """The signing keys or the table of links cannot be read or written."""

    def __init__(self, path: Path, why: str, remedy: str) -> None:
        super().__init__(f"{path}: {why}. {remedy}")
        self.path, self.why, self.remedy = path, why, remedy


class FollowedFile(Generic[T]):
    """The contents of a file, read again when it has changed. Not for several threads at once.

    A damaged or missing file must neither end a show nor make revoked links valid. So the last good contents stay in
    force, and the fault is logged once for each change of the file.
    """

    def __init__(
        self, path: Path, parse: Callable[[Path, bytes], T], merge: Callable[[T, T], T], none: T
    ) -> None:
        """Read the file. `merge` returns what is in force of the known and the found contents; `none` are the contents
        of a file that does not exist yet.

        Raises:
            KeyFileError: it cannot be read.
        """
        self._path, self._parse, self._merge = path, parse, merge
        try:
            self._version = self._stat()
            """The file that was read last; None if there was none."""
            self.contents = none if self._version is None else parse(path, path.read_bytes())
            """In force: the same object until they change."""
        except OSError as fault:
            raise unusable(path, fault) from fault
        self._logged: object = None
        """The fault that was logged last; None if the file is good. Without it, one fault would be logged at every
        look."""

    def adopt(self, found: T) -> None:
        """These contents have just been written to the file."""
        if (merged := self._merge(self.contents, found)) != self.contents:
            self.contents = merged

    def refresh(self) -> None:
        """Look whether the file has changed, and read it then. An unchanged one costs one `os.stat` and no descriptor:
        none may be left."""
        try:
            version = self._stat()
        except OSError as fault:
            self._fault(("stat", fault.errno), str(unusable(self._path, fault)))
            return
        if version == self._version:
            self._logged = None
        elif version is None:
            self._fault("missing", f"{self._path}: is missing. Restore it before the server is restarted.")
        else:
            self._read(version)

    def _read(self, version: _FileVersion) -> None:
        """Read the changed file. `version` was taken before, so a change during the read is seen by the next look."""
        try:
            text = self._path.read_bytes()
        except OSError as fault:
            # The version stays the old one, so that the file is tried again until it can be opened.
            self._fault((version, fault.errno), str(unusable(self._path, fault)))
            return
        self._version = version
        self._logged = None
        try:
            self.adopt(self._parse(self._path, text))
        except KeyFileError as fault:
            self._fault(version, str(fault))

    def _fault(self, which: object, text: str) -> None:
        if which != self._logged:
            self._logged = which
            log.error("a file of the links cannot be read; the last good one stays in force", fault=text)

    def _stat(self) -> _FileVersion | None:
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def unusable(path: Path, fault: OSError) -> KeyFileError:
    """A fault of the operating system, with its remedy."""
    remedy = {
        errno.ENOSPC: "Free some space on that disk.",
        errno.EMFILE: "Raise the limit of open files (ulimit -n).",
        errno.ENFILE: "Raise the system's limit of open files.",
    }.get(fault.errno or 0, "Check that file and its folder, or give --data a folder that you may write to.")
    return KeyFileError(path, str(fault.strerror), remedy)

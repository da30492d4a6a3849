"""Folders and files that only their owner may read: the data folder and its files.

The modes are set after creation, because the process's umask removes bits from the mode given to `open` and `mkdir`,
and a service may run under any umask.
"""

from __future__ import annotations

import fcntl
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

FOLDER_MODE = 0o700
FILE_MODE = 0o600
LOCK_RETRY_S = 0.01
"""Seconds between tries to lock a file, on average: as long as its holder takes to write a small file."""


class StillLocked(Exception):
    """Another process does not give a lock back."""


def make_folder(path: Path) -> None:
    """Make a folder (0700) and its parents. An existing one keeps its permissions.

    Raises:
        OSError: it cannot be made, or is no folder.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not path.is_dir():
            raise
    else:
        path.chmod(FOLDER_MODE)


def make_file(path: Path) -> None:
    """Make an empty file (0600). An existing one keeps its contents and its permissions.

    Raises:
        OSError: it cannot be made.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE)
    except FileExistsError:
        return
    try:
        os.fchmod(handle, FILE_MODE)
        give_to_owner(handle, path.parent)
    finally:
        os.close(handle)


def replace_file(path: Path, content: bytes) -> None:
    """Put a file (0600) with this content at `path`; it is on disk when this returns.

    A reader finds the old file or the new one, never half of one, also after a power cut.

    Raises:
        OSError: it cannot be written. Either file is there, whole.
    """
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            give_to_owner(file.fileno(), path.parent)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_folder(path.parent)


def give_to_owner(handle: int, folder: Path) -> None:
    """Give a new file to the owner of its folder, if root makes it.

    Root makes links and revokes them (`schalte links`) beside a server that runs as another user. That server could not
    read files of root's, and a revocation would have no effect.
    """
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)


@contextmanager
def locked(path: Path, timeout_s: float) -> Iterator[None]:
    """Hold the lock of a file, which is made (0600) if it does not exist. One process at a time does; others wait.

    Raises:
        StillLocked: another process has held it for `timeout_s`.
        OSError: it cannot be made or opened.
    """
    make_file(path)
    with path.open("r+b") as file:  # NFS locks only files that are open for writing
        _lock(file, timeout_s)  # until the file is closed, also when the process is killed
        yield


def _lock(file: BinaryIO, timeout_s: float) -> None:
    # Asked again and again, because a call that waits has no deadline, and its thread could not be ended.
    give_up = time.monotonic() + timeout_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= give_up:
                raise StillLocked from None
        time.sleep(
            random.uniform(0.5, 1.5) * LOCK_RETRY_S
        )  # at random, so that no process is always the last


def sync_folder(path: Path) -> None:
    """Write a folder's entries to disk; otherwise a power cut may lose a rename."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The lock of the keys and links: one process at a time changes them, and nobody waits for it without end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from signaling.access.followed import KeyFileError, unusable
from signaling.private import StillLocked, locked, make_folder

LOCK_FILE_NAME: Final = "links.lock"
"""Locked while the keys or the links are changed. A file of its own, because each change replaces the others."""
LOCK_TIMEOUT_S: Final = 5.0
"""Seconds to wait for the lock. A change takes milliseconds, so a process that holds it for longer hangs."""


class LinksLocked(KeyFileError):
    """Another process does not give the lock back, or too many changes wait for it. Nothing was changed."""


@contextmanager
def changing(data: Path, path: Path) -> Iterator[None]:
    """Hold the lock of a data folder, to change its file `path`.

    Raises:
        LinksLocked: another process has held it for `LOCK_TIMEOUT_S`.
        KeyFileError: the file cannot be read or written; it is unchanged.
    """
    lock = data / LOCK_FILE_NAME
    try:
        make_folder(data)
        with locked(lock, LOCK_TIMEOUT_S):
            for left in data.glob(f"{path.name}.*.new"):
                left.unlink()  # by a process that was killed; nobody else writes now
            yield
    except StillLocked as fault:
        raise LinksLocked(
            lock,
            f"another program has held this lock for {LOCK_TIMEOUT_S:.0f} s, so nothing was changed",
            f"Wait until that has ended, or end it: fuser {lock} names it.",
        ) from fault
    except OSError as fault:
        raise unusable(path, fault) from fault

"""The event's signing key, a file in the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from signaling.private import FILE_MODE, give_to_owner, make_folder

KEY_BYTES = 32
"""Length of a new key, and the least length of an existing one."""


class KeyFileError(Exception):
    """The signing key or the table of revocations cannot be read or written."""

    def __init__(self, path: Path, why: str, remedy: str) -> None:
        super().__init__(f"{path}: {why}. {remedy}")
        self.path, self.why, self.remedy = path, why, remedy


def load_key(data: Path) -> bytes:
    """The event's signing key from its data folder, made on first use and readable by its owner alone (0600).

    Raises:
        KeyFileError: it cannot be read or made.
    """
    path = data / "signing.key"
    try:
        make_folder(data)
        if not path.exists():
            _make_key(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
        if len(key) < KEY_BYTES:
            raise ValueError("too short")
    except ValueError as fault:
        raise KeyFileError(
            path,
            "not a signing key of Schalte",
            "Restore the right file, or delete it: then a new key is made, and all links issued so far stop working.",
        ) from fault
    except OSError as fault:
        raise KeyFileError(
            path, str(fault.strerror), "Give --data a folder that you may write to."
        ) from fault
    return key


def _make_key(path: Path) -> None:
    """Write a new key to `path`, atomically. A key that another process has made meanwhile stays."""
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            give_to_owner(file.fileno(), path.parent)
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A hard link, because a rename would replace the key of another process that starts at the same moment.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)

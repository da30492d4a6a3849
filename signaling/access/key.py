"""The event's signing key, a file in the data folder."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from signaling.private import FILE_MODE, make_folder

KEY_BYTES = 32
"""Of a new key, and the fewest of one that is there."""


class KeyFileError(Exception):
    """The signing key or the table of withdrawn links cannot be read or written. The text says what to do."""


def load_key(data: Path) -> bytes:
    """The event's signing key from its data folder, made on first use and readable by its owner alone (0600).

    Raises:
        KeyFileError: with a sentence that names the file and the remedy.
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
            f"{path}: not a signing key of Schalte. Put the right file back, or delete it: a new key is made then, "
            "and every link handed out so far stops working."
        ) from fault
    except OSError as fault:
        raise KeyFileError(
            f"{path}: {fault.strerror}. Give --data a folder that you may write to."
        ) from fault
    return key


def _make_key(path: Path) -> None:
    """Put a new key at `path`, which is there whole or not at all; leave one that is there by then."""
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, because a rename would replace the key of another process that started at the same moment.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)

"""The event's signing keys, a file in the data folder.

Each line is a key: 64 hexadecimal digits, and ` until ` with an instant if a newer key has replaced it. The first key
is the newest, by which links are made. A key that was replaced is valid until its instant, and so are its links.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from config.times import Duration, Instant, iso, plus, read_iso
from signaling.access.changing import changing
from signaling.access.followed import FollowedFile, KeyFileError
from signaling.private import FILE_MODE, give_to_owner, make_folder, replace_file

FILE_NAME: Final = "signing.key"
KEY_BYTES: Final = 32
"""Length of a new key, and the least length of an existing one."""
MAX_KEYS: Final = 16
"""Each is tried for a wrong link."""
_LINE: Final = re.compile(r"((?:[0-9a-f]{2})+)(?: until (\S+))?", re.IGNORECASE)
_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True)
class SigningKey:
    """A key of the event."""

    secret: bytes
    until: Instant | None = None
    """When it ends, and with it all links that it has made; None: never."""

    @cached_property
    def id(self) -> str:
        """Names it without revealing it."""
        return hashlib.sha256(b"id\n" + self.secret).hexdigest()[:16]


Keyring = tuple[SigningKey, ...]
"""The newest first."""


def valid_keys(keys: Keyring, now: Instant) -> Keyring:
    """Those that have not ended."""
    return tuple(key for key in keys if key.until is None or key.until > now)


def load_keys(data: Path) -> Keyring:
    """The event's signing keys from its data folder; one is made on first use, readable by its owner alone (0600).

    Raises:
        KeyFileError: they cannot be read or made.
    """
    path = data / FILE_NAME
    try:
        make_folder(data)
        if not path.exists():
            _make_key(path)
        return _parse(path, path.read_bytes())
    except OSError as fault:
        raise KeyFileError(
            path, str(fault.strerror), "Give --data a folder that you may write to."
        ) from fault


def followed_keys(data: Path) -> FollowedFile[Keyring]:
    """The signing keys as a running server follows them. Raises as `load_keys`."""
    load_keys(data)
    # A key that is not in the file any more does not count any more.
    return FollowedFile(data / FILE_NAME, _parse, lambda known, found: found, ())


def rotate(data: Path, overlap: Duration, now: Instant) -> Instant:
    """Make a new key. The one before is valid for `overlap` from `now` on. Returns when that is.

    Raises:
        KeyFileError: the keys cannot be read or written; they are unchanged.
    """
    load_keys(data)
    path, ends = data / FILE_NAME, plus(now, overlap)
    with changing(data, path):
        before = [
            SigningKey(key.secret, ends if key.until is None else min(key.until, ends))
            for key in valid_keys(load_keys(data), now)
        ]
        keys = [SigningKey(secrets.token_bytes(KEY_BYTES)), *before][:MAX_KEYS]
        replace_file(path, b"".join(_line(key) for key in keys))
    return ends


def _line(key: SigningKey) -> bytes:
    until = "" if key.until is None else f" until {iso(key.until, _UTC)}"
    return f"{key.secret.hex()}{until}\n".encode()


def _parse(path: Path, text: bytes) -> Keyring:
    try:
        keys = tuple(_key(line) for line in text.decode("ascii").splitlines() if line.strip())
        if not 0 < len(keys) <= MAX_KEYS or keys[0].until is not None:
            raise ValueError("no key to make links by")
        return keys
    except (ValueError, OverflowError) as fault:
        raise KeyFileError(
            path,
            "not a signing key of Schalte",
            "Restore the right file, or delete it: then a new key is made, and all links issued so far stop working.",
        ) from fault


def _key(line: str) -> SigningKey:
    if (found := _LINE.fullmatch(line.strip())) is None or len(found[1]) < 2 * KEY_BYTES:
        raise ValueError("not a key")
    return SigningKey(bytes.fromhex(found[1]), None if found[2] is None else read_iso(found[2]))


def _make_key(path: Path) -> None:
    """Write a new key to `path`, atomically. A key that another process has made meanwhile stays."""
    handle, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            give_to_owner(file.fileno(), path.parent)
            file.write(_line(SigningKey(secrets.token_bytes(KEY_BYTES))))
            file.flush()
            os.fsync(file.fileno())
        # A hard link, because a rename would replace the key of another process that starts at the same moment.
        with suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)

"""Reading a show log that may be in use, without a trace.

A server holds its log with an exclusive lock, and even one that nobody holds cannot be opened in WAL mode without a
file being made beside it. So its two files are copied, and the copy is read.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from signaling.showlog.store import SCHEMA, Store, StoreError

WAL_HEADER = 32
"""Bytes, at the beginning of the file; they change when SQLite begins it anew (https://sqlite.org/fileformat2.html#walformat)."""
TRIES = 20


@contextmanager
def snapshot(data: Path) -> Iterator[Store]:
    """The show log of a data folder as it is now, to be read only. Nothing in the folder is touched.

    Raises:
        StoreError: there is none, it cannot be read, or it is damaged or of another version.
    """
    path = data / "show.sqlite3"
    if not path.is_file():
        raise StoreError(
            f"{path}: there is no show log here. Name the folder that the server was given as --data."
        )
    with TemporaryDirectory(prefix="schalte-report-") as folder:
        copy = Path(folder) / path.name
        try:
            _copy(path, copy)
        except OSError as fault:
            raise StoreError(f"{path}: cannot be read ({fault}).") from fault
        try:
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                _check(connection, path)
                connection.execute("PRAGMA query_only=1")
                yield Store(connection, path, 0)
        except sqlite3.Error as fault:
            raise StoreError(
                f"{path}: is damaged or not a show log ({fault}). Nothing was changed."
            ) from fault


def _copy(path: Path, copy: Path) -> None:
    """Copy a log together with what its server has written beside it.

    Between the two SQLite may move the latter into the former and begin it anew; then both are copied again. Without
    that the copy is whole: pages that were moved while we read are in the file beside it still, and a last entry that
    was only half written there is known by its checksum and left out.
    """
    beside, beside_copy = (file.with_name(file.name + "-wal") for file in (path, copy))
    for _ in range(TRIES):
        before = _header(beside)
        shutil.copyfile(path, copy)
        beside_copy.unlink(missing_ok=True)
        try:
            shutil.copyfile(beside, beside_copy)
        except FileNotFoundError:
            beside_copy.unlink(missing_ok=True)
        if before == _header(beside):
            return
    raise OSError("it changes too quickly; try again in a moment")


def _header(beside: Path) -> bytes:
    try:
        with beside.open("rb") as file:
            return file.read(WAL_HEADER)
    except FileNotFoundError:
        return b""


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (sound,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if sound != "ok":
        raise sqlite3.DatabaseError(str(sound).splitlines()[-1])  # the first only says where it looked
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        raise StoreError(f"{path}: is not a show log. Name the folder that the server was given as --data.")
    if version != SCHEMA:
        raise StoreError(
            f"{path}: was written by another version of Schalte (format {version}, this one knows {SCHEMA}). "
            "Use that version."
        )

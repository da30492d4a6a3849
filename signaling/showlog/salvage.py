"""What to do with a damaged show log in the evening: keep it, and go on with all of it that can be read.

An entry that cannot be read is left out and its neighbours are not: each says what became true, so that the item that
went on air last is on air again even where something before it is lost.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from signaling.show.facts import UnknownFact, from_json
from signaling.showlog import wal
from signaling.showlog.store import (
    COLUMNS,
    NAME,
    Damaged,
    Record,
    Refusal,
    Store,
    StoreError,
    add_checksums,
    beside,
    kept_as,
    sound,
    take_back,
)

FARTHEST = 100_000
"""Entries in a row that cannot be read, after which it is not believed that more come, whatever a damaged log says."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged log."""

    why: str
    kept: Path
    """The damaged file, as it was."""
    entries: int
    """In the log now."""
    lost: int
    """Between those and in front of them; how many came after the last one nobody can tell."""


def salvage(data: Path, stamp: str) -> Salvaged | None:
    """Make the log of a data folder readable; None if it is. The damaged file is kept under a name with `stamp`.

    Raises:
        StoreError: the log cannot be used for another reason, or there is no room for a new one; nothing was changed.
    """
    path = data / NAME
    if not path.exists():
        return None
    try:
        take_back(path)
        with TemporaryDirectory(prefix="salvage-", dir=data) as folder:
            as_it_is, old, new = (Path(folder) / name for name in ("as-it-is", "old", "new"))
            why = _fault(path, as_it_is)
            if why is None:
                return None
            _copy(path, old)
            if beside(path).exists():
                beside(old / NAME).write_bytes(wal.mended(beside(path).read_bytes()))
            entries, lost = _rebuild(old / NAME, new)
            return Salvaged(why, _replace(path, new / NAME, stamp), entries, lost)
    except (OSError, sqlite3.Error) as fault:
        raise StoreError(
            f"{path}: is damaged, and no new log can be made beside it ({fault}). Nothing was changed. "
            "Free some space on that disk, or give --data another folder."
        ) from fault


def _fault(path: Path, folder: Path) -> str | None:
    """What is wrong with a log; None if nothing is. Looked at in a copy: who opens a log may move pages in it."""
    try:
        Store.examine(path)
        _copy(path, folder)
        with closing(Store.open(folder)) as store:
            for record in store.records():
                for fact in record.facts:
                    from_json(fact)
    except (Damaged, UnknownFact) as fault:
        return str(fault).replace(str(folder), str(path.parent))
    return None


def _copy(path: Path, folder: Path) -> None:
    folder.mkdir()
    (folder / NAME).write_bytes(path.read_bytes())
    if beside(path).exists():
        beside(folder / NAME).write_bytes(beside(path).read_bytes())


def _rebuild(old: Path, folder: Path) -> tuple[int, int]:
    """Write into a new log what can be read of an old one. Returns how many entries there are, and how many are not."""
    with closing(Store.open(folder)) as store, closing(sqlite3.connect(old)) as source:
        found = list(_records(source))
        last = found[-1].seq if found else 0
        known: set[str | None] = set()
        records: list[Record] = []
        for seq, record in enumerate(found, start=1):
            command = None if record.command in known else record.command
            known.add(command)
            records.append(replace(record, seq=seq, command=command))
        store.begin_with(records, _events(source), _refusals(source))
        return len(records), last - len(records)


def _records(source: sqlite3.Connection) -> Iterator[Record]:
    """Every entry that is sound, one by one: who reads on where a page is damaged gets nothing behind it."""
    with suppress(sqlite3.Error):  # a page that says so is damaged: what is read next tells
        add_checksums(source)
    try:
        (highest,) = source.execute("SELECT max(seq) FROM log").fetchone()
    except sqlite3.Error:
        highest = sys.maxsize
    seq = last = 0
    while isinstance(highest, int) and seq < highest and seq - last < FARTHEST:
        seq += 1
        try:
            row = source.execute(f"SELECT {COLUMNS} FROM log WHERE seq = ?", (seq,)).fetchone()
            if row is not None:
                record = sound(*row)
                for fact in record.facts:
                    from_json(fact)
                last = seq
                yield record
        except (sqlite3.Error, UnknownFact, TypeError, ValueError):
            continue


def _events(source: sqlite3.Connection) -> list[tuple[int, str]]:
    try:
        return [
            (int(seq), str(text))
            for seq, text in source.execute("SELECT seq, yaml FROM event ORDER BY rowid")
        ]
    except (sqlite3.Error, TypeError, ValueError):
        return []


def _refusals(source: sqlite3.Connection) -> list[Refusal]:
    try:
        rows = source.execute("SELECT at, by, type, code, message, left_out FROM refused ORDER BY rowid")
        return [Refusal(*row) for row in rows]
    except sqlite3.Error:
        return []


def _replace(path: Path, new: Path, stamp: str) -> Path:
    """Put the new log in the damaged one's place, which gets another name.

    Where there are hard links there is a log at any moment, and `take_back` knows one that is half way.
    """
    kept = kept_as(path, stamp)
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        os.rename(path, kept)
    try:
        if beside(path).exists():
            os.rename(beside(path), beside(kept))
        os.replace(new, path)
    except OSError:
        if not path.exists():
            os.rename(kept, path)
        if beside(kept).exists():
            os.rename(beside(kept), beside(path))
        kept.unlink(missing_ok=True)
        raise
    return kept

"""What is wrong with the file beside the log, from its bytes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from signaling.showlog import wal
from signaling.showlog.store import NAME, Store, beside

FRAME = wal.FRAME + 4096


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """A log and the file beside it, while they are in use."""
    folder = tmp_path_factory.mktemp("log")
    with closing(Store.open(folder)) as store:
        for n in range(1, 31):
            store.append(n, n, "clock", None, [])
        return (folder / NAME).read_bytes(), beside(folder / NAME).read_bytes()


def test_what_sqlite_wrote_is_whole_and_stays_as_it_is(written: tuple[bytes, bytes]) -> None:
    _, file = written
    assert wal.state(file) == "whole"
    assert wal.mended(file) == file


@pytest.mark.parametrize("size", [0, 1, 11, 12, 31, wal.HEADER])
def test_a_file_without_an_entry_is_whole(written: tuple[bytes, bytes], size: int) -> None:
    _, file = written
    assert wal.state(file[:size]) == "whole"
    assert wal.mended(file[:size]) == (file[:size] if size == wal.HEADER else b"")


def test_an_entry_that_was_not_written_to_its_end_is_torn(written: tuple[bytes, bytes]) -> None:
    _, file = written
    assert wal.state(file[:-1]) == "torn"
    assert wal.state(file[: -FRAME + 20]) == "torn"
    assert wal.state(file[:-1] + bytes([file[-1] ^ 1])) == "torn"


def test_what_is_left_of_an_earlier_use_is_none_of_this_one(written: tuple[bytes, bytes]) -> None:
    _, file = written
    left = file[wal.HEADER : wal.HEADER + FRAME]
    assert wal.state(file + left[:8] + b"other..." + left[16:]) == "whole"


@pytest.mark.parametrize(
    "place", [4, 20, wal.HEADER + 2, wal.HEADER + 9, wal.HEADER + 20, wal.HEADER + FRAME + 99]
)
def test_what_has_entries_behind_it_is_damaged_and_sqlite_would_not_say(
    written: tuple[bytes, bytes], tmp_path: Path, place: int
) -> None:
    log, file = written
    changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
    assert wal.state(changed) == "damaged"
    (tmp_path / NAME).write_bytes(log)
    beside(tmp_path / NAME).write_bytes(changed)
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        assert tables == (0,), "all thirty entries are gone, and no error"


def test_mended_it_gives_what_lies_behind_the_damage(written: tuple[bytes, bytes], tmp_path: Path) -> None:
    log, file = written
    place = len(file) // 2
    mended = wal.mended(file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :])
    assert len(mended) == len(file) - FRAME
    (tmp_path / NAME).write_bytes(log)
    beside(tmp_path / NAME).write_bytes(mended)
    with closing(Store.open(tmp_path)) as store:
        assert [record.seq for record in store.records()] == list(range(1, 31))

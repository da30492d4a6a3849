"""Reading a show log that may be in use."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from signaling.showlog.snapshot import WAL_HEADER, snapshot
from signaling.showlog.store import Store, StoreError


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_log_is_read_while_a_server_holds_it_and_nothing_beside_it_changes(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as held:
        held.keep_event("event: {}")
        held.append(1, 1_000, "moderator:desk", "a", [{"kind": "held", "at": 1_000}])
        before = files(tmp_path)
        with snapshot(tmp_path) as copy:
            assert [record.command for record in copy.records()] == ["a"]
            assert copy.event() == "event: {}"
        assert files(tmp_path) == before
        held.append(2, 2_000, "clock", None, [])
        with snapshot(tmp_path) as copy:
            assert len(list(copy.records())) == 2


def test_an_entry_that_was_only_half_written_is_left_out(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as held:
        for n in (1, 2):
            held.append(n, n, "clock", None, [])
        whole = (tmp_path / "show.sqlite3-wal").read_bytes()
        torn = tmp_path / "torn"
        torn.mkdir()
        (torn / "show.sqlite3").write_bytes((tmp_path / "show.sqlite3").read_bytes())
        (torn / "show.sqlite3-wal").write_bytes(whole[:-100])
        with snapshot(torn) as copy:
            assert [record.seq for record in copy.records()] == [1]


def test_a_log_that_is_begun_anew_between_its_two_copies_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copyfile = shutil.copyfile
    copied: list[str] = []

    def copy_slowly(file: Path, to: Path) -> None:
        copyfile(file, to)
        copied.append(file.name)
        if len(copied) == 1:
            store._connection.execute("PRAGMA wal_checkpoint(RESTART)")
            store.append(51, 51, "clock", None, [])

    with closing(Store.open(tmp_path)) as store:
        for n in range(1, 51):
            store.append(n, n, "clock", None, [{"kind": "x" * 1000}])
        monkeypatch.setattr(shutil, "copyfile", copy_slowly)
        with snapshot(tmp_path) as copy:
            assert [record.seq for record in copy.records()] == list(range(1, 52))
    assert copied == ["show.sqlite3", "show.sqlite3-wal"] * 2


def test_a_folder_without_a_log_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"show\.sqlite3: there is no show log here\. Name the folder"):
        with snapshot(tmp_path):
            pass
    assert files(tmp_path) == {}


def test_a_damaged_log_is_named(tmp_path: Path) -> None:
    (tmp_path / "show.sqlite3").write_bytes(b"nothing that SQLite knows" * 100)
    with pytest.raises(StoreError, match="is damaged or not a show log"):
        with snapshot(tmp_path):
            pass


def test_a_log_whose_pages_are_damaged_is_named(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as store:
        for n in range(200):
            store.append(n, n, "clock", str(n), [{"kind": "held", "at": n}])
    file = tmp_path / "show.sqlite3"
    raw = bytearray(file.read_bytes())
    raw[8192:] = bytes(len(raw) - 8192)
    file.write_bytes(raw)
    with pytest.raises(StoreError, match=r"is damaged or not a show log \(.*\)\. Nothing was changed\."):
        with snapshot(tmp_path):
            pass


@pytest.mark.parametrize(("version", "says"), [(0, "is not a show log"), (9, "format 9, this one knows 1")])
def test_a_log_of_another_version_is_named(tmp_path: Path, version: int, says: str) -> None:
    with closing(sqlite3.connect(tmp_path / "show.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE anything (a)")
        connection.execute(f"PRAGMA user_version={version}")
    with pytest.raises(StoreError, match=says):
        with snapshot(tmp_path):
            pass


def test_an_event_is_kept_once_for_each_change_and_the_last_one_counts(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as store:
        assert store.event() is None
        for text in ("one", "one", "two"):
            store.keep_event(text)
        assert store.event() == "two"
    with closing(sqlite3.connect(tmp_path / "show.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM event").fetchone() == (2,)


def test_a_log_from_before_events_were_kept_holds_none(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path)) as store:
        store.append(1, 1, "clock", None, [])
    with closing(sqlite3.connect(tmp_path / "show.sqlite3")) as connection, connection:
        connection.execute("DROP TABLE event")
    with snapshot(tmp_path) as copy:
        assert copy.event() is None
        assert len(list(copy.records())) == 1
    with closing(Store.open(tmp_path)) as store:
        store.keep_event("one")
        assert store.event() == "one"


WRITER = """
import sys
import time
from pathlib import Path
from signaling.showlog.store import Store
store = Store.open(Path(sys.argv[1]))
for n in range(1, 100_000):
    store.append(n, n, "clock", None, [{"kind": "x" * 50_000}])
    time.sleep(0.001)
"""
"""Large entries: SQLite moves what was written beside the log into it every few dozen of them."""


def test_a_log_that_is_being_written_is_read_whole_up_to_some_entry(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
    try:
        begun, latest = time.monotonic(), 0
        begins: set[bytes] = set()
        while len(begins) < 8 and time.monotonic() - begun < 20:
            if (tmp_path / "show.sqlite3-wal").exists():
                begins.add((tmp_path / "show.sqlite3-wal").read_bytes()[:WAL_HEADER])
            try:
                with snapshot(tmp_path) as copy:
                    found = [record.seq for record in copy.records()]
            except StoreError:
                if latest:
                    raise
                continue  # At the very beginning it is no log yet.
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= latest
            latest = len(found)
        assert len(begins) >= 8, "the log was begun anew several times meanwhile"
        assert latest > 50
    finally:
        writer.kill()
        writer.wait()

"""The show log keeps what it was given, and says plainly when it cannot."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from signaling.store import Record, Store, StoreError

FACT = {"kind": "held", "at": 5}


def test_what_was_appended_is_there_after_opening_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(7, 100, "moderator:moderator", "c1", [FACT])
    store.append(8, 101, "clock", None, [])
    store.close()
    again = Store.open(tmp_path)
    assert list(again.records()) == [
        Record(1, 7, 100, "moderator:moderator", "c1", [FACT]),
        Record(2, 8, 101, "clock", None, []),
    ]
    again.append(9, 102, "clock", None, [FACT])
    assert [record.seq for record in again.records()] == [1, 2, 3]
    again.close()


def test_what_was_appended_survives_a_process_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from signaling.store import Store\n"
        "store = Store.open(Path(sys.argv[1])); store.append(1, 2, 'clock', None, [])\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    store = Store.open(tmp_path)
    assert [record.seq for record in store.records()] == [1]
    store.close()


def test_one_command_id_cannot_be_written_twice(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(1, 1, "moderator:moderator", "same", [])
    with pytest.raises(StoreError, match="cannot be written"):
        store.append(2, 2, "moderator:moderator", "same", [])
    store.close()


def test_two_servers_cannot_hold_one_log(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with pytest.raises(StoreError, match="another Schalte is running this event"):
        Store.open(tmp_path)
    store.close()


def test_a_file_that_is_no_log_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "show.sqlite3"
    path.write_bytes(b"not a database, surely" * 100)
    with pytest.raises(StoreError, match="Move it aside"):
        Store.open(tmp_path)
    assert path.read_bytes() == b"not a database, surely" * 100


def test_a_log_of_another_version_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "show.sqlite3")
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreError, match="another version"):
        Store.open(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="--data"):
        Store.open(tmp_path / "file" / "data")

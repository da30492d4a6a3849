"""The show log keeps what it was given, and says plainly when it cannot."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from signaling.showlog.store import Damaged, Record, Refusal, Store, StoreError

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


def test_what_came_after_an_entry_is_read_by_itself_a_few_at_a_time(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for n in range(5):
        store.append(n, n, "clock", None, [])
    assert [record.seq for record in store.records(after=2)] == [3, 4, 5]
    assert [record.seq for record in store.records(after=1, limit=2)] == [2, 3]
    assert list(store.records(after=5)) == []
    store.close()


def test_what_was_appended_survives_a_process_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from signaling.showlog.store import Store\n"
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
    with pytest.raises(sqlite3.IntegrityError):
        store.append(2, 2, "moderator:moderator", "same", [])
    assert len(list(store.records())) == 1
    store.close()


def test_a_full_disk_is_told_from_other_reasons_not_to_write(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match=r"cannot be written \(.*full\)\. Free some space"):
        store.append(1, 1, "clock", None, [{"long": "x" * 100_000}])
    store._connection.execute("PRAGMA query_only=1")
    with pytest.raises(StoreError, match=r"cannot be written \(.*readonly.*\)") as fault:
        store.append(1, 1, "clock", None, [])
    assert "Free some space" not in str(fault.value)
    store.close()


@pytest.mark.parametrize(
    "damage", ["facts = '[{'", "facts = '5'", "facts = x'ff'", "facts = CAST(x'ff' AS TEXT)", "rev = 'many'"]
)
def test_a_damaged_entry_is_named_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    store = Store.open(tmp_path)
    store.append(1, 1, "clock", None, [FACT])
    store.append(2, 2, "clock", None, [FACT])
    store._connection.execute(f"UPDATE log SET {damage} WHERE seq = 2")
    with pytest.raises(
        StoreError, match=r"show\.sqlite3: cannot be read \(.+\)\. Use the version that wrote it"
    ):
        list(store.records())
    store.close()


@pytest.mark.parametrize(
    "damage",
    [
        'facts = \'[{"kind": "held", "at": 6}]\'',
        "at = 3",
        "rev = 3",
        "by = 'media'",
        "command = 'c2'",
    ],
)
def test_an_entry_that_says_something_else_by_now_is_not_believed(tmp_path: Path, damage: str) -> None:
    store = Store.open(tmp_path)
    store.append(1, 1, "clock", "c1", [FACT])
    store._connection.execute(f"UPDATE log SET {damage}")
    with pytest.raises(Damaged, match="entry 1 is damaged: it is not what was written"):
        list(store.records())
    store.close()


def test_a_log_from_before_there_were_checksums_is_believed_and_goes_on_with_them(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(1, 1, "clock", None, [FACT])
    store._connection.execute("ALTER TABLE log DROP COLUMN crc")
    store.close()
    store = Store.open(tmp_path)
    store.append(2, 2, "clock", None, [FACT])
    assert [record.seq for record in store.records()] == [1, 2]
    store._connection.execute("UPDATE log SET at = 7")
    with pytest.raises(Damaged, match="entry 2"):
        list(store.records())
    store.close()


def test_a_log_whose_pages_are_damaged_is_named(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    for seq in range(1, 200):
        store.append(seq, seq, "clock", None, [{"long": "x" * 1000}])
    store.close()
    path = tmp_path / "show.sqlite3"
    whole = path.read_bytes()
    path.write_bytes(whole[: 5 * 4096] + b"\xff" * 10 * 4096 + whole[15 * 4096 :])
    was = path.read_bytes()
    with pytest.raises(
        Damaged, match=r"is damaged or not a show log \(.*\)\. Nothing was changed\..*--salvage"
    ):
        Store.open(tmp_path)
    assert path.read_bytes() == was


def test_two_servers_cannot_hold_one_log(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with pytest.raises(StoreError, match="another Schalte is running this event"):
        Store.open(tmp_path)
    store.close()


def test_a_file_that_is_no_log_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "show.sqlite3"
    path.write_bytes(b"not a database, surely" * 100)
    with pytest.raises(StoreError, match="--salvage"):
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


REFUSAL = Refusal(5, "moderator:anna", "next", "stale", "The item on air is already “Two”.")


def test_refused_commands_are_kept_beside_the_entries(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store.append(1, 1, "clock", None, [FACT])
    store.keep_refusals([REFUSAL, replace(REFUSAL, left_out=7)])
    store.close()
    again = Store.open(tmp_path)
    assert again.refusals() == [REFUSAL, replace(REFUSAL, left_out=7)]
    assert [record.seq for record in again.records()] == [1]
    again.close()


def test_a_log_from_before_refusals_were_kept_has_none_and_is_opened(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    store._connection.execute("DROP TABLE refused")
    assert store.refusals() == []
    store.close()
    store = Store.open(tmp_path)
    store.keep_refusals([REFUSAL])
    assert store.refusals() == [REFUSAL]
    store.close()


def test_refusals_that_cannot_be_written_leave_a_log_that_can(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="Free some space"):
        store.keep_refusals([replace(REFUSAL, message="x" * 9000)])
    store.append(1, 1, "clock", None, [FACT])
    assert store.refusals() == []
    store.close()

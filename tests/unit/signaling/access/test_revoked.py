"""Revoked links: none is lost, and a fault of the file neither ends the show nor makes a revoked link valid."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from signaling.access.key import KeyFileError
from signaling.access.links import Link, LinkError
from signaling.access.revoked import FILE_NAME, RevokedTable, check, load, revoke

BERLIN = Link("venue", "berlin", "Berlin")


def is_revoked(table: RevokedTable, link: Link = BERLIN) -> bool:
    try:
        check(table.current(), link)
    except LinkError:
        return True
    return False


# The file --------------------------------------------------------------------------------------------------------


def test_each_revocation_makes_the_next_generation(tmp_path: Path) -> None:
    assert load(tmp_path) == {}
    revoke(tmp_path, "berlin", 0.0)
    revoke(tmp_path, "berlin", 0.0)
    revoke(tmp_path, "tokio", 0.0)
    assert load(tmp_path) == {"berlin": 2, "tokio": 1}


def test_after_the_table_was_lost_the_next_generation_is_later_than_any_before(tmp_path: Path) -> None:
    """Counted from one again, it would make links valid that were just revoked."""
    revoke(tmp_path, "berlin", 0.0)
    issued = Link("venue", "berlin", "", generation=1)
    (tmp_path / FILE_NAME).unlink()
    revoke(tmp_path, "berlin", 1_537_000_000.9)
    assert load(tmp_path) == {"berlin": 1_537_000_000}
    assert is_revoked(RevokedTable(tmp_path), issued)
    revoke(tmp_path, "berlin", 1_000.0)
    assert load(tmp_path) == {"berlin": 1_537_000_001}, "also if the clock is slow"


def test_a_link_of_an_earlier_generation_is_revoked(tmp_path: Path) -> None:
    revoke(tmp_path, "berlin", 0.0)
    revoke(tmp_path, "berlin", 0.0)
    table = RevokedTable(tmp_path)
    by_generation = [is_revoked(table, Link("venue", "berlin", "", generation=n)) for n in (0, 1, 2)]
    assert by_generation == [True, True, False]


DAMAGED = [
    "",
    "[",
    "[]",
    "null",
    "7",
    '"berlin"',
    '{"berlin": null}',
    '{"berlin": 1000.5}',
    '{"berlin": true}',
    '{"berlin": "soon"}',
    '{"berlin": NaN}',
    '{"berlin": -Infinity}',
    '{"berlin": 1' + "0" * 400 + "}",
    '{"berlin": [1]}',
    '{"berlin": {}}',
    '{"berlin": {"generation": "1"}}',
    '{"berlin": {"generation": true}}',
    '{"berlin": {"generation": 1.5}}',
    '{"berlin": {"generation": -1}}',
    '{"berlin": {"generation": 9007199254740993}}',
    '{"berlin": {"generation": 1, "until": 5}}',
    "[" * 100_000,
    "\ud800",
]


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: ascii(text[:40]))
def test_a_damaged_table_is_reported_and_not_overwritten(tmp_path: Path, text: str) -> None:
    damaged = text.encode("utf-8", "surrogatepass")
    (tmp_path / FILE_NAME).write_bytes(damaged)
    for use in (load, RevokedTable, lambda data: revoke(data, "berlin")):
        with pytest.raises(
            KeyFileError, match=r"revoked\.json: .* is damaged \(.*\)\. Restore the right file"
        ):
            use(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == damaged


def test_a_table_that_cannot_be_written_is_reported_and_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(tmp_path, "tokio", 0.0)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(KeyFileError, match=r"revoked\.json: No space left on device\. Free some space"):
            revoke(tmp_path, "berlin", 0.0)
    assert load(tmp_path) == {"tokio": 1}


ONE_OF_SIX = """
import sys
from pathlib import Path
from signaling.access.revoked import revoke

print("ready", flush=True)
sys.stdin.readline()
for _ in range(10):
    revoke(Path(sys.argv[1]), "berlin", 0.0)
    revoke(Path(sys.argv[1]), sys.argv[2], 0.0)
"""


def test_six_processes_that_revoke_at_once_lose_nothing(tmp_path: Path) -> None:
    six = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_OF_SIX, str(tmp_path), f"hall-{n}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(6)
    ]
    for process in six:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in six:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in six:
        process.communicate(timeout=60)
    assert [process.returncode for process in six] == [0] * 6
    assert load(tmp_path) == {"berlin": 60, **{f"hall-{n}": 10 for n in range(6)}}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["revoked.json", "revoked.lock"]


# A running server ------------------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> RevokedTable:
    """A running server's table, with Berlin's links revoked."""
    revoke(tmp_path, "berlin")
    return RevokedTable(tmp_path)


def faults(logs: list[structlog.typing.EventDict]) -> list[str]:
    return [entry["fault"] for entry in logs if entry["log_level"] == "error"]


def test_a_revocation_is_effective_at_once(tmp_path: Path, table: RevokedTable) -> None:
    tokio = Link("venue", "tokio", "Tokio")
    assert not is_revoked(table, tokio)
    revoke(tmp_path, "tokio")
    assert is_revoked(table, tokio)


def test_a_table_damaged_meanwhile_is_logged_once_and_the_last_good_one_stays(
    tmp_path: Path, table: RevokedTable
) -> None:
    with structlog.testing.capture_logs() as logs:
        (tmp_path / FILE_NAME).write_text("[")
        assert all(is_revoked(table) for _ in range(3))
        assert len(faults(logs)) == 1
        (tmp_path / FILE_NAME).write_text("{}}")
        assert all(is_revoked(table) for _ in range(3))
    assert len(faults(logs)) == 2
    assert all("revoked.json" in fault and "Restore the right file" in fault for fault in faults(logs))


@pytest.mark.parametrize("text", ["{}", '{"berlin": {"generation": 1}, "tokio": {"generation": 2}}'])
def test_a_new_file_makes_no_revoked_link_valid(tmp_path: Path, table: RevokedTable, text: str) -> None:
    """As after the old file was deleted."""
    assert is_revoked(table, Link("venue", "berlin", "", generation=1))
    (tmp_path / FILE_NAME).write_text(text)
    assert is_revoked(table, Link("venue", "berlin", "", generation=1))
    assert is_revoked(table, Link("venue", "tokio", "", generation=1)) is ("tokio" in text)


def test_a_repaired_table_is_read_again(tmp_path: Path, table: RevokedTable) -> None:
    good = (tmp_path / FILE_NAME).read_text()
    (tmp_path / FILE_NAME).write_text("[")
    assert is_revoked(table)
    (tmp_path / FILE_NAME).write_text(good)
    revoke(tmp_path, "tokio")
    assert is_revoked(table, Link("venue", "tokio", "Tokio"))


def test_a_missing_table_is_logged_once_and_the_last_good_one_stays(
    tmp_path: Path, table: RevokedTable
) -> None:
    away = tmp_path / "elsewhere"
    with structlog.testing.capture_logs() as logs:
        (tmp_path / FILE_NAME).rename(away)
        assert all(is_revoked(table) for _ in range(3))
        assert len(faults(logs)) == 1
        away.rename(tmp_path / FILE_NAME)
        assert is_revoked(table)
        (tmp_path / FILE_NAME).unlink()
        assert is_revoked(table)
    assert len(faults(logs)) == 2, "it went missing twice"
    assert "is missing" in faults(logs)[0]


@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_table_that_cannot_be_opened_is_logged_once_and_tried_again(
    tmp_path: Path, table: RevokedTable, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Without free descriptors: the file is good, and its change must be effective as soon as it can be opened."""
    tokio = Link("venue", "tokio", "Tokio")
    revoke(tmp_path, "tokio")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with structlog.testing.capture_logs() as logs, monkeypatch.context() as broken:
        broken.setattr("os.stat" if call == "stat" else "pathlib.Path.read_bytes", fail)
        assert [(is_revoked(table), is_revoked(table, tokio)) for _ in range(3)] == [(True, False)] * 3
    assert len(faults(logs)) == 1
    assert "Too many open files" in faults(logs)[0]
    assert is_revoked(table, tokio)


def test_without_a_table_no_link_is_revoked_and_nothing_is_logged(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        assert not is_revoked(RevokedTable(tmp_path))
    assert logs == []


def test_a_table_is_read_once_for_each_change(
    tmp_path: Path, table: RevokedTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    read = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", counted)
    (tmp_path / FILE_NAME).write_text(json.dumps({"tokio": {"generation": 1}}))
    for _ in range(5):
        table.current()
    assert reads == [tmp_path / FILE_NAME]

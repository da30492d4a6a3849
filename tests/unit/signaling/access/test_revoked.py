"""Withdrawn links: none is lost, and a fault of the file neither ends the show nor lets anybody in."""

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
from signaling.access.revoked import NAME, Entry, RevokedTable, check, load, revoke

BERLIN = Link("venue", "berlin", "Berlin")


def withdrawn(table: RevokedTable, link: Link = BERLIN) -> bool:
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
    assert load(tmp_path) == {"berlin": Entry(2), "tokio": Entry(1)}


def test_a_table_that_was_lost_is_begun_later_than_any_that_was_counted(tmp_path: Path) -> None:
    """Counted from one again, it would let in what has just been withdrawn."""
    revoke(tmp_path, "berlin", 0.0)
    handed_out = Link("venue", "berlin", "", generation=1)
    (tmp_path / NAME).unlink()
    revoke(tmp_path, "berlin", 1_537_000_000.9)
    assert load(tmp_path) == {"berlin": Entry(1_537_000_000)}
    assert withdrawn(RevokedTable(tmp_path), handed_out)
    revoke(tmp_path, "berlin", 1_000.0)
    assert load(tmp_path) == {"berlin": Entry(1_537_000_001)}, "also where the clock is behind"


def test_a_link_counts_from_the_generation_it_was_signed_with(tmp_path: Path) -> None:
    revoke(tmp_path, "berlin", 0.0)
    revoke(tmp_path, "berlin", 0.0)
    table = RevokedTable(tmp_path)
    by_generation = [withdrawn(table, Link("venue", "berlin", "", generation=n)) for n in (0, 1, 2)]
    assert by_generation == [True, True, False]


def test_an_entry_of_an_older_version_withdraws_what_was_issued_up_to_then(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"berlin": 1000.5, "tokio": 2000}')
    table = RevokedTable(tmp_path)
    by_time = [withdrawn(table, Link("venue", "berlin", "", issued=at)) for at in (1000.0, 1000.5, 1000.501)]
    assert by_time == [True, True, False]


def test_an_entry_of_an_older_version_is_kept_until_that_id_is_withdrawn_again(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"berlin": 1000.5, "tokio": 2000}')
    revoke(tmp_path, "tokio", 0.0)
    assert load(tmp_path) == {"berlin": Entry(issued_until=1000.5), "tokio": Entry(1)}
    table = RevokedTable(tmp_path)
    assert withdrawn(table, Link("venue", "tokio", "", issued=9e9)), "also what the older version let stand"


DAMAGED = [
    "",
    "[",
    "[]",
    "null",
    "7",
    '"berlin"',
    '{"berlin": null}',
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
def test_a_damaged_table_is_told_and_not_overwritten(tmp_path: Path, text: str) -> None:
    damaged = text.encode("utf-8", "surrogatepass")
    (tmp_path / NAME).write_bytes(damaged)
    for use in (load, RevokedTable, lambda data: revoke(data, "berlin")):
        with pytest.raises(
            KeyFileError, match=r"revoked\.json: .* is damaged \(.*\)\. Put the right file back"
        ):
            use(tmp_path)
    assert (tmp_path / NAME).read_bytes() == damaged


def test_a_table_that_cannot_be_written_is_told_and_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(tmp_path, "tokio", 0.0)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(KeyFileError, match=r"revoked\.json: No space left on device\. Free some space"):
            revoke(tmp_path, "berlin", 0.0)
    assert load(tmp_path) == {"tokio": Entry(1)}


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


def test_of_six_processes_that_withdraw_at_once_none_loses_anything(tmp_path: Path) -> None:
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
    assert load(tmp_path) == {"berlin": Entry(60), **{f"hall-{n}": Entry(10) for n in range(6)}}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["revoked.json", "revoked.lock"]


# A running server ------------------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> RevokedTable:
    """A server's, which withdrew Berlin's links."""
    revoke(tmp_path, "berlin")
    return RevokedTable(tmp_path)


def faults(logs: list[structlog.typing.EventDict]) -> list[str]:
    return [entry["fault"] for entry in logs if entry["log_level"] == "error"]


def test_what_is_withdrawn_counts_at_once(tmp_path: Path, table: RevokedTable) -> None:
    tokio = Link("venue", "tokio", "Tokio")
    assert not withdrawn(table, tokio)
    revoke(tmp_path, "tokio")
    assert withdrawn(table, tokio)


def test_a_table_damaged_meanwhile_is_logged_once_and_the_last_good_one_stays(
    tmp_path: Path, table: RevokedTable
) -> None:
    with structlog.testing.capture_logs() as logs:
        (tmp_path / NAME).write_text("[")
        assert all(withdrawn(table) for _ in range(3))
        assert len(faults(logs)) == 1
        (tmp_path / NAME).write_text("{}}")
        assert all(withdrawn(table) for _ in range(3))
    assert len(faults(logs)) == 2
    assert all("revoked.json" in fault and "Put the right file back" in fault for fault in faults(logs))


@pytest.mark.parametrize("text", ["{}", '{"berlin": {"generation": 1}, "tokio": {"generation": 2}}'])
def test_what_was_withdrawn_stays_so_whatever_a_new_file_says(
    tmp_path: Path, table: RevokedTable, text: str
) -> None:
    """A file that was made anew after the old one was deleted."""
    assert withdrawn(table, Link("venue", "berlin", "", generation=1))
    (tmp_path / NAME).write_text(text)
    assert withdrawn(table, Link("venue", "berlin", "", generation=1))
    assert withdrawn(table, Link("venue", "tokio", "", generation=1)) is ("tokio" in text)


def test_a_table_that_is_mended_counts_again(tmp_path: Path, table: RevokedTable) -> None:
    good = (tmp_path / NAME).read_text()
    (tmp_path / NAME).write_text("[")
    assert withdrawn(table)
    (tmp_path / NAME).write_text(good)
    revoke(tmp_path, "tokio")
    assert withdrawn(table, Link("venue", "tokio", "Tokio"))


def test_a_table_that_vanishes_is_logged_once_and_the_last_good_one_stays(
    tmp_path: Path, table: RevokedTable
) -> None:
    away = tmp_path / "elsewhere"
    with structlog.testing.capture_logs() as logs:
        (tmp_path / NAME).rename(away)
        assert all(withdrawn(table) for _ in range(3))
        assert len(faults(logs)) == 1
        away.rename(tmp_path / NAME)
        assert withdrawn(table)
        (tmp_path / NAME).unlink()
        assert withdrawn(table)
    assert len(faults(logs)) == 2, "it has vanished twice"
    assert "vanished" in faults(logs)[0]


@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_table_that_cannot_be_looked_at_is_logged_once_and_tried_again(
    tmp_path: Path, table: RevokedTable, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """As when there are no descriptors left: the file is sound, and its change must count as soon as there are."""
    tokio = Link("venue", "tokio", "Tokio")
    revoke(tmp_path, "tokio")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with structlog.testing.capture_logs() as logs, monkeypatch.context() as broken:
        broken.setattr("os.stat" if call == "stat" else "pathlib.Path.read_bytes", fail)
        assert [(withdrawn(table), withdrawn(table, tokio)) for _ in range(3)] == [(True, False)] * 3
    assert len(faults(logs)) == 1
    assert "Too many open files" in faults(logs)[0]
    assert withdrawn(table, tokio)


def test_without_a_table_nothing_is_withdrawn_and_nothing_logged(tmp_path: Path) -> None:
    with structlog.testing.capture_logs() as logs:
        assert not withdrawn(RevokedTable(tmp_path))
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
    (tmp_path / NAME).write_text(json.dumps({"tokio": {"generation": 1}}))
    for _ in range(5):
        table.current()
    assert reads == [tmp_path / NAME]

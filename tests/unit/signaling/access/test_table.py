"""The table of links: none is lost, and a fault of the file neither ends the show nor makes a revoked link valid."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from config.times import DAY, Instant
from config.yamlfile import parse
from signaling import private
from signaling.access.followed import KeyFileError
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Grant, Link, LinkError, all_links
from signaling.access.table import FILE_NAME, MAX_LINKS, LinkRow, LinkTable, change, load, merged
from tests.events import SHORT

BERLIN = Link("venue", "berlin", "Berlin")
TOKIO = Link("venue", "tokio", "Tokio")
EVENT = parse(SHORT, "event.yaml")
NOW = Instant(1_537_000_000_000)
END = EVENT.agenda[-1].planned.end


def revoke(data: Path, id_: str, now: int = 0) -> None:
    change(data, lambda table: table.without_id(id_, Instant(now)), Instant(now))


def made(data: Path, grant: Grant = BERLIN, now: Instant = NOW) -> LinkRow:
    """A new link."""
    rows: list[LinkRow] = []

    def decide(table: LinkTable) -> LinkTable:
        table, row = table.with_link(
            grant.role, grant.id, now=now, read_only=grant.read_only, expires=None, by="cli"
        )
        rows.append(row)
        return table

    change(data, decide, now)
    return rows[-1]


# The file --------------------------------------------------------------------------------------------------------


def test_each_revocation_makes_a_later_generation(tmp_path: Path) -> None:
    assert load(tmp_path) == LinkTable()
    for id_ in ("berlin", "berlin", "tokio"):
        revoke(tmp_path, id_)
    assert load(tmp_path).generations == {"berlin": 2, "tokio": 3}


def test_after_the_table_was_lost_the_next_generation_is_later_than_any_before(tmp_path: Path) -> None:
    """A running server knows the old table: there, links made before must end."""
    revoke(tmp_path, "berlin")
    row = made(tmp_path)
    known = load(tmp_path)
    (tmp_path / FILE_NAME).unlink()
    revoke(tmp_path, "berlin", 1_537_000_000_900)
    assert load(tmp_path).generations == {"berlin": 1_537_000_000}
    assert merged(known, load(tmp_path)).is_revoked(row)
    revoke(tmp_path, "berlin", 1_000_000)
    assert load(tmp_path).generations == {"berlin": 1_537_000_001}, "also if the clock is slow"


def test_a_role_is_revoked_with_all_its_places(tmp_path: Path) -> None:
    revoke(tmp_path, "berlin", NOW)
    berlin, tokio, guest = (made(tmp_path, g) for g in (BERLIN, TOKIO, Link("guest", "uchida", "")))
    revoke(tmp_path, "venue")
    table = load(tmp_path)
    assert [table.is_revoked(row) for row in (berlin, tokio, guest)] == [True, True, False]
    assert not load(tmp_path).is_revoked(made(tmp_path))


def test_one_link_is_revoked_alone(tmp_path: Path) -> None:
    one, other = made(tmp_path), made(tmp_path)
    change(tmp_path, lambda table: table.without(one.number, NOW), NOW)
    table = load(tmp_path)
    assert [table.is_revoked(table.by_number[row.number]) for row in (one, other)] == [True, False]


def row(**changed: Any) -> dict[str, Any]:
    good = {
        "number": 123_456,
        "role": "venue",
        "id": "berlin",
        "read_only": False,
        "generation": 0,
        "made": 1,
        "expires": None,
        "by": "cli",
        "hash": None,
        "revoked": None,
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def document(*rows: Any, **generations: Any) -> str:
    return json.dumps({"links": rows, "generations": generations})


WRONG: tuple[Any, ...] = (True, [], {}, float("nan"), float("inf"), -1, 1.5, 2**53 + 1, 10**400, ...)
"""Values that no field may have; `...`: left out."""
BAD_GENERATIONS: tuple[Any, ...] = (None, 1.5, True, "1", -1, 2**53 + 1, [1], {})
DAMAGED = [
    *(
        "",
        "[",
        "[]",
        "null",
        "7",
        '"links"',
        "{}",
        '{"links": []}',
        '{"generations": {}}',
        "[" * 100_000,
        "\ud800",
    ),
    *(document(berlin=value) for value in BAD_GENERATIONS),
    *(
        document(row(**{name: value}))
        for name in row()
        for value in WRONG
        if (name, value) != ("read_only", True)
    ),
    document(row(number=1)),
    document(row(), row()),
    document(row(more=1)),
    document(row(by="him")),
    document(row(role="director")),
    document(row(hash="ab")),
    *(document(row(id=text)) for text in ("", "\ud800", "Berlin", "berlin\n", "b" * 64, "<b>")),
    document() + "}",
]


def test_the_good_row_is_good(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(document(row(), berlin=1))
    assert load(tmp_path).is_revoked(load(tmp_path).links[0])


@pytest.mark.parametrize("text", DAMAGED, ids=lambda text: ascii(text[:40]))
def test_a_damaged_table_is_reported_and_not_overwritten(tmp_path: Path, text: str) -> None:
    damaged = text.encode("utf-8", "surrogatepass")
    (tmp_path / FILE_NAME).write_bytes(damaged)
    uses: tuple[Callable[[Path], object], ...] = (load, LinkChecker, lambda data: revoke(data, "berlin"))
    for use in uses:
        with pytest.raises(
            KeyFileError, match=r"(?s)links\.json: .* is damaged \(.*\)\. Restore the right file"
        ):
            use(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == damaged


def test_a_table_that_cannot_be_written_is_reported_and_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoke(tmp_path, "tokio")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(KeyFileError, match=r"links\.json: No space left on device\. Free some space"):
            revoke(tmp_path, "berlin")
    assert load(tmp_path).generations == {"tokio": 1}


def test_a_full_table_drops_the_dead_and_then_refuses(tmp_path: Path) -> None:
    dead = made(tmp_path, TOKIO)
    revoke(tmp_path, "tokio")
    rows = [LinkRow.model_validate(row(number=200_000 + n)) for n in range(MAX_LINKS - 1)]
    change(tmp_path, lambda table: LinkTable((*table.links, *rows), table.generations), NOW)
    made(tmp_path)
    assert dead.number not in load(tmp_path).by_number
    with pytest.raises(KeyFileError, match=r"there are 2000 valid links\. Revoke some"):
        made(tmp_path)
    assert len(load(tmp_path).links) == MAX_LINKS


def test_links_that_are_over_make_room_for_new_ones(tmp_path: Path) -> None:
    """A folder that is used for one event after the other was full of links that nobody could revoke as valid ones."""
    rows = [LinkRow.model_validate(row(number=200_000 + n)) for n in range(MAX_LINKS)]
    change(tmp_path, lambda table: LinkTable(tuple(rows)), NOW)
    made_later = rows[-1].model_copy(update={"number": 300_000, "made": END + DAY})
    change(tmp_path, lambda table: LinkTable((*rows[:-1], made_later)), NOW)
    checker = LinkChecker(tmp_path, lambda: Instant(END + DAY))
    checker.random_link(BERLIN, event=EVENT)
    table = load(tmp_path)
    assert len(table.links) == MAX_LINKS
    assert rows[0].number not in table.by_number, "the oldest"
    assert {rows[1].number, made_later.number} <= table.by_number.keys()


def test_a_link_made_by_another_process_can_be_revoked_before_the_next_look(tmp_path: Path) -> None:
    checker = LinkChecker(tmp_path)
    other = made(tmp_path)
    assert checker.revoke_number(other.number)
    assert not checker.revoke_number(1)
    before = load(tmp_path)
    assert checker.revoke_number(other.number), "it is there, and stays revoked since then"
    assert load(tmp_path) == before


def test_all_links_are_made_by_one_change_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checker, written = LinkChecker(tmp_path), list[Path]()
    replace_file = private.replace_file

    def counted(path: Path, content: bytes) -> None:
        written.append(path)
        replace_file(path, content)

    monkeypatch.setattr("signaling.access.table.replace_file", counted)
    wanted = list(all_links(EVENT))
    rows = checker.links_for(wanted, event=EVENT)
    assert [(made.role, made.id) for made in rows] == [(link.role, link.id) for link in wanted]
    assert checker.links_for(wanted, event=EVENT) == rows
    assert written == [tmp_path / FILE_NAME]


ONE_OF_SIX = """
import sys
from pathlib import Path
from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link

print("ready", flush=True)
sys.stdin.readline()
checker = LinkChecker(Path(sys.argv[1]))
print(checker.issue(Link("venue", "tokio", "")), flush=True)
for _ in range(10):
    checker.revoke("berlin")
    checker.revoke(sys.argv[2])
    checker.random_link(Link("venue", sys.argv[2], ""))
"""


def test_six_processes_that_make_and_revoke_at_once_lose_nothing(tmp_path: Path) -> None:
    six = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_OF_SIX, str(tmp_path), f"place-{n}"],
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
    codes = {process.communicate()[0] for process in six}
    assert [process.returncode for process in six] == [0] * 6
    assert len(codes) == 1, "they print the same link"
    table = load(tmp_path)
    assert table.generations.keys() == {"berlin", *(f"place-{n}" for n in range(6))}
    # 120 revocations, each later than those before: none was overwritten.
    newest = sorted(table.generations.values())[-1]
    assert newest >= 1_537_000_000 + 119
    assert [row.id for row in table.links].count("tokio") == 1
    assert len(table.links) == 1 + 6 * 10


# A running server ------------------------------------------------------------------------------------------------


class Running:
    """A running server's links: Berlin's first link is revoked, the second is valid, and so is Tokio's."""

    def __init__(self, data: Path) -> None:
        self.checker = LinkChecker(data)
        self.codes = [self.checker.issue(BERLIN)]
        self.checker.revoke("berlin")
        self.codes += [self.checker.issue(BERLIN), self.checker.issue(TOKIO)]
        assert self.valid() == [False, True, True]

    def valid(self) -> list[bool]:
        """Which codes open, after the next look at the files."""
        self.checker.refresh()
        return [self._opens(code) for code in self.codes]

    def _opens(self, code: str) -> bool:
        try:
            self.checker.verify(code, EVENT)
        except LinkError:
            return False
        return True


@pytest.fixture
def running(tmp_path: Path) -> Running:
    return Running(tmp_path)


def faults(logs: list[structlog.typing.EventDict]) -> list[str]:
    return [entry["fault"] for entry in logs if entry["log_level"] == "error"]


def test_a_revocation_by_another_process_is_in_force_after_the_next_look(
    tmp_path: Path, running: Running
) -> None:
    LinkChecker(tmp_path).revoke("tokio")
    assert running.valid() == [False, True, False]


def test_a_table_damaged_meanwhile_is_logged_once_and_the_last_good_one_stays(
    tmp_path: Path, running: Running
) -> None:
    with structlog.testing.capture_logs() as logs:
        (tmp_path / FILE_NAME).write_text("[")
        assert [running.valid() for _ in range(3)] == [[False, True, True]] * 3
        assert len(faults(logs)) == 1
        (tmp_path / FILE_NAME).write_text("{}}")
        assert [running.valid() for _ in range(3)] == [[False, True, True]] * 3
    assert len(faults(logs)) == 2
    assert all("links.json" in fault and "Restore the right file" in fault for fault in faults(logs))


def test_a_new_file_makes_no_revoked_link_valid_and_ends_none(tmp_path: Path, running: Running) -> None:
    """As after the old file was deleted."""
    (tmp_path / FILE_NAME).write_text(document(berlin=1))
    assert running.valid() == [False, True, True]
    (tmp_path / FILE_NAME).write_text(document(tokio=1_600_000_000))
    assert running.valid() == [False, True, False]


def test_a_restarted_server_without_its_table_admits_nobody(tmp_path: Path, running: Running) -> None:
    (tmp_path / FILE_NAME).unlink()
    running.checker = LinkChecker(tmp_path)
    assert running.valid() == [False, False, False]
    again = running.checker.issue(BERLIN)
    assert again not in running.codes, "a revoked one might have been among them"


def test_a_running_server_restores_a_lost_table_when_it_changes(tmp_path: Path, running: Running) -> None:
    (tmp_path / FILE_NAME).unlink()
    running.checker.revoke("tokio")
    running.checker = LinkChecker(tmp_path)
    assert running.valid() == [False, True, False]


def test_a_repaired_table_is_read_again(tmp_path: Path, running: Running) -> None:
    good = (tmp_path / FILE_NAME).read_text()
    (tmp_path / FILE_NAME).write_text("[")
    assert running.valid() == [False, True, True]
    (tmp_path / FILE_NAME).write_text(good)
    LinkChecker(tmp_path).revoke("tokio")
    assert running.valid() == [False, True, False]


def test_a_missing_table_is_logged_once_and_the_last_good_one_stays(tmp_path: Path, running: Running) -> None:
    away = tmp_path / "elsewhere"
    with structlog.testing.capture_logs() as logs:
        (tmp_path / FILE_NAME).rename(away)
        assert [running.valid() for _ in range(3)] == [[False, True, True]] * 3
        assert len(faults(logs)) == 1
        away.rename(tmp_path / FILE_NAME)
        assert running.valid() == [False, True, True]
        (tmp_path / FILE_NAME).unlink()
        assert running.valid() == [False, True, True]
    assert len(faults(logs)) == 2, "it went missing twice"
    assert "is missing" in faults(logs)[0]


@pytest.mark.parametrize("call", ["stat", "open"])
def test_a_table_that_cannot_be_opened_is_logged_once_and_tried_again(
    tmp_path: Path, running: Running, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Without free descriptors: the file is good, and its change must be effective as soon as it can be opened."""
    LinkChecker(tmp_path).revoke("tokio")
    stat = os.stat

    def fail(path: Any, *_: object, **__: object) -> Any:
        if Path(path).name == FILE_NAME:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return stat(path)

    with structlog.testing.capture_logs() as logs, monkeypatch.context() as broken:
        broken.setattr("os.stat" if call == "stat" else "pathlib.Path.read_bytes", fail)
        assert [running.valid() for _ in range(3)] == [[False, True, True]] * 3
    assert len(faults(logs)) == 1
    assert "Too many open files" in faults(logs)[0]
    assert running.valid() == [False, True, False]


def test_a_table_is_read_once_for_each_change(
    tmp_path: Path, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[Path] = []
    read = Path.read_bytes

    def counted(path: Path) -> bytes:
        reads.append(path)
        return read(path)

    LinkChecker(tmp_path).revoke("tokio")
    monkeypatch.setattr(Path, "read_bytes", counted)
    for _ in range(5):
        running.valid()
    assert reads == [tmp_path / FILE_NAME]

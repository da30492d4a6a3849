"""The show log as a file: entries, refusals, damage and failing disks."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from config.times import Instant
from signaling.show.report.report import RefusedCommand
from signaling.showlog.filelog import NAME, REFUSED_NAME, SQLITE_NAME, FileLog
from signaling.showlog.interface import DamagedLog, LogEntry, ShowLogError
from signaling.showlog.lines import encode

EVENT = "event: {title: Straße}"
FACT = {"kind": "held", "at": 5}
ENTRY = LogEntry(Instant(1_520_000_000_123), "moderator:desk", "c1", 7, [FACT])


def opened(data: Path, event: str = EVENT) -> FileLog:
    return FileLog.open(data, event)


def begun(data: Path, count: int = 0) -> Path:
    """The file of a log with so many entries."""
    with closing(opened(data)) as log:
        for number in range(1, count + 1):
            log.append(replace(ENTRY, rev=number), number)
    return data / NAME


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_entries_are_there_after_opening_again(tmp_path: Path) -> None:
    other = LogEntry(Instant(1_520_000_001_000), "clock", None, 8, [])
    with closing(opened(tmp_path)) as log:
        log.append(ENTRY, 1)
        log.append(other, 2)
    with closing(opened(tmp_path)) as log:
        assert (log.event, log.count, log.latest) == (EVENT, 2, other.at)
        assert list(log.read_from(1)) == [ENTRY, other]
        log.append(ENTRY, 3)
        assert list(log.read_from(2)) == [other, ENTRY]
        assert list(log.read_from(4)) == []


def test_a_person_can_read_it(tmp_path: Path) -> None:
    first, second = (json.loads(line) for line in begun(tmp_path, 1).read_text("utf-8").splitlines())
    assert list(first) == ["number", "format", "event", "crc"]
    assert list(second) == ["number", "at", "by", "command", "rev", "facts", "crc"]
    assert second["at"] == "2018-03-02T14:13:20.123+00:00"
    assert "Straße" in (tmp_path / NAME).read_text("utf-8")


def test_an_entry_survives_a_killed_process(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from signaling.showlog.filelog import FileLog; from signaling.showlog.interface import LogEntry\n"
        "log = FileLog.open(Path(sys.argv[1]), ''); log.append(LogEntry(1, 'clock', None, 2, []), 1)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert [entry.rev for entry in FileLog.view(tmp_path).read_from(1)] == [2]


def test_one_entry_cannot_be_written_twice(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as log:
        log.append(ENTRY, 1)
        for number in (0, 1, 3):
            with pytest.raises(ShowLogError, match=f"its next entry is number 2, not {number}"):
                log.append(ENTRY, number)
        assert list(log.read_from(1)) == [ENTRY]


def test_a_log_without_entries_begins_with_the_file_of_the_last_start(tmp_path: Path) -> None:
    for event in ("one", "one", "two"):
        with closing(opened(tmp_path, event)) as log:
            assert (log.event, log.count, log.latest) == (event, 0, None)
    with closing(opened(tmp_path, "two")) as log:
        log.append(ENTRY, 1)
    with closing(opened(tmp_path, "three")) as log:
        assert log.event == "two"


def test_two_servers_cannot_hold_one_log(tmp_path: Path) -> None:
    with closing(opened(tmp_path)):
        with pytest.raises(ShowLogError, match="another Schalte is running this event"):
            opened(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ShowLogError, match="--data"):
        opened(tmp_path / "file" / "data")


# Damage -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", range(4))
@pytest.mark.parametrize(
    "damage",
    [
        lambda lines, n: lines.pop(n),
        lambda lines, n: lines.insert(n, lines[n]),
        lambda lines, n: lines.__setitem__(n, lines[n].replace(b"0", b"1")),
        lambda lines, n: lines.__setitem__(n, b"\n"),
    ],
    ids=["missing", "twice", "changed", "empty"],
)
@pytest.mark.parametrize("open_", [opened, FileLog.view])
def test_a_damaged_line_is_named_and_left_as_it_is(
    tmp_path: Path, damage: Callable[[list[bytes], int], None], line: int, open_: Callable[[Path], FileLog]
) -> None:
    path = begun(tmp_path, 4)
    lines = path.read_bytes().splitlines(keepends=True)
    damage(lines, line)
    path.write_bytes(b"".join(lines))
    before = files(tmp_path)
    with pytest.raises(
        DamagedLog,
        match=r"show\.jsonl: is damaged or not a show log \(line \d.*\)\. Nothing was changed\.",
    ) as fault:
        open_(tmp_path)
    assert "--salvage" in str(fault.value)
    assert files(tmp_path) == before


def test_an_entry_that_changed_after_opening_is_not_read(tmp_path: Path) -> None:
    path = begun(tmp_path, 2)
    with closing(opened(tmp_path)) as log:
        path.write_bytes(path.read_bytes().replace(b'"rev": 2', b'"rev": 3'))
        with pytest.raises(DamagedLog, match="line 3"):
            list(log.read_from(1))


@pytest.mark.parametrize("content", [b"not a log, surely" * 100, b"not a log, surely\n" * 100])
@pytest.mark.parametrize("open_", [opened, FileLog.view])
def test_a_file_that_is_no_log_is_left_as_it_is(
    tmp_path: Path, content: bytes, open_: Callable[[Path], FileLog]
) -> None:
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(DamagedLog, match="is damaged or not a show log"):
        open_(tmp_path)
    assert files(tmp_path) == {NAME: content}


@pytest.mark.parametrize("open_", [opened, FileLog.view])
def test_a_log_of_another_version_is_refused(tmp_path: Path, open_: Callable[[Path], FileLog]) -> None:
    content = encode(0, {"format": 99, "unheard": "of"}) + b"in some other form\n"
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ShowLogError, match=r"another version of Schalte \(format 99, this one knows 2\)"):
        open_(tmp_path)
    assert files(tmp_path) == {NAME: content}


@pytest.mark.parametrize("open_", [opened, FileLog.view])
def test_a_log_in_the_form_of_an_older_version_is_not_read(
    tmp_path: Path, open_: Callable[[Path], FileLog]
) -> None:
    (tmp_path / SQLITE_NAME).write_bytes(b"SQLite format 3")
    with pytest.raises(ShowLogError, match=r"show\.sqlite3: .*Use the version that wrote it, or give --data"):
        open_(tmp_path)
    assert files(tmp_path) == {SQLITE_NAME: b"SQLite format 3"}


# Reading while a server holds it ----------------------------------------------------------------------------------


def test_a_log_in_use_is_read_and_no_file_changes(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as held:
        held.append(ENTRY, 1)
        before = files(tmp_path)
        view = FileLog.view(tmp_path)
        assert (view.event, list(view.read_from(1))) == (EVENT, [ENTRY])
        assert files(tmp_path) == before
        held.append(ENTRY, 2)
        assert len(list(FileLog.view(tmp_path).read_from(1))) == 2
        with pytest.raises(ShowLogError, match="cannot be written"):
            view.append(ENTRY, 2)


def test_a_half_written_entry_is_not_read_and_cut_off_at_opening(tmp_path: Path) -> None:
    path = begun(tmp_path, 2)
    path.write_bytes(path.read_bytes()[:-100])
    before = files(tmp_path)
    assert [entry.rev for entry in FileLog.view(tmp_path).read_from(1)] == [1]
    assert files(tmp_path) == before
    with closing(opened(tmp_path)) as log:
        assert log.is_torn
        assert path.read_bytes().endswith(b"\n"), "it is cut off"


@pytest.mark.parametrize("is_empty", [True, False])
def test_a_folder_without_a_log_is_named(tmp_path: Path, is_empty: bool) -> None:
    if is_empty:
        (tmp_path / NAME).touch()
    before = files(tmp_path)
    with pytest.raises(ShowLogError, match=r"show\.jsonl: there is no show log here\. Name the folder"):
        FileLog.view(tmp_path)
    assert files(tmp_path) == before


WRITER = """
import sys
import time
from pathlib import Path
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry
log = FileLog.open(Path(sys.argv[1]), "")
for n in range(1, 100_000):
    log.append(LogEntry(n, "clock", None, n, [{"kind": "x" * 50_000}]), n)
    time.sleep(0.001)
"""
"""Long lines, so that a reader often sees part of one."""


def test_a_log_that_is_being_written_is_read_up_to_its_last_whole_entry(tmp_path: Path) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
    try:
        begun, latest, looks = time.monotonic(), 0, 0
        while (latest < 100 or looks < 50) and time.monotonic() - begun < 30:
            try:
                found = [entry.rev for entry in FileLog.view(tmp_path).read_from(1)]
            except ShowLogError:
                if latest:
                    raise
                continue  # At the very beginning it is no log yet.
            assert found == list(range(1, len(found) + 1))
            assert len(found) >= latest
            latest, looks = len(found), looks + 1
        assert latest >= 100
    finally:
        writer.kill()
        writer.wait()


def test_a_log_that_cannot_be_read_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path, 1)

    def fail(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(
        ShowLogError, match=r"show\.jsonl: cannot be read \(Permission denied\)\. Check that file"
    ):
        FileLog.view(tmp_path)


# Refusals ---------------------------------------------------------------------------------------------------------

REFUSAL = RefusedCommand(Instant(5), "moderator:anna", "next", "stale", "The item on air is already “Two”.")


def test_refused_commands_are_kept_beside_the_entries(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as log:
        assert log.refusals() == []
        log.refused([REFUSAL, replace(REFUSAL, left_out=7)])
        log.append(ENTRY, 1)
        assert log.refusals() == [REFUSAL, replace(REFUSAL, left_out=7)]
    with closing(opened(tmp_path)) as log:
        log.refused([REFUSAL])
        assert list(log.read_from(1)) == [ENTRY]
    assert FileLog.view(tmp_path).refusals() == [REFUSAL, replace(REFUSAL, left_out=7), REFUSAL]


def test_a_damaged_refusal_is_skipped_alone(tmp_path: Path) -> None:
    with closing(opened(tmp_path)) as log:
        log.refused([REFUSAL, replace(REFUSAL, by="moderator:ben"), REFUSAL])
    path = tmp_path / REFUSED_NAME
    path.write_bytes(path.read_bytes().replace(b"ben", b"Ben")[:-5])
    with closing(opened(tmp_path)) as log:
        assert log.refusals() == [REFUSAL]
        log.refused([REFUSAL])
        assert log.refusals() == [REFUSAL, REFUSAL]


# A disk that fails ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(28, "Free some space on that disk."), (5, "Check that file, its folder and its disk.")],
)
def test_a_full_disk_has_its_own_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, remedy: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, "no such luck")

    with closing(opened(tmp_path)) as log:
        with monkeypatch.context() as broken:
            broken.setattr("os.write", fail)
            said = rf"jsonl: cannot be written \(no such luck\)\. {remedy}$"
            with pytest.raises(ShowLogError, match=said):
                log.append(ENTRY, 1)
            with pytest.raises(ShowLogError, match=said):
                log.refused([REFUSAL])
        assert log.count == 0
        log.append(ENTRY, 1)
        log.refused([REFUSAL])
        assert (list(log.read_from(1)), log.refusals()) == ([ENTRY], [REFUSAL])

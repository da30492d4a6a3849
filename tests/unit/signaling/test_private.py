"""Only the owner can read the files of Schalte, under any umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.times import Instant
from signaling import private
from signaling.access.linkchecker import LinkChecker
from signaling.show.report.report import RefusedCommand
from signaling.showlog.filelog import NAME, REFUSED_NAME, FileLog
from signaling.showlog.interface import LogEntry
from signaling.showlog.salvage import salvage


@pytest.fixture(params=[0o000, 0o022, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def modes(data: Path) -> dict[str, int]:
    return {path.name: mode(path) for path in data.iterdir()}


def write(data: Path, count: int) -> None:
    """Make a show log with this many entries."""
    with closing(FileLog.open(data, "")) as log:
        for number in range(1, count + 1):
            log.append(LogEntry(Instant(1), "clock", None, number, [{"kind": "held", "at": 1}]), number)


def test_the_data_folder_and_its_files_are_private(tmp_path: Path, umask: int) -> None:
    data = tmp_path / "data"
    write(data, 1)
    with closing(FileLog.open(data, "")) as log:
        log.refused([RefusedCommand(Instant(1), "moderator:moderator", "next", "stale", "")])
    LinkChecker(data).revoke("berlin")
    assert modes(data).keys() == {NAME, REFUSED_NAME, "signing.key", "links.json", "links.lock"}
    assert set(modes(data).values()) == {0o600}
    assert mode(data) == 0o700


def test_a_folder_made_for_the_key_is_private(tmp_path: Path, umask: int) -> None:
    LinkChecker(tmp_path / "data")
    assert mode(tmp_path / "data") == 0o700


@pytest.mark.parametrize("umask", [0o000], indirect=True)
def test_a_salvaged_log_and_the_damaged_one_are_private(tmp_path: Path, umask: int) -> None:
    write(tmp_path, 50)
    (tmp_path / NAME).write_bytes((tmp_path / NAME).read_bytes().replace(b'"rev": 20', b'"rev": 21'))
    assert salvage(tmp_path, "20180915T100000Z", "") is not None
    assert len(modes(tmp_path)) == 2, "the log and the damaged one"
    assert set(modes(tmp_path).values()) == {0o600}


def test_an_existing_folder_keeps_its_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    write(tmp_path, 0)
    LinkChecker(tmp_path).revoke("berlin")
    assert mode(tmp_path) == 0o750


def test_an_existing_log_keeps_its_entries_and_its_permissions(tmp_path: Path) -> None:
    write(tmp_path, 1)
    (tmp_path / NAME).chmod(0o640)
    with closing(FileLog.open(tmp_path, "")) as log:
        assert (log.count, mode(tmp_path / NAME)) == (1, 0o640)


def test_an_empty_log_file_is_opened_as_a_new_log(tmp_path: Path) -> None:
    private.make_file(tmp_path / NAME)
    with closing(FileLog.open(tmp_path, "event")) as log:
        assert (log.event, log.count, log.is_torn) == ("event", 0, False)


def test_a_failed_replacement_keeps_the_file_and_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", raises_full)
    with pytest.raises(OSError, match="No space"):
        private.replace_file(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def raises_full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_synced_before_its_rename_and_the_rename_before_the_call_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    path, fsync = tmp_path / "file", os.fsync

    def noted(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        seen.append((kind, path.exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    private.replace_file(path, b"new")
    assert seen == [("file", False), ("folder", True)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_file_that_root_makes_belongs_to_the_owner_of_its_folder(tmp_path: Path) -> None:
    """`schalte links` is run by root beside a server that is not root's."""
    os.chown(tmp_path, 12_345, 12_346)
    private.make_file(tmp_path / "lock")
    private.replace_file(tmp_path / "table", b"{}")
    for name in ("lock", "table"):
        found = (tmp_path / name).stat()
        assert (found.st_uid, found.st_gid) == (12_345, 12_346)

"""A damaged show log is refused with its place, and salvaged on request."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from config.times import Instant
from signaling.private import replace_file
from signaling.showlog.filelog import NAME, FileLog
from signaling.showlog.interface import DamagedLog, LogEntry, ShowLogError
from signaling.showlog.lines import encode
from signaling.showlog.salvage import Salvaged, salvage
from tests.events import SHORT, write
from tests.server.process import run, server

ENTRIES = 400
WRITER = f"""\
import os, sys
from pathlib import Path
from signaling.showlog.filelog import FileLog
from signaling.showlog.interface import LogEntry
log = FileLog.open(Path(sys.argv[1]), {SHORT!r})
for n in range(1, {ENTRIES} + 1):
    fact = {{"kind": "extended", "item": "one", "by": n, "at": n}}
    log.append(LogEntry(n, "moderator:desk", f"command-{{n}}", n, [fact] * 3), n)
os.kill(os.getpid(), {int(signal.SIGKILL)})
"""
NOW = "the event file of this start"
STAMP = "20260314T110000Z"
KEPT = f"{NAME}.damaged-{STAMP}"
Files = Mapping[str, bytes]


def files(data: Path) -> Files:
    return {file.name: file.read_bytes() for file in data.iterdir() if file.is_file()}


def put(folder: Path, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[LogEntry]]:
    """The log of a killed writer, and its entries."""
    data = tmp_path_factory.mktemp("killed")
    subprocess.run([sys.executable, "-c", WRITER, str(data)], check=False)
    entries = list(FileLog.view(data).read_from(1))
    assert len(entries) == ENTRIES
    return (data / NAME).read_bytes(), entries


def flipped(content: bytes, chance: random.Random, start: int = 0) -> bytes:
    place = chance.randrange(start, len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def opened(data: Path) -> list[LogEntry] | None:
    """The entries of the log; None if it is refused as damaged. Then its files must be unchanged."""
    before = files(data)
    try:
        log = FileLog.open(data, SHORT)
    except DamagedLog:
        assert files(data) == before
        return None
    log.close()
    return list(FileLog.view(data).read_from(1))


def salvaged(data: Path, stamp: str = STAMP) -> Salvaged | None:
    return salvage(data, stamp, NOW)


@pytest.mark.parametrize("seed", range(60))
def test_a_changed_bit_is_detected(killed: tuple[bytes, list[LogEntry]], tmp_path: Path, seed: int) -> None:
    content, _ = killed
    assert opened(put(tmp_path / "data", flipped(content, random.Random(seed)))) is None


def test_a_changed_bit_in_the_last_entry_is_detected(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path
) -> None:
    """The entry was acknowledged. As a partial line, it would be cut off silently."""
    lines = killed[0].splitlines(keepends=True)
    content, data = b"".join(lines[:3]), tmp_path / "data"
    for bit in range(8 * (len(content) - len(lines[2])), 8 * len(content)):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        put(data, bytes(changed))
        with pytest.raises(DamagedLog, match=r"line 3: its (checksum is wrong|newline is damaged)"):
            FileLog.view(data)
    done = salvaged(data)  # a changed newline
    assert done is not None
    assert (done.why, done.entries, done.skipped) == ("line 3: its newline is damaged", 1, (3,))


@pytest.mark.parametrize("seed", range(60))
def test_a_truncated_log_gives_every_whole_entry_or_is_refused(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path, seed: int
) -> None:
    content, entries = killed
    end = random.Random(seed).randrange(len(content)) if seed else 100
    found = opened(put(tmp_path / "data", content[:end]))
    if content[:end].count(b"\n"):
        assert found == entries[: content[:end].count(b"\n") - 1]
    else:
        assert found is None


@pytest.mark.parametrize("seed", range(60))
def test_a_log_with_missing_or_overwritten_bytes_is_refused(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path, seed: int
) -> None:
    content, _ = killed
    chance = random.Random(seed)
    start, size = chance.randrange(len(content) - 5_000), chance.choice([1, 50, 4_096])
    put_there = chance.choice([b"", b"\0" * size, b"?" * size, b"\n" * size])
    assert opened(put(tmp_path / "data", content[:start] + put_there + content[start + size :])) is None


@pytest.mark.parametrize("seed", range(40))
def test_salvage_keeps_the_damaged_file_and_counts_the_entries_it_loses(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path, seed: int
) -> None:
    content, entries = killed
    chance = random.Random(seed)
    for _ in range(3):
        content = flipped(content, chance)
    data = put(tmp_path / "data", content)
    done = salvaged(data)
    assert done is not None
    assert files(data)[KEPT] == content
    log = FileLog.view(data)
    found = list(log.read_from(1))
    assert log.event == (NOW if 1 in done.skipped else SHORT)
    assert (done.entries, done.lost) == (len(found), found[-1].rev - len(found))
    assert 1 <= len(done.skipped) <= 3
    # Where a newline has changed, two lines have become one.
    bad = {line for line, text in enumerate(content.split(b"\n"), start=1) if line in done.skipped and text}
    assert bad == set(done.skipped)
    assert len(found) >= ENTRIES - 6
    assert found == [entry for entry in entries if entry in found], "in order, and each once"
    assert found[-1].rev >= ENTRIES - 4, "the last ones tell what is on air"
    assert salvaged(data, "20260314T120000Z") is None
    assert opened(data) == found


@pytest.fixture
def damaged(killed: tuple[bytes, list[LogEntry]], tmp_path: Path) -> Path:
    """A data folder with a log that is damaged in the middle."""
    content, _ = killed
    middle = len(content) // 2
    return put(tmp_path / "data", content[:middle] + b"?" * 100 + content[middle + 100 :])


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize("name", ["os.replace", "os.fsync", "os.fchmod"])
def test_a_killed_salvage_leaves_the_log_damaged_and_can_be_repeated(
    damaged: Path, name: str, call: int
) -> None:
    content = files(damaged)[NAME]
    script = (
        "import os, sys; from pathlib import Path; from signaling.showlog.salvage import salvage\n"
        f"real, calls = {name}, []\n"
        "def kill(*what):\n"
        "    calls.append(what)\n"
        f"    return os.kill(os.getpid(), {int(signal.SIGKILL)}) if len(calls) == {call} else real(*what)\n"
        f"{name} = kill\n"
        f"salvage(Path(sys.argv[1]), {STAMP!r}, '')"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(damaged)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert files(damaged)[NAME] == content
    assert files(damaged).get(KEPT, content) == content
    assert opened(damaged) is None
    assert salvaged(damaged) is not None
    assert files(damaged)[KEPT] == content


def test_a_failed_salvage_changes_nothing(damaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(damaged)
    for possible in range(2):
        left = iter(range(possible))

        def full(path: Path, content: bytes, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError(28, "no such luck")
            replace_file(path, content)

        with monkeypatch.context() as broken:
            broken.setattr("signaling.showlog.salvage.replace_file", full)
            with pytest.raises(ShowLogError, match=r"\(no such luck\)\. Nothing was changed"):
                salvaged(damaged)
        assert files(damaged) == before
    assert salvaged(damaged) is not None


@pytest.mark.parametrize("possible", [0, 1])
def test_a_salvage_whose_folder_cannot_be_synced_changes_nothing(
    damaged: Path, monkeypatch: pytest.MonkeyPatch, possible: int
) -> None:
    """The rename before it has been done: without care, the damaged file would be lost."""
    before, left = files(damaged), iter(range(possible))

    def fail(path: Path) -> None:
        if next(left, None) is None:
            raise OSError(5, "no such luck")

    with monkeypatch.context() as broken:
        broken.setattr("signaling.private.sync_folder", fail)
        with pytest.raises(ShowLogError, match=r"\(no such luck\)\. Nothing was changed"):
            salvaged(damaged)
    assert files(damaged) == before
    assert salvaged(damaged) is not None


def test_of_several_salvages_at_once_one_is_done(damaged: Path) -> None:
    """The others find it locked, or whole."""
    content, done, told = files(damaged)[NAME], [], []
    begin = threading.Barrier(4)

    def salvaging(stamp: int) -> None:
        begin.wait()
        try:
            done.append(salvaged(damaged, str(stamp)))
        except ShowLogError as fault:
            told.append(str(fault))

    threads = [threading.Thread(target=salvaging, args=[n]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (one,) = [salvaged for salvaged in done if salvaged is not None]
    assert one.damaged_file.read_bytes() == content
    assert len(files(damaged)) == 2
    assert all("another Schalte is running this event" in fault for fault in told)
    assert opened(damaged) is not None


def test_a_log_that_a_server_holds_is_not_salvaged(tmp_path: Path) -> None:
    log = FileLog.open(tmp_path, SHORT)
    with pytest.raises(ShowLogError, match="another Schalte is running this event"):
        salvaged(tmp_path)
    log.close()


@pytest.mark.parametrize("content", [b"nothing that anybody knows" * 100, b"neither\nis\nthis\n"])
def test_salvage_of_an_unreadable_file_keeps_it_and_begins_a_new_log(tmp_path: Path, content: bytes) -> None:
    done = salvaged(put(tmp_path, content))
    assert done is not None
    assert (done.entries, done.lost, len(done.skipped)) == (0, 0, content.count(b"\n"))
    assert files(tmp_path)[KEPT] == content
    assert opened(tmp_path) == []


def test_a_log_without_its_first_line_begins_with_the_event_file_of_the_start(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path
) -> None:
    content, entries = killed
    done = salvage(put(tmp_path, content.partition(b"\n")[2]), STAMP, "the event of now")
    assert done is not None
    assert (done.why, done.entries, done.lost, done.skipped) == ("its first line is missing", ENTRIES, 0, ())
    log = FileLog.view(tmp_path)
    assert (log.event, list(log.read_from(1))) == ("the event of now", entries)


def test_deleted_lines_are_counted(killed: tuple[bytes, list[LogEntry]], tmp_path: Path) -> None:
    lines = killed[0].splitlines(keepends=True)
    done = salvaged(put(tmp_path, b"".join([*lines[:100], *lines[103:200], lines[50], *lines[200:]])))
    assert done is not None
    assert (done.entries, done.lost, done.skipped) == (ENTRIES - 3, 3, (198,))
    assert opened(tmp_path) is not None


def test_a_whole_torn_or_missing_log_is_not_salvaged(
    killed: tuple[bytes, list[LogEntry]], tmp_path: Path
) -> None:
    assert salvaged(tmp_path) is None
    assert files(tmp_path) == {}
    for content in (b"", killed[0], killed[0][:-7]):
        assert salvaged(put(tmp_path, content)) is None
        assert files(tmp_path) == {NAME: content}


def test_salvage_skips_an_entry_that_this_version_does_not_know(
    tmp_path: Path,
) -> None:
    log = FileLog.open(tmp_path, SHORT)
    for n, kind in enumerate(("held", "danced", "resumed"), start=1):
        log.append(LogEntry(Instant(n), "moderator:desk", kind, n, [{"kind": kind, "at": n}]), n)
    log.close()
    done = salvaged(tmp_path)
    assert done is not None
    assert (done.entries, done.lost, done.skipped) == (2, 1, (3,))
    assert "danced" in done.why
    assert "Use the version" not in done.why
    assert [entry.command for entry in FileLog.view(tmp_path).read_from(1)] == ["held", "resumed"]


async def test_a_server_starts_on_a_damaged_log_only_with_salvage(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        for n in range(20):
            await first.command(id=f"e{n}", type="extend", seconds=1)
        await first.command(id="2", type="next", **{"from": "one"})
        await first.kill()
    content = bytearray((data / NAME).read_bytes())
    content[content.index(b'"e10"')] ^= 0xFF
    (data / NAME).write_bytes(content)
    before = files(data)

    code, out, err = await run("serve", str(event), "--data", str(data), "--port", "0", "--udp-port", "0")
    assert (code, out) == (1, "")
    (line,) = [line for line in err.splitlines() if not line.startswith("{")]
    assert line.startswith(f"{data / NAME}: is damaged")
    assert (
        "Nothing was changed. To go on with all that can be read of it, start the server with --salvage"
        in line
    )
    assert files(data) == before

    async with server(event, data, "--salvage") as second:
        assert (await second.state())["show"]["item"] == "two"
        (said,) = [line for line in second.lines if "damaged_file" in line]
        assert said["entries"] > 20
        assert said["lost"] == len(said["skipped_lines"]) == 1
        assert files(data)[Path(said["damaged_file"]).name] == before[NAME]
        status, _ = await second.command(id="3", type="next", **{"from": "two"})
        assert status == 200
        await second.kill()
    async with server(event, data) as third:
        assert (await third.state())["show"]["item"] == "three"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        (NAME, encode(0, {"format": 99}), "was written by another version of Schalte (format 99"),
        ("show.sqlite3", b"SQLite format 3", "is the show log of an older Schalte"),
    ],
)
async def test_a_log_of_another_version_is_left_to_that_version(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    data.mkdir()
    (data / name).write_bytes(content)
    for options in ((), ("--salvage",)):
        code, _, err = await run(
            "serve", str(event), "--data", str(data), "--port", "0", "--udp-port", "0", *options
        )
        assert code == 1
        assert says in err
        assert "Use " in err
        assert files(data) == {name: content}

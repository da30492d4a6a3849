"""A damaged show log: named, never opened as though nothing were missing, kept, and gone on with on request."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from signaling.showlog.salvage import salvage
from signaling.showlog.store import NAME, Damaged, Record, Store, StoreError
from tests.events import write
from tests.server.process import run, server

ENTRIES = 400
"""Enough for some pages in the log itself and some hundred frames beside it."""
WRITER = f"""\
import os, sys
from pathlib import Path
from signaling.showlog.store import Store
store = Store.open(Path(sys.argv[1]))
store._connection.execute("PRAGMA wal_autocheckpoint=500")
for n in range(1, {ENTRIES} + 1):
    fact = {{"kind": "extended", "item": "one", "by": n, "at": n}}
    store.append(n, n, "moderator:desk", f"command-{{n}}", [fact] * 3)
os.kill(os.getpid(), {int(signal.SIGKILL)})
"""
STAMP = "20260314T110000Z"
Files = Mapping[str, bytes]


def files(data: Path) -> Files:
    return {file.name: file.read_bytes() for file in data.iterdir() if file.is_file()}


def put(folder: Path, files: Files) -> Path:
    folder.mkdir(exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, list[Record]]:
    """The files of a writer that was killed, and what they hold."""
    data = tmp_path_factory.mktemp("killed")
    subprocess.run([sys.executable, "-c", WRITER, str(data)], check=False)
    found = files(data)
    assert len(found[NAME]) > 10 * 4096
    assert len(found[NAME + "-wal"]) > 100 * 4096
    store = Store.open(put(data, found))
    records = list(store.records())
    store.close()
    assert len(records) == ENTRIES
    return found, records


def flipped(content: bytes, chance: random.Random, start: int = 0) -> bytes:
    place = chance.randrange(start, len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def opened(data: Path) -> list[Record] | None:
    """What the log says; None if it is refused as damaged, and then nothing may have been touched."""
    before = files(data)
    try:
        store = Store.open(data)
    except Damaged:
        assert files(data) == before
        return None
    try:
        return list(store.records())
    except Damaged:
        return None
    finally:
        store.close()


@pytest.mark.parametrize("seed", range(60))
def test_bytes_that_changed_beside_the_log_cost_the_last_entry_at_most_or_are_told(
    killed: tuple[Files, list[Record]], tmp_path: Path, seed: int
) -> None:
    was, records = killed
    name = NAME + "-wal"
    found = opened(put(tmp_path / "data", {**was, name: flipped(was[name], random.Random(seed))}))
    assert found is None or found in (records, records[:-1])


@pytest.mark.parametrize("seed", range(60))
def test_a_torn_file_beside_the_log_gives_every_entry_up_to_there(
    killed: tuple[Files, list[Record]], tmp_path: Path, seed: int
) -> None:
    was, records = killed
    name = NAME + "-wal"
    # Not shorter than what has been moved into the log meanwhile.
    end = random.Random(seed).randrange(len(was[name]) // 2, len(was[name]))
    found = opened(put(tmp_path / "data", {**was, name: was[name][:end]}))
    assert found is None or found == records[: len(found)]
    assert found is None or len(found) > ENTRIES // 4


@pytest.mark.parametrize("seed", range(60))
def test_a_log_that_was_cut_or_changed_is_refused_or_whole(
    killed: tuple[Files, list[Record]], tmp_path: Path, seed: int
) -> None:
    was, records = killed
    chance = random.Random(seed)
    content = was[NAME][: chance.randrange(len(was[NAME]))] if seed % 2 else flipped(was[NAME], chance)
    found = opened(put(tmp_path / "data", {**was, NAME: content}))
    assert found is None or found == records


@pytest.mark.parametrize("seed", range(40))
def test_salvage_keeps_the_damaged_files_and_all_entries_but_those_it_counts(
    killed: tuple[Files, list[Record]], tmp_path: Path, seed: int
) -> None:
    was, _ = killed
    chance = random.Random(seed)
    name = NAME if seed % 2 else NAME + "-wal"
    content = was[name]
    # The first page says what tables there are; without it there is nothing to be had, which has its own test.
    for _ in range(3):
        content = flipped(content, chance, 8192)
    data = put(tmp_path / "data", {**was, name: content})
    damaged = files(data)
    done = salvage(data, STAMP)
    if done is None:
        return
    kept = {
        file.replace(f".damaged-{STAMP}", ""): content
        for file, content in files(data).items()
        if "damaged" in file
    }
    assert kept == damaged
    store = Store.open(data)
    found = list(store.records())
    store.close()
    assert [record.seq for record in found] == list(range(1, len(found) + 1))
    assert (done.entries, done.lost) == (len(found), found[-1].rev - len(found))
    assert len(found) > ENTRIES * 0.8
    assert found[-1].rev >= ENTRIES - 1, "the last ones tell what is on air"
    assert salvage(data, "20260314T120000Z") is None


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
def torn(killed: tuple[Files, list[Record]], tmp_path: Path) -> Path:
    """A data folder with a log that is whole but for what lies beside it."""
    was, _ = killed
    beside = was[NAME + "-wal"]
    middle = len(beside) // 2
    return put(
        tmp_path / "data", {**was, NAME + "-wal": beside[:middle] + b"?" * 100 + beside[middle + 100 :]}
    )


def raising(fault: BaseException) -> Callable[..., None]:
    def fail(*_: object) -> None:
        raise fault

    return fail


@pytest.mark.parametrize("call", ["link", "rename", "replace"])
def test_a_salvage_that_was_killed_half_way_has_not_begun(
    torn: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Without what lies beside it the log seems whole, and its last entries would be forgotten without a word."""
    damaged = files(torn)
    with monkeypatch.context() as broken:
        broken.setattr(f"os.{call}", raising(Killed()))
        with pytest.raises(Killed):
            salvage(torn, STAMP)
    with pytest.raises(Damaged):
        Store.open(torn)
    assert files(torn) == damaged
    assert salvage(torn, STAMP) is not None


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("call", ["rename", "replace"])
def test_a_salvage_that_cannot_be_finished_changes_nothing(
    torn: Path, monkeypatch: pytest.MonkeyPatch, call: str, links: bool
) -> None:
    """And says so. Not every file system has hard links."""
    damaged = files(torn)
    with monkeypatch.context() as broken:
        if not links:
            broken.setattr("os.link", raising(OSError("no links here")))
        broken.setattr(f"os.{call}", raising(OSError("no such luck")))
        with pytest.raises(StoreError, match="Nothing was changed"):
            salvage(torn, STAMP)
    assert files(torn) == damaged
    assert salvage(torn, STAMP) is not None


def test_salvage_of_a_log_of_which_nothing_is_left_begins_anew_and_keeps_it(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"nothing that SQLite knows" * 100)
    done = salvage(tmp_path, STAMP)
    assert done is not None
    assert (done.entries, done.lost) == (0, 0)
    assert (tmp_path / f"{NAME}.damaged-{STAMP}").read_bytes() == b"nothing that SQLite knows" * 100


def test_an_entry_that_this_version_does_not_know_is_left_out_and_those_behind_it_are_not(
    tmp_path: Path,
) -> None:
    store = Store.open(tmp_path)
    for n, kind in enumerate(("held", "danced", "resumed"), start=1):
        store.append(n, n, "moderator:desk", kind, [{"kind": kind, "at": n}])
    store.close()
    done = salvage(tmp_path, STAMP)
    assert done is not None
    assert (done.entries, done.lost) == (2, 1)
    assert "danced" in done.why
    store = Store.open(tmp_path)
    assert [record.command for record in store.records()] == ["held", "resumed"]
    store.close()


def test_a_long_log_is_salvaged_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many entries in a row may be lost has a limit, lest a damaged number be counted up to; how many there are
    has none."""
    monkeypatch.setattr("signaling.showlog.salvage.FARTHEST", 4)
    store = Store.open(tmp_path)
    for n in range(1, 11):
        store.append(n, n, "moderator:desk", None, [{"kind": "danced" if n in (2, 3) else "held", "at": n}])
    store._connection.execute("UPDATE log SET seq = ? WHERE seq = 10", (1 << 60,))
    store.close()
    done = salvage(tmp_path, STAMP)
    assert done is not None
    assert (done.entries, done.lost) == (7, 2)


async def test_a_server_does_not_start_on_a_damaged_log_and_salvages_it_when_told(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        for n in range(20):
            await first.command(id=f"e{n}", type="extend", seconds=1)
        await first.command(id="2", type="next", **{"from": "one"})
        await first.kill()
    beside = data / (NAME + "-wal")
    content = bytearray(beside.read_bytes())
    content[len(content) // 2] ^= 0xFF
    beside.write_bytes(content)
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
        assert files(data)[Path(said["damaged_file"]).name] == before[NAME]
        status, _ = await second.command(id="3", type="next", **{"from": "two"})
        assert status == 200
        await second.kill()
    async with server(event, data) as third:
        assert (await third.state())["show"]["item"] == "three"


async def test_a_log_of_another_version_is_left_to_that_version(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    data.mkdir()
    connection = sqlite3.connect(data / NAME)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    before = files(data)
    for options in ((), ("--salvage",)):
        code, _, err = await run(
            "serve", str(event), "--data", str(data), "--port", "0", "--udp-port", "0", *options
        )
        assert code == 1
        assert "was written by another version of Schalte (format 99" in err
        assert "Use that version" in err
        assert files(data) == before

"""A file of checked lines: its form, torn ends, locks and failing writes."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from signaling.showlog.lines import LineFile, decode, encode, split

FIELDS = {"text": "会場 “Krefeld”\n\x00\u2028"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def written(path: Path, count: int = 3) -> bytes:
    """The content of a file with so many lines."""
    with closing(LineFile.open(path)) as file:
        for n in range(count):
            file.append([{"n": n}])
    return path.read_bytes()


def lines(path: Path) -> list[object]:
    return [decode(line)["n"] for line in LineFile(path).read()]


def test_a_line_is_json_that_a_person_can_read() -> None:
    line = encode(7, FIELDS)
    assert line.startswith('{"number": 7, "text": "会場 “Krefeld”\\n\\u0000\u2028", "crc": "'.encode())
    assert line.count(b"\n") == 1
    assert json.loads(line) == decode(line[:-1]) == {"number": 7, **FIELDS, "crc": json.loads(line)["crc"]}


def test_any_changed_bit_is_detected() -> None:
    line = encode(7, FIELDS)[:-1]
    for bit in range(len(line) * 8):
        changed = bytearray(line)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="checksum"):
            decode(bytes(changed))


@pytest.mark.parametrize("line", [b"", b"{}", b'{"number": 1}', b"\xff" * 40])
def test_other_bytes_are_no_line(line: bytes) -> None:
    with pytest.raises(ValueError, match="its checksum is wrong"):
        decode(line)


@pytest.mark.parametrize(
    ("content", "whole", "partial"),
    [
        (b"", [], b""),
        (b"a\n", [b"a"], b""),
        (b"a\nb", [b"a"], b"b"),
        (b"a\nb\0\0\n", [b"a"], b"b\0\0"),
        (b"a\nb\0\0\nc", [b"a", b"b\0\0"], b"c"),  # only one line at a time is being written
        (b"a\n\0b\n", [b"a"], b"\0b"),
        (b"a\nb\0c\n", [b"a", b"b\0c"], b""),  # one changed bit makes a NUL of a space
        (b"\0\0", [], b"\0\0"),
    ],
)
def test_a_line_without_its_end_is_partial(content: bytes, whole: list[bytes], partial: bytes) -> None:
    assert split(content) == (whole, partial)


@pytest.mark.parametrize(
    ("end", "is_damaged"), [(b"", False), (b"\0", False), (b"\n", False), (b"\x0b", True)]
)
def test_a_whole_line_with_another_byte_for_its_newline_is_damaged(
    path: Path, end: bytes, is_damaged: bool
) -> None:
    content = written(path)
    path.write_bytes(content[:-1] + end)
    assert LineFile(path).is_end_damaged is is_damaged


def test_lines_are_read_from_any_number_on(path: Path) -> None:
    written(path)
    with closing(LineFile.open(path)) as file:
        file.append([{"n": 3}, {"n": 4}])
        for number in range(7):
            assert [decode(line)["number"] for line in file.read(number)] == list(range(number, 5))


def test_a_file_cut_at_any_byte_keeps_its_whole_lines_and_goes_on_after_them(path: Path) -> None:
    content = written(path)
    for end in range(len(content) + 1):
        path.write_bytes(content[:end])
        whole = content[:end].count(b"\n")
        with closing(LineFile.open(path)) as file:
            assert (len(file), file.is_torn) == (whole, not content[:end].endswith(b"\n") and end > 0)
            file.append([{"n": "next"}])
        assert lines(path) == [*range(whole), "next"]


def test_one_process_at_a_time_may_append(path: Path) -> None:
    with closing(LineFile.open(path)):
        with pytest.raises(BlockingIOError):
            LineFile.open(path)
    LineFile.open(path).close()


def test_a_file_that_is_replaced_before_it_is_locked_is_opened_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(path, 1)
    flock, replaced = fcntl.flock, iter([True])

    def slow(descriptor: int, operation: int) -> None:
        if next(replaced, False):
            content = path.read_bytes()
            path.unlink()
            path.write_bytes(content * 2)
        flock(descriptor, operation)

    monkeypatch.setattr("fcntl.flock", slow)
    with closing(LineFile.open(path)) as file:
        assert len(file) == 2
        file.append([{"n": 2}])
    assert path.read_bytes().count(b"\n") == 3


def failing(name: str, monkeypatch: pytest.MonkeyPatch, *, times: int = 1) -> Callable[[], int]:
    """Make a system call fail so many times. The result counts the calls."""
    real, made = getattr(os, name), 0

    def fail(*args: object) -> object:
        nonlocal made
        made += 1
        if made <= times:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(*args)

    monkeypatch.setattr(os, name, fail)
    return lambda: made


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_line_that_could_not_be_written_is_not_in_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    content = written(path)
    with closing(LineFile.open(path)) as file:
        failing(call, monkeypatch)
        with pytest.raises(OSError, match=os.strerror(errno.EIO)):
            file.append([{"n": "lost"}])
        assert path.read_bytes() == content
        file.append([{"n": 3}])
    assert lines(path) == [0, 1, 2, 3]


def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with room for only ten bytes of the next line."""
    write, room = os.write, iter([10])
    monkeypatch.setattr(os, "write", lambda to, data: write(to, data[: next(room, None)]))


def test_a_partly_written_line_is_taken_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(path)
    with closing(LineFile.open(path)) as file:
        short(monkeypatch)
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            file.append([{"n": "lost"}])
        assert path.read_bytes() == content


@pytest.mark.parametrize("call", ["ftruncate", "fsync"])
def test_nothing_is_appended_after_a_partial_line_until_that_is_cut_off(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    content = written(path)
    with closing(LineFile.open(path)) as file:
        short(monkeypatch)
        calls = failing(call, monkeypatch, times=3)
        for attempt in range(3):
            with pytest.raises(OSError, match=r"Input/output|No space"):
                file.append([{"n": "lost"}])
            assert calls() == attempt + 1
        assert path.read_bytes() in (content, content + encode(3, {"n": "lost"})[:10])
        file.append([{"n": 3}])
    assert lines(path) == [0, 1, 2, 3]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The system calls that write, in order."""
    made: list[str] = []
    write, fsync = os.write, os.fsync

    def writing(to: int, data: bytes) -> int:
        made.append("write")
        return write(to, data)

    def syncing(of: int) -> None:
        made.append("fsync folder" if stat.S_ISDIR(os.fstat(of).st_mode) else "fsync file")
        fsync(of)

    monkeypatch.setattr(os, "write", writing)
    monkeypatch.setattr(os, "fsync", syncing)
    return made


def test_a_line_is_written_with_one_call_and_synced(path: Path, calls: list[str]) -> None:
    with closing(LineFile.open(path)) as file:
        file.append([{"n": 0}])
        assert calls == ["write", "fsync file", "fsync folder"], "a file is lost without its name"
        calls.clear()
        file.append([{"n": 1}, {"n": 2}])
        assert calls == ["write", "fsync file"]

"""A file to which checked lines are appended: each a JSON object with its number first and its checksum last."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from signaling.private import make_file, sync_folder


def encode(number: int, fields: Mapping[str, object]) -> bytes:
    """A line with its newline. Text stays readable: non-ASCII characters are not escaped."""
    body = json.dumps({"number": number, **fields}, ensure_ascii=False)[:-1].encode()
    return body + _checksum(body) + b"\n"


def check(line: bytes, number: int | None = None) -> None:
    """Check that a line, without its newline, is unchanged and has this number.

    Raises:
        ValueError: it is damaged, or is another line.
    """
    end = max(0, len(line) - len(_checksum(b"")))
    if line[end:] != _checksum(line[:end]):
        raise ValueError("its checksum is wrong")
    if number is not None and not line.startswith(b'{"number": %d,' % number):
        raise ValueError(f"its number is not {number}")


def decode(line: bytes, number: int | None = None) -> dict[str, Any]:
    """The fields of a line. Otherwise as `check`."""
    check(line, number)
    fields: dict[str, Any] = json.loads(line)
    return fields


def _is_whole(line: bytes) -> bool:
    try:
        check(line)
    except ValueError:
        return False
    return True


def _checksum(body: bytes) -> bytes:
    """The last field of a line that begins with `body`: the CRC-32 of exactly these bytes."""
    return b', "crc": "%08x"}' % zlib.crc32(body)


def split(content: bytes) -> tuple[list[bytes], bytes]:
    """The whole lines of a file, without their newlines, and a partial last one.

    A last line with NULs is partial too. JSON has no NUL, but a block that was not written before a power cut has only
    NULs. A single NUL inside a line is no such block, but a changed bit: that line may have been acknowledged.
    """
    *lines, partial = content.split(b"\n")
    if lines and not partial and (b"\0\0" in lines[-1] or lines[-1].startswith(b"\0")):
        partial = lines.pop()
    return lines, partial


class LineFile:
    """A file of lines. Its methods raise OSError. After a failed write, nothing of it is in the file.

    Any thread may read while another one appends.
    """

    def __init__(self, path: Path, descriptor: int = -1) -> None:
        """Without a descriptor nothing can be appended."""
        self.path = path
        self._descriptor = descriptor
        lines, partial = split(path.read_bytes())
        self._ends = array("Q", [0])
        """Offsets of the line ends, after a 0: line n is between the offsets n and n + 1."""
        for line in lines:
            self._ends.append(self._ends[-1] + len(line) + 1)
        self.is_torn = bool(partial)
        """A partial line followed the last whole one. It was never acknowledged."""
        self.is_end_damaged = not partial.endswith(b"\0") and _is_whole(partial[:-1])
        """That line is whole but for its newline, which is another byte. So it may have been acknowledged."""
        self._is_uncertain = self.is_torn
        """There may be bytes after the last whole line. They are cut off before anything is appended."""

    @classmethod
    def open(cls, path: Path) -> LineFile:
        """Open a file for appending, or make one (0600). No other process can open it until it is closed.

        Raises:
            BlockingIOError: it is open already.
        """
        make_file(path)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The last holder of the lock, a salvage, may have replaced the file.
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return cls(path, descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return cls.open(path)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def read(self, number: int = 0) -> Iterator[bytes]:
        """The lines from this number on, as far as they are durable, without their newlines."""
        count = len(self) - number
        if count > 0:
            with self.path.open("rb") as file:
                file.seek(self._ends[number])
                for _ in range(count):
                    yield file.readline().removesuffix(b"\n")

    def append(self, added: Sequence[Mapping[str, object]]) -> None:
        """Write lines with one system call. They are durable when this returns."""
        lines = [encode(number, fields) for number, fields in enumerate(added, start=len(self))]
        content = b"".join(lines)
        if self._is_uncertain:
            self.cut()
        self._is_uncertain = True
        try:
            if os.write(self._descriptor, content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(self._descriptor)
            if not len(self):
                sync_folder(self.path.parent)
        except OSError:
            with suppress(OSError):
                self.cut()
            raise
        self._is_uncertain = False
        for line in lines:
            self._ends.append(self._ends[-1] + len(line))

    def cut(self, lines: int | None = None) -> None:
        """Make the file end after so many lines, or after its last whole one."""
        if lines is not None:
            del self._ends[lines + 1 :]
            self._is_uncertain = True
        os.ftruncate(self._descriptor, self._ends[-1])
        os.fsync(self._descriptor)
        self._is_uncertain = False

    def close(self) -> None:
        """Release the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1

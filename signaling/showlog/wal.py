"""What SQLite has written beside the show log (`show.sqlite3-wal`), looked at as bytes.

SQLite reads that file up to the first frame whose checksum is wrong and takes the rest for an entry that was being
written when the power went. Where it was not, entries would be forgotten without a word; so we look first. The format:
https://sqlite.org/fileformat2.html#walformat.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

HEADER = 32
FRAME = 24
"""Bytes before each page: page number, pages of the file if an entry ends here, two salts, two checksums."""

Sums = tuple[int, int]
State = Literal["whole", "torn", "damaged"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A page as written."""

    page: bytes
    """The whole frame, header and all."""
    ends: bool
    """An entry ends with it."""
    sound: bool


def state(wal: bytes) -> State:
    """`torn`: the last entry was not written to its end, so nobody was told that it was. `damaged`: others are lost."""
    if len(wal) <= HEADER:
        return "whole"
    if _order(wal) is None:
        return "damaged"
    frames = list(_frames(wal))
    first = next((n for n, frame in enumerate(frames) if not frame.sound), None)
    if first is None:
        ended = not frames or frames[-1].ends
        return "whole" if ended and _is_full(wal, len(frames)) else "torn"
    # Each entry is on disk before the next is begun: only the frames of one can be half there.
    return "damaged" if sum(frame.ends for frame in frames[first:]) > 1 else "torn"


def mended(wal: bytes) -> bytes:
    """The file without its damaged frames, so that SQLite reads those behind them.

    The last page of the log is written anew with each entry, so a lost one is most often there again further on.
    """
    order = _order(wal)
    if order is None:
        return b""
    sums: Sums = struct.unpack(">2I", wal[24:HEADER])
    made = bytearray(wal[:HEADER])
    for frame in _frames(wal):
        if frame.sound:
            sums = _sum(order, sums, frame.page[:8], frame.page[FRAME:])
            made += frame.page[:16] + struct.pack(">2I", *sums) + frame.page[FRAME:]
    return bytes(made)


def _order(wal: bytes) -> str | None:
    """In which order of bytes the checksums are made; None if not even the header is sound."""
    if len(wal) < HEADER:
        return None
    magic, _, size = struct.unpack(">3I", wal[:12])
    order = {0x377F0682: "<", 0x377F0683: ">"}.get(magic)
    if order is None or not 512 <= size <= 65_536:
        return None
    return order if _sum(order, (0, 0), wal[:24]) == struct.unpack(">2I", wal[24:HEADER]) else None


def _size(wal: bytes) -> int:
    """Bytes of a frame."""
    (page,) = struct.unpack(">I", wal[8:12])
    return FRAME + int(page)


def _is_full(wal: bytes, frames: int) -> bool:
    """Nothing comes after the last frame but what is left of an earlier use of the file."""
    rest = wal[HEADER + frames * _size(wal) :]
    return len(rest) < 16 or rest[8:16] != wal[16:24]


def _frames(wal: bytes) -> Iterator[Frame]:
    """The frames of the file's present use, which all bear its salts; each is held to the checksum before it."""
    order, size = _order(wal), _size(wal)
    assert order is not None
    before: Sums = struct.unpack(">2I", wal[24:HEADER])
    strangers = 0
    for at in range(HEADER, len(wal) - size + 1, size):
        page = wal[at : at + size]
        stated: Sums = struct.unpack(">2I", page[16:FRAME])
        sound = page[8:16] == wal[16:24] and _sum(order, before, page[:8], page[FRAME:]) == stated
        if not sound and page[8:16] != wal[16:24]:
            # Left from an earlier use of the file, or one whose salts are damaged: then the next one has them.
            strangers += 1
            following = wal[at + size + 8 : at + size + 16]
            if strangers > 1 or following != wal[16:24]:
                return
        yield Frame(page, page[4:8] != b"\0\0\0\0", sound)
        before = stated


def _sum(order: str, sums: Sums, *parts: bytes) -> Sums:
    one, two = sums
    for part in parts:
        for x, y in struct.iter_unpack(order + "2I", part):
            one = (one + x + two) & 0xFFFFFFFF
            two = (two + y + one) & 0xFFFFFFFF
    return one, two

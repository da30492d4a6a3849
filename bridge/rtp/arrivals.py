"""Transport-wide feedback: when each packet of a peer came, told to it, so that it can judge the way itself.

The format is of draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. Every packet bears a number of its
own that counts all streams of the connection; the feedback lists a stretch of these numbers, each with how long after
the one before it came, or that it did not.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from bridge.rtp.serial import unroll16

RTPFB, FORMAT = 205, 15
UNIT = 0.000_25
"""Seconds of a delta."""
REFERENCE = 0.064
"""Seconds of the reference time: 256 deltas."""
WINDOW = 1024
"""Numbers in one feedback at most; what lies further back is not told any more."""
LOST, NEAR, FAR = 0, 1, 2
"""Symbols: did not come; came within 63.75 ms of the one before; came later than that, or out of order."""
LONGEST_RUN = 0x1FFF


class Arrivals:
    """What has come from one peer since the last feedback."""

    __slots__ = ("_came", "_count", "_newest", "_next")

    def __init__(self) -> None:
        self._came: dict[int, float] = {}
        """Number with its wraps: seconds."""
        self._next: int | None = None
        """The first number that the next feedback tells of."""
        self._newest = 0
        self._count = 0

    def came(self, number: int, now: float) -> None:
        """The packet of that 16-bit `number` came at `now`, in monotonic seconds."""
        if self._next is None:
            self._next = self._newest = number
        index = unroll16(number, self._newest)
        if index > self._newest + WINDOW:  # the sender began to count anew
            self._came.clear()
            self._next = index
        self._newest = max(self._newest, index)
        if index > self._newest - WINDOW:
            self._came.setdefault(index, now)

    def feedback(self, ssrc: int, media: int) -> bytes | None:
        """The RTCP packet that tells of everything since the last one; None if nothing came.

        `ssrc` is ours, `media` any of the peer's streams.
        """
        if not self._came or self._next is None:
            return None
        # A late one reaches back into what was told before. That its neighbours are then said to be lost does no harm:
        # the sender has taken them off its books.
        last = max(self._came)
        first = max(min(self._next, min(self._came)), last - WINDOW + 1)
        times = [self._came.get(index) for index in range(first, last + 1)]
        self._came.clear()
        self._next = max(self._next, last + 1)
        return self._packet(ssrc, media, first, times)

    def _packet(self, ssrc: int, media: int, first: int, times: Sequence[float | None]) -> bytes:
        reference = int(next(t for t in times if t is not None) / REFERENCE)
        symbols, deltas = _deltas(times, reference * 256)
        body = struct.pack(
            "!LLHHL",
            ssrc,
            media,
            first & 0xFFFF,
            len(symbols),
            (reference & 0xFF_FFFF) << 8 | self._count & 0xFF,
        )
        self._count += 1
        body += _chunks(symbols) + deltas
        body += bytes(-len(body) % 4)
        return struct.pack("!BBH", 0x80 | FORMAT, RTPFB, len(body) // 4) + body


def _deltas(times: Sequence[float | None], before: int) -> tuple[list[int], bytes]:
    """The symbol of each packet, and the deltas of those that came; `before` in units of a delta."""
    symbols: list[int] = []
    deltas = bytearray()
    for time in times:
        if time is None:
            symbols.append(LOST)
            continue
        at = round(time / UNIT)
        delta = max(-0x8000, min(0x7FFF, at - before))
        before += delta  # what was cut off is made up for by the next
        if 0 <= delta <= 0xFF:
            symbols.append(NEAR)
            deltas.append(delta)
        else:
            symbols.append(FAR)
            deltas += struct.pack("!h", delta)
    return symbols, bytes(deltas)


def _chunks(symbols: Sequence[int]) -> bytes:
    """A run of at least seven equal symbols as a run, everything else in vectors of seven."""
    out = bytearray()
    at = 0
    while at < len(symbols):
        run = at
        while run < len(symbols) and symbols[run] == symbols[at] and run - at < LONGEST_RUN:
            run += 1
        if run - at >= 7:
            out += struct.pack("!H", symbols[at] << 13 | run - at)
            at = run
        else:
            vector = [*symbols[at : at + 7], 0, 0, 0, 0, 0, 0, 0][:7]
            out += struct.pack("!H", 0xC000 | sum(symbol << 12 - 2 * i for i, symbol in enumerate(vector)))
            at += 7
    return bytes(out)

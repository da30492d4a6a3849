"""Transport-wide congestion control feedback: when each packet of a peer arrived. The peer estimates its path by it.

The format is of draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1. Every packet carries a sequence number
that counts all streams of the connection. The feedback covers a range of these numbers: for each the time since the
arrival before it, or that it did not arrive.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from bridge.rtp.serial import unwrap16

RTPFB, FMT_TWCC = 205, 15
DELTA_UNIT_S = 0.000_25
REFERENCE_UNIT_S = 0.064
"""256 deltas."""
MAX_REPORTED_PACKETS = 1024
"""Packets in one feedback. Older ones are not reported any more."""
NOT_RECEIVED, SMALL_DELTA, LARGE_DELTA = 0, 1, 2
"""Status symbols. A small delta is at most 63.75 ms; a large one is more, or negative for a reordered packet."""
MAX_RUN_LENGTH = 0x1FFF


class TwccRecorder:
    """The arrivals from one peer since the last feedback."""

    __slots__ = ("_arrivals", "_feedback_count", "_newest", "_next")

    def __init__(self) -> None:
        self._arrivals: dict[int, float] = {}
        """Sequence number with its wraps counted: seconds."""
        self._next: int | None = None
        """The first number of the next feedback."""
        self._newest = 0
        self._feedback_count = 0

    def record(self, seq: int, now: float) -> None:
        """The packet with that 16-bit transport-wide number arrived at `now`, in monotonic seconds."""
        if self._next is None:
            self._next = self._newest = seq
        index = unwrap16(seq, self._newest)
        if index > self._newest + MAX_REPORTED_PACKETS:  # the sender restarted its count
            self._arrivals.clear()
            self._next = index
        self._newest = max(self._newest, index)
        if index > self._newest - MAX_REPORTED_PACKETS:
            self._arrivals.setdefault(index, now)

    def build_feedback(self, ssrc: int, media_ssrc: int) -> bytes | None:
        """The RTCP packet about all arrivals since the last one; None if there were none.

        `ssrc` is the bridge's own, `media_ssrc` any of the peer's.
        """
        if not self._arrivals or self._next is None:
            return None
        # A late packet lies before what was reported already. Its neighbours are then reported as lost again, which
        # does no harm: the sender has removed them from its history.
        last = max(self._arrivals)
        first = max(min(self._next, min(self._arrivals)), last - MAX_REPORTED_PACKETS + 1)
        times = [self._arrivals.get(index) for index in range(first, last + 1)]
        self._arrivals.clear()
        self._next = max(self._next, last + 1)
        return self._packet(ssrc, media_ssrc, first, times)

    def _packet(self, ssrc: int, media_ssrc: int, first: int, times: Sequence[float | None]) -> bytes:
        reference = int(next(t for t in times if t is not None) / REFERENCE_UNIT_S)
        symbols, deltas = _deltas(times, reference * 256)
        body = struct.pack(
            "!LLHHL",
            ssrc,
            media_ssrc,
            first & 0xFFFF,
            len(symbols),
            (reference & 0xFF_FFFF) << 8 | self._feedback_count & 0xFF,
        )
        self._feedback_count += 1
        body += _status_chunks(symbols) + deltas
        body += bytes(-len(body) % 4)
        return struct.pack("!BBH", 0x80 | FMT_TWCC, RTPFB, len(body) // 4) + body


def _deltas(times: Sequence[float | None], previous: int) -> tuple[list[int], bytes]:
    """The symbol of each packet, and the deltas of those that arrived; `previous` in delta units."""
    symbols: list[int] = []
    deltas = bytearray()
    for time in times:
        if time is None:
            symbols.append(NOT_RECEIVED)
            continue
        delta = max(-0x8000, min(0x7FFF, round(time / DELTA_UNIT_S) - previous))
        previous += delta  # the next delta makes up for what was cut off
        if 0 <= delta <= 0xFF:
            symbols.append(SMALL_DELTA)
            deltas.append(delta)
        else:
            symbols.append(LARGE_DELTA)
            deltas += struct.pack("!h", delta)
    return symbols, bytes(deltas)


def _status_chunks(symbols: Sequence[int]) -> bytes:
    """At least seven equal symbols as a run-length chunk, all others as vector chunks of seven."""
    out = bytearray()
    at = 0
    while at < len(symbols):
        end = at
        while end < len(symbols) and symbols[end] == symbols[at] and end - at < MAX_RUN_LENGTH:
            end += 1
        if end - at >= 7:
            out += struct.pack("!H", symbols[at] << 13 | end - at)
            at = end
        else:
            vector = [*symbols[at : at + 7], 0, 0, 0, 0, 0, 0, 0][:7]
            out += struct.pack("!H", 0xC000 | sum(symbol << 12 - 2 * i for i, symbol in enumerate(vector)))
            at += 7
    return bytes(out)

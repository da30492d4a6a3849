"""A strict receiver of one outgoing stream. It parses packets independently of the code under test."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise

from tests.unit.bridge.rtp.camera import IDENTITY

VP8, H264 = 101, 98
"""Outgoing payload types."""
ABS_SEND_TIME_ID = 5
"""Id of abs-send-time."""
PLAYOUT_DELAY_ID = 6
"""Id of the playout delay."""


@dataclass(frozen=True)
class Copy:
    """One packet as the receiver parses it."""

    data: bytes
    run: int
    seq: int
    timestamp: int
    ssrc: int
    payload_type: int
    marker: bool
    sent: int | None
    """abs-send-time, 24 bits."""
    delay: int | None
    """The playout delay limit in milliseconds; None without one."""
    picture: int | None
    tl0: int | None
    key: int | None
    begins: bool
    """It is the first packet of a frame."""
    keyframe: bool
    """The frame is a keyframe."""
    camera: int
    index: int
    frame: int


def read(data: bytes, run: int = 0) -> Copy | None:
    """Parse a copy of a packet of `Camera`; None for one without a payload."""
    first, second, seq, timestamp, ssrc = struct.unpack_from("!BBHLL", data)
    assert first & 0xEF == 0x80, "padding and contributors are not sent on"
    start, sent, delay = 12, None, None
    if first & 0x10:
        profile, words, number, sent, word = struct.unpack_from("!HHB3sL", data, 12)
        assert (profile, words, number) == (0xBEDE, 2, ABS_SEND_TIME_ID << 4 | 2), (
            "abs-send-time comes first, in two words"
        )
        start, sent = 24, int.from_bytes(sent, "big")
        assert not word or word >> 12 == PLAYOUT_DELAY_ID << 16 | 0x2000, "the least delay is none"
        delay = (word & 0xFFF) * 10 if word else None
    if len(data) == start:
        return None
    if second & 0x7F == H264:
        picture = tl0 = key = None
        begins, keyframe = _read_h264(data, start)
    else:
        begins, keyframe, picture, tl0, key = _read_vp8(data, start)
    identity = IDENTITY.unpack(data[-12:])
    return Copy(
        *(data, run, seq, timestamp, ssrc, second & 0x7F, second > 0x7F, sent, delay),
        *(picture, tl0, key, begins, keyframe, *identity),
    )


def _read_vp8(data: bytes, start: int) -> tuple[bool, bool, int | None, int | None, int | None]:
    begins = bool(data[start] & 0x10)
    picture = tl0 = key = None
    at = start + 1
    if data[start] & 0x80:
        flags = data[start + 1]
        assert flags & 0x80, "a descriptor with X carries a picture ID"
        assert data[start + 2] & 0x80, "picture IDs go out with 15 bits"
        picture = struct.unpack_from("!H", data, start + 2)[0] & 0x7FFF
        at = start + 4
        if flags & 0x40:
            tl0, key = data[at], data[at + 1] & 0x1F
            at += 2
    return begins, begins and not data[at] & 1, picture, tl0, key


def _read_h264(data: bytes, start: int) -> tuple[bool, bool]:
    """Whether a frame begins here, and a keyframe: with parameter sets, a NAL unit or its first fragment."""
    kind = data[start] & 0x1F
    begins = kind != 28 or data[start + 1] > 0x7F
    return begins, kind == 24


def signed(value: int, bits: int) -> int:
    """`value` as a signed number of that many bits."""
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


class ReceivedStream:
    """One outgoing stream: `take` every packet, then `verify`."""

    def __init__(self) -> None:
        self.sent: dict[int, bytes] = {}
        """Outgoing index to bytes."""
        self.copies: list[tuple[int, Copy]] = []
        """In sending order, with the outgoing index."""
        self.runs: dict[int, list[tuple[int, Copy]]] = {}
        self._furthest: int | None = None

    def take(self, data: bytes, run: int) -> None:
        """A packet was sent; `run` increases by one with each cut."""
        seq = struct.unpack_from("!H", data, 2)[0]
        if self._furthest is None:
            assert seq < 0x8000, "a stream begins below 32768"
            self._furthest = seq
        out = self._furthest + signed(seq - self._furthest, 16)
        self._furthest = max(out, self._furthest)
        assert out not in self.sent, "no packet is sent twice without a NACK"
        self.sent[out] = data
        copy = read(data, run)
        if copy is not None:
            self.copies.append((out, copy))
            self.runs.setdefault(run, []).append((out, copy))

    def verify(self) -> int:
        """Verify the whole stream. Returns the number of runs."""
        assert len({copy.ssrc for _, copy in self.copies}) <= 1
        for run in self.runs.values():
            _verify_run(run)
        runs = [sorted(self.runs[number], key=lambda pair: pair[0]) for number in sorted(self.runs)]
        for before, after in pairwise(runs):
            self._verify_cut(before, after)
        self._verify_counters(runs)
        return len(runs)

    def _verify_cut(self, before: list[tuple[int, Copy]], after: list[tuple[int, Copy]]) -> None:
        (last_out, last), (first_out, first) = before[-1], after[0]
        assert first.keyframe, "a run begins with its keyframe"
        furthest = max(out for out in self.sent if last_out <= out < first_out)
        skipped = first_out - furthest - 1
        assert skipped == (0 if last.marker else 1), (
            "one number is skipped after an incomplete frame, otherwise none"
        )
        assert signed(first.timestamp - last.timestamp, 32) > 0, "timestamps increase"

    def _verify_counters(self, runs: list[list[tuple[int, Copy]]]) -> None:
        """Picture IDs, TL0PICIDX and KEYIDX count on by one from the last run that had them."""
        picture = tl0 = key = None
        for run in runs:
            first, last = run[0][1], run[-1][1]
            if first.picture is not None and picture is not None:
                assert first.picture == (picture + 1) & 0x7FFF
            if first.tl0 is not None and first.key is not None and tl0 is not None and key is not None:
                assert first.tl0 == (tl0 + 1) & 0xFF
                assert first.key == (key + 1) & 0x1F
            picture = last.picture if last.picture is not None else picture
            tl0 = last.tl0 if last.tl0 is not None else tl0
            key = last.key if last.key is not None else key


def _verify_run(run: list[tuple[int, Copy]]) -> None:
    """Within a run all numbers keep their distances, except for padding that was left out."""
    ordered = sorted(run, key=lambda pair: pair[0])
    assert [copy.index for _, copy in ordered] == sorted(copy.index for _, copy in ordered)
    for (out, copy), (next_out, following) in pairwise(ordered):
        assert (copy.camera, copy.payload_type) == (following.camera, following.payload_type)
        assert 0 < next_out - out <= following.index - copy.index
        if copy.picture is not None and following.picture is not None:
            assert signed(following.picture - copy.picture, 15) == following.frame - copy.frame
        if copy.frame == following.frame:
            assert copy.timestamp == following.timestamp
        else:
            assert signed(following.timestamp - copy.timestamp, 32) > 0, "timestamps increase"

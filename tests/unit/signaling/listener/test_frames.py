"""The size and rate of a WebSocket's messages."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.listener.frames import (
    CLOSE_TOO_BIG,
    CLOSE_TOO_MANY,
    MAX_FRAMES_PER_READ,
    FrameLimit,
    close_frame,
)

TEXT, CONTINUATION, PING_FRAME = 0x1, 0x0, 0x9
MASK = b"\0\0\0\0"


def frame(payload: bytes, opcode: int = TEXT, *, final: bool = True) -> bytes:
    """A client's frame."""
    first = (0x80 if final else 0) | opcode
    match len(payload):
        case size if size < 126:
            head = bytes((first, 0x80 | size))
        case size if size < 1 << 16:
            head = struct.pack("!BBH", first, 0x80 | 126, size)
        case size:
            head = struct.pack("!BBQ", first, 0x80 | 127, size)
    return head + MASK + payload


def limit(max_message: int = 1000, now: Callable[[], float] = lambda: 0.0) -> FrameLimit:
    return FrameLimit(max_message, 1000.0, 1_000_000.0, now)


def test_a_message_of_the_limit_passes_and_one_byte_more_does_not() -> None:
    assert limit().check(frame(b"x" * 1000)) is None
    fault = limit().check(frame(b"x" * 1001))
    assert fault is not None
    assert fault[0] == CLOSE_TOO_BIG


def test_a_message_is_refused_by_its_header_before_its_bytes_arrive() -> None:
    fault = limit().check(struct.pack("!BBQ", 0x81, 0xFF, 1 << 40) + MASK)
    assert fault is not None
    assert fault[0] == CLOSE_TOO_BIG


def test_the_frames_of_one_message_count_together() -> None:
    parts = limit()
    assert parts.check(frame(b"x" * 600, final=False)) is None
    fault = parts.check(frame(b"x" * 600, CONTINUATION))
    assert fault is not None
    assert fault[0] == CLOSE_TOO_BIG


def test_messages_one_after_the_other_do_not() -> None:
    several = limit()
    assert all(several.check(frame(b"x" * 900)) is None for _ in range(50))


def test_a_ping_between_the_frames_of_a_message_changes_nothing() -> None:
    parts = limit()
    assert parts.check(frame(b"x" * 600, final=False) + frame(b"", PING_FRAME)) is None
    assert parts.unfinished_since is not None
    assert parts.check(frame(b"x" * 600, CONTINUATION)) is not None


def test_an_empty_beginning_and_a_ping_do_not_finish_a_message() -> None:
    found = limit()
    assert found.check(frame(b"", final=False)) is None
    assert found.check(frame(b"x", PING_FRAME)) is None
    assert found.unfinished_since is not None
    assert found.check(frame(b"", CONTINUATION)) is None
    assert found.unfinished_since is None


def test_a_control_frame_has_at_most_125_bytes() -> None:
    assert limit().check(frame(b"x" * 126, PING_FRAME)) is not None


def test_a_read_full_of_empty_frames_is_refused() -> None:
    assert limit().check(frame(b"") * MAX_FRAMES_PER_READ) is None
    fault = limit().check(frame(b"") * (MAX_FRAMES_PER_READ + 1))
    assert fault is not None
    assert fault[0] == CLOSE_TOO_MANY


def test_bytes_are_rate_limited_and_the_limits_can_be_raised() -> None:
    time = [0.0]
    paced = FrameLimit(10_000, 100.0, 1_000.0, lambda: time[0])
    assert paced.check(frame(b"x" * 900)) is None
    fault = paced.check(frame(b"x" * 900))
    assert fault is not None
    assert fault[0] == CLOSE_TOO_MANY
    time[0] = 10.0
    assert paced.check(frame(b"x" * 900)) is None
    paced.set_limits(10_000, 100.0, 20_000.0)
    assert paced.check(frame(b"x" * 9_000)) is None


@pytest.mark.parametrize("whole", [frame(b"x" * 10), frame(b"x" * 300), frame(b"x", final=False)])
def test_a_message_is_unfinished_until_its_last_byte(whole: bytes) -> None:
    time = [5.0]
    found = limit(now=lambda: time[0])
    for n in range(1, len(whole)):
        found = limit(now=lambda: time[0])
        assert found.check(whole[:n]) is None
        assert found.unfinished_since == 5.0
    time[0] = 7.0
    assert found.check(whole[-1:]) is None
    assert found.unfinished_since == (None if whole[0] & 0x80 else 5.0)


@given(st.lists(st.binary(max_size=400), min_size=1, max_size=8), st.data())
def test_frames_are_the_same_however_their_bytes_arrive(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(frame(message) for message in messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    pieces = limit(400)
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        assert pieces.check(stream[begin:end]) is None
    assert pieces.unfinished_since is None
    assert pieces.check(frame(b"x" * 401)) is not None


def test_a_close_frame_is_a_close_frame() -> None:
    made = close_frame(4429, "enough")
    assert made == bytes((0x88, 8)) + struct.pack("!H", 4429) + b"enough"
    assert len(close_frame(1009, "ä" * 200)) <= 127

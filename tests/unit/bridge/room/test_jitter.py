from __future__ import annotations

import pytest
from aiortc.rtp import RtpPacket

from bridge.room.jitter import MAX_HOLE_S, PictureBuffer


class Receiver:
    """A buffer with the test's own clock."""

    def __init__(self) -> None:
        self.now = 0.0
        self.buffer = PictureBuffer(lambda: self.now)
        self.keyframe_requests = 0

    def take(self, seq: int, timestamp: int, data: str, at: float) -> str | None:
        """Take one packet. Returns the frame that it completes."""
        self.now = at
        packet = RtpPacket(sequence_number=seq & 0xFFFF, timestamp=timestamp)
        packet._data = data.encode()  # type: ignore[attr-defined]
        needs_keyframe, frame = self.buffer.add(packet)
        self.keyframe_requests += needs_keyframe
        return frame.data.decode() if frame else None


@pytest.mark.parametrize("first", [100, 65_533])
def test_a_number_that_is_never_sent_delays_the_next_frame_a_moment(first: int) -> None:
    """As at a cut in the middle of a frame."""
    receiver = Receiver()
    frames = [
        receiver.take(first, 1, "complete", 0.0),
        receiver.take(first + 1, 2, "incomplete", 0.1),
        receiver.take(first + 3, 3, "key", 0.2),
        receiver.take(first + 4, 3, "frame", 0.2),
        receiver.take(first + 5, 4, "delta", 0.3),
        receiver.take(first + 6, 5, "delta", 0.25 + MAX_HOLE_S),
        receiver.take(first + 7, 6, "delta", 0.30 + MAX_HOLE_S),
    ]
    assert frames == [None, "complete", None, None, None, "keyframe", "delta"]
    assert receiver.keyframe_requests == 1


def test_a_retransmission_within_that_time_is_waited_for() -> None:
    receiver = Receiver()
    frames = [
        receiver.take(1, 1, "a", 0.0),
        receiver.take(3, 2, "c", 0.1),
        receiver.take(4, 3, "d", 0.2),
        receiver.take(2, 1, "b", 0.05 + MAX_HOLE_S),
        receiver.take(5, 4, "e", 1.0),
    ]
    assert frames == [None, None, None, "ab", "c"]
    assert receiver.keyframe_requests == 0


def test_each_hole_has_its_own_time() -> None:
    receiver = Receiver()
    frames = [
        receiver.take(1, 1, "a", 0.0),
        receiver.take(3, 2, "c", 0.1),
        receiver.take(5, 3, "e", 0.1),
        receiver.take(2, 1, "b", 0.05 + MAX_HOLE_S),
        receiver.take(6, 4, "f", 0.15 + MAX_HOLE_S),
        receiver.take(4, 2, "d", 0.20 + MAX_HOLE_S),
    ]
    assert frames == [None, None, None, "ab", None, "cd"]
    assert receiver.keyframe_requests == 0


def test_if_nothing_but_a_part_of_a_frame_is_left_the_next_packet_is_taken() -> None:
    receiver = Receiver()
    receiver.take(1, 1, "a", 0.0)
    receiver.take(3, 1, "c", 0.1)
    assert receiver.take(4, 1, "d", 0.2 + MAX_HOLE_S) is None
    assert receiver.take(5, 2, "e", 1.0) is None
    assert receiver.take(6, 3, "f", 1.1) == "e"

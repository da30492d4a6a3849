"""What waits on a TCP connection, and what is dropped."""

from __future__ import annotations

from bridge.net.framing import FrameReader, frame
from bridge.net.sendqueue import (
    MAX_FIRST_PICTURE_WAIT_S,
    MAX_PICTURE_BYTES,
    MAX_PICTURE_WAIT_S,
    MAX_SOUND_BYTES,
    MAX_SOUND_WAIT_S,
    SendQueue,
)

BIG = 1 << 30


def sent(queue: SendQueue, max_bytes: int = BIG) -> list[bytes]:
    """The packets of one write."""
    return FrameReader().feed(queue.take(max_bytes))


def flowing() -> SendQueue:
    """An empty queue whose first pictures came long ago."""
    queue = SendQueue()
    queue.push_picture(b"p", -9.0)
    queue.take(BIG)
    return queue


def test_sound_goes_before_pictures_that_wait() -> None:
    queue = SendQueue()
    queue.push_picture(b"p1", 0.0)
    queue.push_picture(b"p2", 0.0)
    queue.push(b"s", 0.1)
    assert sent(queue) == [b"s", b"p1", b"p2"]
    assert not queue
    assert (queue.sound_bytes, queue.picture_bytes) == (0, 0)


def test_a_write_has_whole_packets_within_its_limit_and_one_at_least() -> None:
    queue = SendQueue()
    for n in range(4):
        queue.push(bytes([n]) * 100, 0.0)
    queue.push_picture(b"p", 0.0)
    assert [packet[0] for packet in sent(queue, 250)] == [0, 1]
    assert [packet[0] for packet in sent(queue, 1)] == [2], "pictures do not overtake sound"
    assert [packet[0] for packet in sent(queue)] == [3, ord("p")]


def test_pictures_that_waited_too_long_are_all_dropped_and_sound_is_kept() -> None:
    queue = flowing()
    for n in range(5):
        queue.push_picture(b"p", 1.0)
        queue.push(b"s", 1.0 + n / 100)
    assert queue.push_picture(b"p", 1.0 + MAX_PICTURE_WAIT_S * 1.01) == 6
    assert queue.is_dropping
    assert queue.push_picture(b"p", 9.0) == 1, "until it resumes: they could not be decoded"
    assert sent(queue) == [b"s"] * 5
    queue.resume()
    assert queue.push_picture(b"keyframe", 9.0) == 0
    assert sent(queue) == [b"keyframe"]


def test_the_first_picture_may_wait_longer() -> None:
    """It is a keyframe. With the shorter limit a slow path would never begin a picture."""
    queue = flowing()
    queue.is_dropping = True
    queue.resume()
    queue.push_picture(b"keyframe", 1.0)
    assert queue.push_picture(b"p", 1.0 + MAX_PICTURE_WAIT_S * 1.5) == 0
    assert queue.push_picture(b"p", 1.0 + MAX_FIRST_PICTURE_WAIT_S * 1.01) == 3


def test_the_waiting_bytes_are_limited() -> None:
    queue, packet, dropped = flowing(), bytes(1200), 0
    for _ in range(2 * MAX_PICTURE_BYTES // 1200):
        dropped += queue.push_picture(packet, 0.0)
        assert queue.picture_bytes <= MAX_PICTURE_BYTES
    assert dropped > MAX_PICTURE_BYTES // 1300
    for _ in range(2 * MAX_SOUND_BYTES // 1200):
        queue.push(packet, 0.0)
        assert queue.sound_bytes <= MAX_SOUND_BYTES


def test_the_oldest_sound_is_dropped_after_a_second() -> None:
    queue = SendQueue()
    assert queue.push(b"old", 0.0) == 0
    assert queue.push(b"new", MAX_SOUND_WAIT_S / 2) == 0
    assert queue.push(b"newest", MAX_SOUND_WAIT_S * 1.1) == 1
    assert queue.take(BIG) == frame(b"new") + frame(b"newest")


def test_a_paced_first_keyframe_may_wait_though_its_first_packets_were_taken_at_once() -> None:
    queue = SendQueue()
    for n in range(100):  # 100 kB within 0.1 s, on a path of 1 Mb/s
        assert queue.push_picture(b"k" * 1000, n / 1000) == 0
        queue.take(125)
    assert queue.push_picture(b"k" * 1000, 0.7) == 0
    assert not queue.is_dropping

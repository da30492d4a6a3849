"""GSO batches, and that the same packets arrive with and without them."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.net.gso import MAX_SEGMENTS, GsoSender, batches

LENGTHS = st.lists(st.integers(1, 4), max_size=3 * MAX_SEGMENTS)


@given(LENGTHS)
def test_batches_hold_every_packet_in_its_order(lengths: list[int]) -> None:
    packets = [bytes([place % 256]) * length for place, length in enumerate(lengths)]
    assert [packet for batch in batches(packets) for packet in batch] == packets


@given(LENGTHS)
def test_only_the_last_packet_of_a_batch_is_shorter(lengths: list[int]) -> None:
    for batch in batches([bytes(length) for length in lengths]):
        assert 0 < len(batch) <= MAX_SEGMENTS
        assert {len(packet) for packet in batch[:-1]} <= {len(batch[0])}
        assert len(batch[-1]) <= len(batch[0])


def test_batches_are_as_long_as_possible() -> None:
    packets = [bytes(n) for n in (9, 9, 5, 5, 9)]
    assert [len(batch) for batch in batches(packets)] == [3, 1, 1]
    assert [len(batch) for batch in batches([bytes(9)] * (2 * MAX_SEGMENTS + 1))] == [
        MAX_SEGMENTS,
        MAX_SEGMENTS,
        1,
    ]


@pytest.fixture
def near() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(5)
        yield sock


def never(_: Callable[[], None]) -> None:
    """Flushes come only from the test."""


@pytest.mark.parametrize("with_trains", [True, False])
def test_datagrams_arrive_one_by_one_as_they_were(
    near: socket.socket, far: socket.socket, with_trains: bool
) -> None:
    sender = GsoSender(near, never)
    sender._has_gso = sender._has_gso and with_trains
    packets = [bytes([place]) * length for place, length in enumerate([1200] * 43 + [80, 1200, 900, 1000])]
    assert sender.send(packets, far.getsockname()) == []
    assert [far.recv(2000) for _ in packets] == packets


class Refusing:
    """A socket that cannot send batches, or nothing at all."""

    def __init__(self, batch: int, single: int | None = None) -> None:
        self.sent: list[bytes] = []
        self._train, self._single = batch, single

    def getsockopt(self, *_: int) -> int:
        return 0

    def sendmsg(self, *_: object) -> None:
        raise OSError(self._train, "no GSO")

    def sendto(self, packet: bytes, _: object) -> None:
        if self._single is not None:
            raise OSError(self._single, "nothing goes")
        self.sent.append(packet)


def sender_of(sock: Refusing) -> GsoSender:
    sender = GsoSender(sock, never)  # type: ignore[arg-type]
    sender._has_gso = True
    return sender


@pytest.mark.parametrize("fault", [errno.EMSGSIZE, errno.EINVAL, errno.EIO])
def test_without_gso_on_the_route_packets_are_sent_singly(fault: int) -> None:
    sock = Refusing(fault)
    assert sender_of(sock).send([b"a", b"b"], ("127.0.0.1", 9)) == []
    assert sock.sent == [b"a", b"b"]


def test_a_full_buffer_loses_a_batch_and_each_packet_counts() -> None:
    sock = Refusing(errno.EAGAIN)
    errors = sender_of(sock).send([b"a", b"b", b"longer"], ("127.0.0.1", 9))
    assert [error.errno for error in errors] == [errno.EAGAIN] * 2
    assert sock.sent == [b"longer"]


def test_each_packet_that_is_not_sent_gives_an_error(near: socket.socket) -> None:
    errors = sender_of(Refusing(errno.EIO, errno.ENETUNREACH)).send([b"a", b"b"], ("127.0.0.1", 9))
    assert [error.errno for error in errors] == [errno.ENETUNREACH] * 2


def test_one_flush_serves_all_that_are_scheduled(near: socket.socket) -> None:
    scheduled: list[Callable[[], None]] = []
    done: list[str] = []
    sender = GsoSender(near, scheduled.append)
    sender.schedule(lambda: done.append("a"))
    sender.schedule(lambda: done.append("b"))
    assert len(scheduled) == 1
    sender.flush()
    scheduled[0]()
    assert done == ["a", "b"]

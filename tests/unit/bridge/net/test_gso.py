"""The way out of a socket: what goes together, and that what arrives is the same either way."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.net.gso import MAX_SEGMENTS, GsoSender, trains

LENGTHS = st.lists(st.integers(1, 4), max_size=3 * MAX_SEGMENTS)


@given(LENGTHS)
def test_trains_hold_every_packet_in_its_order(lengths: list[int]) -> None:
    packets = [bytes([place % 256]) * length for place, length in enumerate(lengths)]
    assert [packet for train in trains(packets) for packet in train] == packets


@given(LENGTHS)
def test_only_the_last_packet_of_a_train_is_shorter(lengths: list[int]) -> None:
    for train in trains([bytes(length) for length in lengths]):
        assert 0 < len(train) <= MAX_SEGMENTS
        assert {len(packet) for packet in train[:-1]} <= {len(train[0])}
        assert len(train[-1]) <= len(train[0])


def test_trains_are_as_long_as_they_can_be() -> None:
    packets = [bytes(n) for n in (9, 9, 5, 5, 9)]
    assert [len(train) for train in trains(packets)] == [3, 1, 1]
    assert [len(train) for train in trains([bytes(9)] * (2 * MAX_SEGMENTS + 1))] == [
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


def later(_: Callable[[], None]) -> None:
    """Moments end when the test says so."""


@pytest.mark.parametrize("with_trains", [True, False])
def test_datagrams_arrive_one_by_one_as_they_were(
    near: socket.socket, far: socket.socket, with_trains: bool
) -> None:
    outlet = GsoSender(near, later)
    outlet._has_trains = outlet._has_trains and with_trains
    packets = [bytes([place]) * length for place, length in enumerate([1200] * 43 + [80, 1200, 900, 1000])]
    assert outlet.send(packets, far.getsockname()) == []
    assert [far.recv(2000) for _ in packets] == packets


class Refusing:
    """A socket that cannot send a train, and perhaps nothing at all."""

    def __init__(self, train: int, single: int | None = None) -> None:
        self.sent: list[bytes] = []
        self._train, self._single = train, single

    def getsockopt(self, *_: int) -> int:
        return 0

    def sendmsg(self, *_: object) -> None:
        raise OSError(self._train, "no trains here")

    def sendto(self, packet: bytes, _: object) -> None:
        if self._single is not None:
            raise OSError(self._single, "nothing goes")
        self.sent.append(packet)


def outlet_of(sock: Refusing) -> GsoSender:
    outlet = GsoSender(sock, later)  # type: ignore[arg-type]
    outlet._has_trains = True
    return outlet


@pytest.mark.parametrize("fault", [errno.EMSGSIZE, errno.EINVAL, errno.EIO])
def test_where_no_train_can_go_packets_go_singly(fault: int) -> None:
    sock = Refusing(fault)
    assert outlet_of(sock).send([b"a", b"b"], ("127.0.0.1", 9)) == []
    assert sock.sent == [b"a", b"b"]


def test_while_the_buffer_is_full_a_train_is_lost_and_each_packet_counts() -> None:
    sock = Refusing(errno.EAGAIN)
    errors = outlet_of(sock).send([b"a", b"b", b"longer"], ("127.0.0.1", 9))
    assert [error.errno for error in errors] == [errno.EAGAIN] * 2
    assert sock.sent == [b"longer"]


def test_each_packet_that_cannot_go_is_told(near: socket.socket) -> None:
    errors = outlet_of(Refusing(errno.EIO, errno.ENETUNREACH)).send([b"a", b"b"], ("127.0.0.1", 9))
    assert [error.errno for error in errors] == [errno.ENETUNREACH] * 2


def test_a_moment_ends_once_for_all_who_wait_for_it(near: socket.socket) -> None:
    soon: list[Callable[[], None]] = []
    done: list[str] = []
    outlet = GsoSender(near, soon.append)
    outlet.expect(lambda: done.append("a"))
    outlet.expect(lambda: done.append("b"))
    assert len(soon) == 1
    outlet.flush()
    soon[0]()
    assert done == ["a", "b"]

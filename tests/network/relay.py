"""A line between rooms and the bridge: a UDP relay on loopback with two `Direction`s.

Every source address of a room has its own socket towards the bridge, as behind a NAT. The relay runs in the caller's
event loop; `python -m tests.network` runs it as a process.
"""

from __future__ import annotations

import asyncio
import heapq
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.network.direction import Direction

Address = tuple[str, int]
Predicate = Callable[[bytes], bool]

MAX_READS = 64
"""Datagrams read from one socket before the others are read."""
SOCKET_BUFFER_BYTES = 4 * 1024 * 1024
MAX_PACKETS_IN_FLIGHT = 65536
"""Of both directions together. Further ones are dropped and counted as overflowed."""


class Relay:
    """A line to `target`. Use `relay`.

    `up` is the direction from the rooms to the bridge. Datagrams for which `is_exempt` is true are not lost:
    retransmissions, for example, if the rooms request only one.
    """

    def __init__(
        self, target: Address, up: Direction, down: Direction, is_exempt: Predicate | None = None
    ) -> None:
        self.up, self.down = up, down
        self._target = target
        self._is_exempt = is_exempt
        self._loop = asyncio.get_running_loop()
        self._near: socket.socket | None = None
        self._far: dict[Address, socket.socket] = {}
        self._unmapped: list[socket.socket] = []
        """Sockets whose NAT mapping is gone. They stay open, since the bridge would notice a closed port."""
        self._cut: set[Address] = set()
        self._flight: list[tuple[float, int, socket.socket, bytes, Address]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None

    def open(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen there; port 0: any free one.

        Raises:
            OSError: it is taken.
        """
        self._near = self._bind(listen, self._from_rooms)

    @property
    def port(self) -> int:
        """The port that rooms use in place of the bridge's."""
        assert self._near is not None
        return int(self._near.getsockname()[1])

    @property
    def dark(self) -> bool:
        """Whether both directions are dark."""
        return self.up.dark and self.down.dark

    @dark.setter
    def dark(self, dark: bool) -> None:
        self.up.dark = self.down.dark = dark

    def rebind(self) -> None:
        """The NAT drops its mappings: rooms get new ports towards the bridge, and packets to the old ones are lost."""
        self._unmapped += self._far.values()
        self._far.clear()

    def cut_off(self) -> None:
        """The rooms' present addresses are dead in both directions, as after a change of network. Others work."""
        self._cut |= set(self._far)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        for sock in (self._near, *self._far.values(), *self._unmapped):
            if sock:
                self._loop.remove_reader(sock)
                sock.close()

    # The path of a datagram ----------------------------------------------------------------------------------

    def _from_rooms(self, sock: socket.socket) -> None:
        for data, room in _read(sock):
            far = self._far.get(room)
            if far is None:
                far = self._far[room] = self._bind((self._target[0], 0), self._from_bridge(room))
            self._forward(self.up, data, far, self._target, room in self._cut)

    def _from_bridge(self, room: Address) -> Callable[[socket.socket], None]:
        def receive(sock: socket.socket) -> None:
            assert self._near is not None
            for data, _ in _read(sock):
                is_cut = room in self._cut or self._far.get(room) is not sock
                self._forward(self.down, data, self._near, room, is_cut)

        return receive

    def _forward(
        self, direction: Direction, data: bytes, sock: socket.socket, to: Address, is_cut: bool
    ) -> None:
        now = self._loop.time()
        is_exempt = self._is_exempt is not None and self._is_exempt(data)
        times = direction.deliver(len(data), now, is_cut=is_cut, is_exempt=is_exempt)
        for at in times:
            if len(self._flight) < MAX_PACKETS_IN_FLIGHT:
                self._number += 1
                heapq.heappush(self._flight, (at, self._number, sock, data, to))
            else:
                direction.counts.overflowed += 1
        self._deliver_due(now)

    def _deliver_due(self, now: float) -> None:
        """Deliver what is due, and set the timer for the next packet."""
        while self._flight and self._flight[0][0] <= now:
            _, _, sock, data, to = heapq.heappop(self._flight)
            _send(sock, data, to)
        due = self._flight[0][0] if self._flight else None
        if self._timer and self._timer.when() != due:
            self._timer.cancel()
            self._timer = None
        if due is not None and not self._timer:
            self._timer = self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._deliver_due(self._loop.time())

    def _bind(self, address: Address, receive: Callable[[socket.socket], None]) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, buffer, SOCKET_BUFFER_BYTES)
        try:
            sock.bind(address)
        except OSError:
            sock.close()
            raise
        self._loop.add_reader(sock, receive, sock)
        return sock


def _read(sock: socket.socket) -> Iterator[tuple[bytes, Any]]:
    for _ in range(MAX_READS):
        try:
            yield sock.recvfrom(65535)
        except BlockingIOError:
            return


def _send(sock: socket.socket, data: bytes, to: Address) -> None:
    """A packet that does not fit into the socket's buffer is lost, as with UDP."""
    with suppress(BlockingIOError):
        sock.sendto(data, to)


@asynccontextmanager
async def relay(
    target: int, seed: int = 1, *, is_exempt: Predicate | None = None, **both: Any
) -> AsyncIterator[Relay]:
    """A line to the bridge's port on 127.0.0.1; `both` are options of a `Direction`, for either direction."""
    running = Relay(
        ("127.0.0.1", target), Direction(f"{seed} up", **both), Direction(f"{seed} down", **both), is_exempt
    )
    running.open()
    try:
        yield running
    finally:
        running.close()

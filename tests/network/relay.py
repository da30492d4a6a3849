"""A line between rooms and the bridge: a UDP relay on loopback whose two directions are each a `Way`.

Every address that a room sends from has a socket of its own towards the bridge, as behind a NAT. Runs in the loop of
whoever opens it; `python -m tests.network` runs it in a process of its own.
"""

from __future__ import annotations

import asyncio
import heapq
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from tests.network.way import Way

Address = tuple[str, int]
Spares = Callable[[bytes], bool]

BATCH = 64
"""Datagrams read from one socket before the others have their turn."""
BUFFER = 4 * 1024 * 1024
"""Bytes of socket buffer asked for."""
IN_FLIGHT = 65536
"""Packets under way at once, both directions together; what comes beyond is dropped and counted as overflowed."""


class Relay:
    """A line to `target`. Use `relay`.

    `up` leads from the rooms to the bridge, `down` back. What `spares` holds for is exempt from loss: repairs, for
    one, where the rooms are of a kind that asks only once.
    """

    def __init__(self, target: Address, up: Way, down: Way, spares: Spares | None = None) -> None:
        self.up, self.down = up, down
        self._target = target
        self._spares = spares
        self._loop = asyncio.get_running_loop()
        self._near: socket.socket | None = None
        self._far: dict[Address, socket.socket] = {}
        self._left: list[socket.socket] = []
        """Sockets towards the bridge that a NAT has forgotten. They stay open: a closed port would tell the bridge."""
        self._cut: set[Address] = set()
        self._flight: list[tuple[float, int, socket.socket, bytes, Address]] = []
        self._number = 0
        self._timer: asyncio.TimerHandle | None = None

    def open(self, listen: Address = ("127.0.0.1", 0)) -> None:
        """Listen there; port 0: any that is free.

        Raises:
            OSError: it is taken.
        """
        self._near = self._bind(listen, self._from_rooms)

    @property
    def port(self) -> int:
        """Where rooms send to instead of the bridge's port."""
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
        """The NAT forgets: the bridge sees the rooms come from new ports, and what it sends to the old ones is lost."""
        self._left += self._far.values()
        self._far.clear()

    def cut_off(self) -> None:
        """The rooms' addresses of now are dead both ways, as when a laptop leaves its network. Whatever comes from
        another address passes."""
        self._cut |= set(self._far)

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        for sock in (self._near, *self._far.values(), *self._left):
            if sock:
                self._loop.remove_reader(sock)
                sock.close()

    # The way of a datagram ----------------------------------------------------------------------------------

    def _from_rooms(self, sock: socket.socket) -> None:
        for data, room in _arrived(sock):
            far = self._far.get(room)
            if far is None:
                far = self._far[room] = self._bind((self._target[0], 0), self._from_bridge(room))
            self._pass(self.up, data, far, self._target, room in self._cut)

    def _from_bridge(self, room: Address) -> Callable[[socket.socket], None]:
        def receive(sock: socket.socket) -> None:
            assert self._near is not None
            for data, _ in _arrived(sock):
                is_cut = room in self._cut or self._far.get(room) is not sock
                self._pass(self.down, data, self._near, room, is_cut)

        return receive

    def _pass(self, way: Way, data: bytes, sock: socket.socket, to: Address, is_cut: bool) -> None:
        now = self._loop.time()
        is_spared = self._spares is not None and self._spares(data)
        times = way.deliver(len(data), now, is_cut=is_cut, is_spared=is_spared)
        for at in times:
            if len(self._flight) < IN_FLIGHT:
                self._number += 1
                heapq.heappush(self._flight, (at, self._number, sock, data, to))
            else:
                way.counts.overflowed += 1
        self._land(now)

    def _land(self, now: float) -> None:
        """Deliver what is due, and see to it that the next packet lands in time."""
        while self._flight and self._flight[0][0] <= now:
            _, _, sock, data, to = heapq.heappop(self._flight)
            _send(sock, data, to)
        due = self._flight[0][0] if self._flight else None
        if self._timer and self._timer.when() != due:
            self._timer.cancel()
            self._timer = None
        if due is not None and not self._timer:
            self._timer = self._loop.call_at(due, self._due)

    def _due(self) -> None:
        self._timer = None
        self._land(self._loop.time())

    def _bind(self, address: Address, receive: Callable[[socket.socket], None]) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            sock.setsockopt(socket.SOL_SOCKET, buffer, BUFFER)
        try:
            sock.bind(address)
        except OSError:
            sock.close()
            raise
        self._loop.add_reader(sock, receive, sock)
        return sock


def _arrived(sock: socket.socket) -> Iterator[tuple[bytes, Any]]:
    for _ in range(BATCH):
        try:
            yield sock.recvfrom(65535)
        except BlockingIOError:
            return


def _send(sock: socket.socket, data: bytes, to: Address) -> None:
    """As UDP does: what does not fit into the socket's buffer is lost."""
    with suppress(BlockingIOError):
        sock.sendto(data, to)


@asynccontextmanager
async def relay(
    target: int, seed: int = 1, *, spares: Spares | None = None, **both: Any
) -> AsyncIterator[Relay]:
    """A line to the bridge's port on 127.0.0.1; `both` are options of a `Way`, for either direction."""
    running = Relay(("127.0.0.1", target), Way(f"{seed} up", **both), Way(f"{seed} down", **both), spares)
    running.open()
    try:
        yield running
    finally:
        running.close()

"""A bad network between a room and the bridge: a UDP relay in this process, its loss by a seeded generator.

Every address of the room has a socket of its own towards the bridge, as behind a NAT.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

Address = tuple[Any, ...]


class Relay:
    """Use `relay`. `loss` is a probability for each RTP packet, each way; `dark` swallows everything."""

    def __init__(self, target: int, seed: int) -> None:
        self.port = 0
        self.loss = 0.0
        self.dark = False
        self._gone: set[bytes] = set()
        self._target = ("127.0.0.1", target)
        self._random = random.Random(seed)
        self._near: asyncio.DatagramTransport | None = None
        self._far: dict[Address, asyncio.DatagramTransport] = {}
        self._left: list[asyncio.DatagramTransport] = []
        self._opening: dict[Address, asyncio.Task[None]] = {}

    @property
    def lost(self) -> int:
        """RTP packets lost so far."""
        return len(self._gone)

    async def open(self) -> None:
        self._near, _ = await self._endpoint(self._from_room)
        self.port = self._near.get_extra_info("sockname")[1]

    def close(self) -> None:
        for task in self._opening.values():
            task.cancel()
        for transport in (self._near, *self._far.values(), *self._left):
            if transport:
                transport.close()

    def rebind(self) -> None:
        """The NAT forgets: the bridge sees the room come from new ports, and what it sends to the old is lost."""
        self._left += self._far.values()
        self._far.clear()
        self._opening.clear()

    async def _endpoint(self, receive: Any) -> tuple[asyncio.DatagramTransport, Any]:
        loop = asyncio.get_running_loop()
        return await loop.create_datagram_endpoint(lambda: _Protocol(receive), local_addr=("127.0.0.1", 0))

    def _from_room(self, data: bytes, address: Address) -> None:
        if address in self._far:
            if self._passes(data):
                self._far[address].sendto(data, self._target)
        elif address not in self._opening:
            self._opening[address] = asyncio.create_task(self._open_far(address))

    async def _open_far(self, address: Address) -> None:
        def from_bridge(data: bytes, _sender: Address) -> None:
            if self._near and self._far.get(address) is transport and self._passes(data):
                self._near.sendto(data, address)

        transport, _ = await self._endpoint(from_bridge)
        self._far[address] = transport

    def _passes(self, data: bytes) -> bool:
        if self.dark:
            return False
        is_rtp = 127 < data[0] < 192 and not 191 < data[1] < 224
        # None is lost twice: aiortc asks once for a packet, and would then wait for it for 512 others.
        if is_rtp and data[:12] not in self._gone and self._random.random() < self.loss:
            self._gone.add(data[:12])
            return False
        return True


class _Protocol(asyncio.DatagramProtocol):
    def __init__(self, receive: Any) -> None:
        self._receive = receive

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._receive(data, addr)


@asynccontextmanager
async def relay(target: int, seed: int = 1) -> AsyncIterator[Relay]:
    """A relay to the bridge's port."""
    running = Relay(target, seed)
    await running.open()
    try:
        yield running
    finally:
        running.close()

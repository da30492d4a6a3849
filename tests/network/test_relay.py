"""A relay between sockets of the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from tests.network.relay import Relay, relay

Address = tuple[str, int]


class End:
    """A socket on loopback."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self.port: int = self.sock.getsockname()[1]

    def send(self, data: bytes, port: int) -> None:
        self.sock.sendto(data, ("127.0.0.1", port))

    async def receive(self) -> tuple[bytes, int]:
        """The next datagram, and the port it came from."""
        async with asyncio.timeout(60):
            data, address = await self._loop.sock_recvfrom(self.sock, 2000)
            return data, address[1]


@pytest.fixture
async def ends() -> AsyncIterator[list[End]]:
    """A bridge and two rooms."""
    made = [End() for _ in range(3)]
    yield made
    for end in made:
        end.sock.close()


async def until(reached: Callable[[], bool]) -> None:
    """Let the relay work until then. Datagrams on loopback are readable at once."""
    for _ in range(10_000):
        if reached():
            return
        await asyncio.sleep(0)
    raise AssertionError("the condition was never reached")


async def through(path: Relay, room: End, bridge: End, data: bytes = b"hello") -> int:
    """Send a packet to the bridge and one back. Returns the port that the bridge saw."""
    room.send(data, path.port)
    arrived, seen = await bridge.receive()
    assert arrived == data
    bridge.send(b"back: " + data, seen)
    assert await room.receive() == (b"back: " + data, path.port)
    return seen


async def test_every_room_has_its_own_address(ends: list[End]) -> None:
    bridge, *rooms = ends
    async with relay(bridge.port) as path:
        seen = {await through(path, room, bridge) for room in rooms}
        assert len(seen) == 2
        assert path.port not in seen
        assert path.up.counts.delivered == path.down.counts.delivered == 2


async def test_a_line_with_delay_keeps_the_order(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.02, jitter=0.02) as path:
        for n in range(50):
            room.send(bytes([n]), path.port)
        assert [(await bridge.receive())[0][0] for _ in range(50)] == list(range(50))
        await through(path, room, bridge)


async def test_a_later_packet_on_a_short_line_overtakes_one_on_a_long_line(
    ends: list[End],
) -> None:
    bridge, far, near = ends
    async with relay(bridge.port, delay=0.3) as long, relay(bridge.port) as short:
        far.send(b"far", long.port)
        await until(lambda: long.up.counts.packets > 0)
        near.send(b"near", short.port)
        assert [(await bridge.receive())[0] for _ in range(2)] == [b"near", b"far"]


async def test_a_packet_in_transit_is_not_overtaken_when_the_delay_ends(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.05) as path:
        room.send(b"first", path.port)
        await until(lambda: path.up.counts.packets > 0)
        path.up.delay = 0.0
        room.send(b"second", path.port)
        assert [(await bridge.receive())[0] for _ in range(2)] == [b"first", b"second"]


async def test_two_directions_and_two_lines_differ(ends: list[End]) -> None:
    bridge, west, east = ends
    async with relay(bridge.port, seed=1) as bad, relay(bridge.port, seed=2) as good:
        await through(bad, west, bridge)
        bad.down.loss = 1.0
        west.send(b"up", bad.port)
        _, seen = await bridge.receive()
        bridge.send(b"down", seen)
        await through(good, east, bridge)
        assert len({path.seed for path in (bad.up, bad.down, good.up, good.down)}) == 4
        assert (bad.up.counts.lost, bad.down.counts.lost) == (0, 1)


async def test_the_same_seed_loses_the_same_packets(ends: list[End]) -> None:
    bridge, room, _ = ends

    async def arrived() -> list[int]:
        async with relay(bridge.port, seed=5, loss=0.3) as path:
            for n in range(100):
                room.send(bytes([n]), path.port)
            await until(lambda: path.up.counts.packets == 100)
            return [(await bridge.receive())[0][0] for _ in range(path.up.counts.delivered)]

    assert 50 < len(first := await arrived()) < 90
    assert await arrived() == first


async def test_exempt_packets_are_not_lost(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, is_exempt=lambda data: data == b"hello", loss=1.0) as path:
        room.send(b"lost", path.port)
        room.send(b"hello", path.port)
        assert (await bridge.receive())[0] == b"hello"


async def test_a_dark_line_delivers_nothing_until_it_ends(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port) as path:
        seen = await through(path, room, bridge)
        path.dark = True
        room.send(b"lost", path.port)
        bridge.send(b"lost", seen)
        await until(lambda: (path.up.counts.dark, path.down.counts.dark) == (1, 1))
        path.dark = False
        assert await through(path, room, bridge) == seen


async def test_a_rebinding_gives_a_new_port_and_kills_the_old_one(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port) as path:
        old = await through(path, room, bridge)
        path.rebind()
        assert await through(path, room, bridge) != old
        bridge.send(b"to the old one", old)
        await until(lambda: path.down.counts.dark > 0)
        await through(path, room, bridge)


async def test_after_a_cut_off_only_a_new_address_works(ends: list[End]) -> None:
    bridge, old, new = ends
    async with relay(bridge.port) as path:
        seen = await through(path, old, bridge)
        path.cut_off()
        old.send(b"lost", path.port)
        bridge.send(b"lost", seen)
        await until(lambda: (path.up.counts.dark, path.down.counts.dark) == (1, 1))
        assert await through(path, new, bridge) != seen


async def test_a_duplicate_is_the_same_packet(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, duplicate=1.0) as path:
        room.send(b"hello", path.port)
        assert await bridge.receive() == await bridge.receive()


@pytest.fixture
def faults() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    yield found
    assert found == []


async def test_it_can_be_closed_with_packets_in_transit(
    ends: list[End], faults: list[dict[str, Any]]
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.01) as path:
        room.send(b"hello", path.port)
        await until(lambda: path.up.counts.packets > 0)
    await asyncio.sleep(0.02)  # past its time of delivery

"""A relay between sockets of the test's own."""

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
        async with asyncio.timeout(10):
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
    """Let the relay work until it is so: what is sent on loopback is there when the loop looks."""
    for _ in range(10_000):
        if reached():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


async def through(way: Relay, room: End, bridge: End, data: bytes = b"hello") -> int:
    """Send a packet to the bridge and one back; the port the bridge saw it come from."""
    room.send(data, way.port)
    arrived, seen = await bridge.receive()
    assert arrived == data
    bridge.send(b"back: " + data, seen)
    assert await room.receive() == (b"back: " + data, way.port)
    return seen


async def test_every_room_has_an_address_of_its_own(ends: list[End]) -> None:
    bridge, *rooms = ends
    async with relay(bridge.port) as way:
        seen = {await through(way, room, bridge) for room in rooms}
        assert len(seen) == 2
        assert way.port not in seen
        assert way.up.counts.delivered == way.down.counts.delivered == 2


async def test_a_line_with_delay_keeps_the_order(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.02, jitter=0.02) as way:
        for n in range(50):
            room.send(bytes([n]), way.port)
        assert [(await bridge.receive())[0][0] for _ in range(50)] == list(range(50))
        await through(way, room, bridge)


async def test_what_is_on_a_long_line_comes_later_than_what_is_sent_after_it_on_a_short_one(
    ends: list[End],
) -> None:
    bridge, far, near = ends
    async with relay(bridge.port, delay=0.3) as long, relay(bridge.port) as short:
        far.send(b"far", long.port)
        await until(lambda: long.up.counts.packets > 0)
        near.send(b"near", short.port)
        assert [(await bridge.receive())[0] for _ in range(2)] == [b"near", b"far"]


async def test_what_is_still_under_way_comes_before_what_is_sent_after(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.05) as way:
        room.send(b"first", way.port)
        await until(lambda: way.up.counts.packets > 0)
        way.up.delay = 0.0
        room.send(b"second", way.port)
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
        assert len({way.seed for way in (bad.up, bad.down, good.up, good.down)}) == 4
        assert (bad.up.counts.lost, bad.down.counts.lost) == (0, 1)


async def test_the_same_seed_loses_the_same_packets(ends: list[End]) -> None:
    bridge, room, _ = ends

    async def arrived() -> list[int]:
        async with relay(bridge.port, seed=5, loss=0.3) as way:
            for n in range(100):
                room.send(bytes([n]), way.port)
            await until(lambda: way.up.counts.packets == 100)
            return [(await bridge.receive())[0][0] for _ in range(way.up.counts.delivered)]

    assert 50 < len(first := await arrived()) < 90
    assert await arrived() == first


async def test_what_is_spared_passes(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, spares=lambda data: data == b"hello", loss=1.0) as way:
        room.send(b"lost", way.port)
        room.send(b"hello", way.port)
        assert (await bridge.receive())[0] == b"hello"


async def test_a_dark_line_swallows_everything_and_comes_back(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port) as way:
        seen = await through(way, room, bridge)
        way.dark = True
        room.send(b"lost", way.port)
        bridge.send(b"lost", seen)
        await until(lambda: (way.up.counts.dark, way.down.counts.dark) == (1, 1))
        way.dark = False
        assert await through(way, room, bridge) == seen


async def test_a_rebinding_gives_a_new_port_and_kills_the_old_one(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port) as way:
        old = await through(way, room, bridge)
        way.rebind()
        assert await through(way, room, bridge) != old
        bridge.send(b"to the old one", old)
        await until(lambda: way.down.counts.dark > 0)
        await through(way, room, bridge)


async def test_of_a_room_that_is_cut_off_only_a_new_address_gets_through(ends: list[End]) -> None:
    bridge, old, new = ends
    async with relay(bridge.port) as way:
        seen = await through(way, old, bridge)
        way.cut_off()
        old.send(b"lost", way.port)
        bridge.send(b"lost", seen)
        await until(lambda: (way.up.counts.dark, way.down.counts.dark) == (1, 1))
        assert await through(way, new, bridge) != seen


async def test_a_packet_that_comes_twice_is_the_same_twice(ends: list[End]) -> None:
    bridge, room, _ = ends
    async with relay(bridge.port, duplicate=1.0) as way:
        room.send(b"hello", way.port)
        assert await bridge.receive() == await bridge.receive()


@pytest.fixture
def faults() -> Iterator[list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    yield found
    assert found == []


async def test_it_is_closed_with_packets_under_way(ends: list[End], faults: list[dict[str, Any]]) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    bridge, room, _ = ends
    async with relay(bridge.port, delay=0.01) as way:
        room.send(b"hello", way.port)
        await until(lambda: way.up.counts.packets > 0)
    await asyncio.sleep(0.02)  # past its time of delivery

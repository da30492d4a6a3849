"""Two servers beside each other, ours and Janus: the same peers and the same traffic for both, in turn.

With two cores or more, the servers have one and the peers the others, so that neither is in the other's way.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from tests.bench.house import house
from tests.bench.janus import janus
from tests.bench.load import Camera, Played, Traffic, Upkeep, Viewer, play
from tests.bench.peer import Peer

AT_ONCE = 8
"""Handshakes at a time."""
TRIES = 3


class Server(Protocol):
    """What a server is to its peers."""

    name: str
    pid: int

    async def publish(self, peer: Peer) -> None:
        """Let `peer` be the camera."""

    async def watch(self, peer: Peer) -> None:
        """Let `peer` see the camera."""

    async def unsent(self) -> int:
        """Datagrams that it could not send so far, by its own count."""


class Side:
    """A server, its camera and its viewers."""

    def __init__(self, server: Server) -> None:
        self.name = server.name
        self.pid = server.pid
        self.camera = Camera(Peer())
        self.viewers: list[Viewer] = []
        self.upkeep = Upkeep()
        self._server = server

    def resident(self) -> int:
        """Bytes that its process has in memory."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def open(self) -> None:
        """Let the camera in."""
        await self._server.publish(self.camera.peer)
        self.upkeep.add(self.camera.peer)

    async def grow(self, viewers: int) -> None:
        """Let viewers in until there are so many."""
        limit = asyncio.Semaphore(AT_ONCE)

        async def enter() -> None:
            async with limit:
                viewer = Viewer(Peer())
                self.viewers.append(viewer)
                await self._server.watch(viewer.peer)
                self.upkeep.add(viewer.peer, viewer)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(viewers - len(self.viewers)):
                tasks.create_task(enter())

    async def unsent(self) -> int:
        """Datagrams that the server could not send so far, by its own count."""
        return await self._server.unsent()

    def close(self) -> None:
        """Let go of every peer."""
        for peer in [self.camera.peer, *(viewer.peer for viewer in self.viewers)]:
            peer.close()


class Contest:
    """The sides. Handshakes need a loop, traffic does not: it is sent and read without one."""

    def __init__(self, sides: Sequence[Side], runner: asyncio.Runner) -> None:
        self.sides = {side.name: side for side in sides}
        self._runner = runner
        self._upkeep = [side.upkeep for side in sides]

    def grow(self, viewers: int) -> None:
        """Let viewers in on every side until there are so many."""
        self._runner.run(self._grow(viewers))

    async def _grow(self, viewers: int) -> None:
        keeping = asyncio.create_task(self._keep_up())
        for side in self.sides.values():
            await side.grow(viewers)
        keeping.cancel()

    async def _keep_up(self) -> None:
        """Who is in must not be taken for gone while others come in."""
        while True:
            for upkeep in self._upkeep:
                upkeep.do(time.monotonic())
            await asyncio.sleep(0.1)

    def play(self, side: Side, traffic: Traffic, seconds: float) -> Played:
        """Send to one side, while the peers of the others only show that they are there.

        Raises:
            RuntimeError: nothing comes through, though it was tried again for the case that the machine was busy.
        """
        for _ in range(TRIES):
            played = play(side.camera, side.viewers, self._upkeep, traffic, side.pid, seconds=seconds)
            if played.came:
                return played
        raise RuntimeError(f"nothing comes through {side.name}")

    def unsent(self, side: Side) -> int:
        """Datagrams that the server could not send so far, by its own count."""
        return self._runner.run(side.unsent())

    def rounds(self, traffic: Traffic, *, count: int, seconds: float) -> Mapping[str, list[Played]]:
        """Send to one side after the other, so often: a slow moment of the machine meets both."""
        played: dict[str, list[Played]] = {name: [] for name in self.sides}
        for _ in range(count):
            for name, side in self.sides.items():
                played[name].append(self.play(side, traffic, seconds))
        return played


@contextmanager
def contest(*, with_janus: bool) -> Iterator[Contest]:
    """Ours, and Janus if wanted, each with its camera and no viewers yet. To be performed on the stage."""
    pin: Sequence[str] = ()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[1:])
        pin = ("taskset", "--cpu-list", str(cores[0]))
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            yield Contest(runner.run(_open(stack, pin, with_janus=with_janus)), runner)
        finally:
            runner.run(stack.aclose())


async def _open(stack: AsyncExitStack, pin: Sequence[str], *, with_janus: bool) -> list[Side]:
    servers: list[Server] = [await stack.enter_async_context(house(pin))]
    if with_janus:
        servers.append(await stack.enter_async_context(janus(pin)))
    sides = [Side(server) for server in servers]
    for side in sides:
        stack.callback(side.close)
        await side.open()
    return sides

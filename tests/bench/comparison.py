"""Two servers, Schalte and Janus, with equal peers and equal traffic, measured in turn.

With two cores or more, the servers use one and the peers the others, so that they do not slow each other down.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from tests.bench.janus import janus
from tests.bench.load import Camera, KeepAlive, Played, Traffic, Viewer, play
from tests.bench.ours import switchboard_process
from tests.bench.peer import Peer

MAX_HANDSHAKES = 8
"""Concurrent handshakes."""
MAX_ATTEMPTS = 3


class Server(Protocol):
    """A server under test."""

    name: str
    pid: int

    async def publish(self, peer: Peer) -> None:
        """Connect `peer` as the camera."""

    async def watch(self, peer: Peer) -> None:
        """Connect `peer` as a viewer of the camera."""

    async def unsent(self) -> int:
        """Datagrams that it could not send so far, by its own count."""


class Contender:
    """A server, its camera and its viewers."""

    def __init__(self, server: Server) -> None:
        self.name = server.name
        self.pid = server.pid
        self.camera = Camera(Peer())
        self.viewers: list[Viewer] = []
        self.keep_alive = KeepAlive()
        self._server = server

    def resident(self) -> int:
        """Resident memory of its process, in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    async def open(self) -> None:
        """Connect the camera."""
        await self._server.publish(self.camera.peer)
        self.keep_alive.add(self.camera.peer)

    async def grow(self, viewers: int) -> None:
        """Connect viewers until there are this many."""
        limit = asyncio.Semaphore(MAX_HANDSHAKES)

        async def connect() -> None:
            async with limit:
                viewer = Viewer(Peer())
                self.viewers.append(viewer)
                await self._server.watch(viewer.peer)
                self.keep_alive.add(viewer.peer, viewer)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(viewers - len(self.viewers)):
                tasks.create_task(connect())

    async def unsent(self) -> int:
        """Datagrams that the server could not send so far, by its own count."""
        return await self._server.unsent()

    def close(self) -> None:
        """Close every peer."""
        for peer in [self.camera.peer, *(viewer.peer for viewer in self.viewers)]:
            peer.close()


class Comparison:
    """The contenders. Handshakes run on an event loop; traffic is sent and read without one."""

    def __init__(self, sides: Sequence[Contender], runner: asyncio.Runner) -> None:
        self.sides = {side.name: side for side in sides}
        self._runner = runner
        self._keep_alive = [side.keep_alive for side in sides]

    def grow(self, viewers: int) -> None:
        """Connect viewers to every contender until there are this many."""
        self._runner.run(self._grow(viewers))

    async def _grow(self, viewers: int) -> None:
        keeping = asyncio.create_task(self._keep_up())
        for side in self.sides.values():
            await side.grow(viewers)
        keeping.cancel()

    async def _keep_up(self) -> None:
        """Send checks and reports of connected peers while others connect."""
        while True:
            for keep_alive in self._keep_alive:
                keep_alive.do(time.monotonic())
            await asyncio.sleep(0.1)

    def play(self, side: Contender, traffic: Traffic, seconds: float) -> Played:
        """Send to one contender, while the peers of the others only send checks and reports.

        Raises:
            RuntimeError: no packets arrive, after several attempts in case the machine is busy.
        """
        for _ in range(MAX_ATTEMPTS):
            played = play(side.camera, side.viewers, self._keep_alive, traffic, side.pid, seconds=seconds)
            if played.received:
                return played
        raise RuntimeError(f"no packets arrive from {side.name}")

    def unsent(self, side: Contender) -> int:
        """Datagrams that the server could not send so far, by its own count."""
        return self._runner.run(side.unsent())

    def rounds(self, traffic: Traffic, *, count: int, seconds: float) -> Mapping[str, list[Played]]:
        """Send to one contender after the other, `count` times: a slow moment of the machine affects both."""
        played: dict[str, list[Played]] = {name: [] for name in self.sides}
        for _ in range(count):
            for name, side in self.sides.items():
                played[name].append(self.play(side, traffic, seconds))
        return played


@contextmanager
def comparison(*, with_janus: bool) -> Iterator[Comparison]:
    """Schalte, and Janus if wanted, each with its camera and no viewers. Runs in the isolated network."""
    pin: Sequence[str] = ()
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, cores[1:])
        pin = ("taskset", "--cpu-list", str(cores[0]))
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        try:
            yield Comparison(runner.run(_open(stack, pin, with_janus=with_janus)), runner)
        finally:
            runner.run(stack.aclose())


async def _open(stack: AsyncExitStack, pin: Sequence[str], *, with_janus: bool) -> list[Contender]:
    servers: list[Server] = [await stack.enter_async_context(switchboard_process(pin))]
    if with_janus:
        servers.append(await stack.enter_async_context(janus(pin)))
    sides = [Contender(server) for server in servers]
    for side in sides:
        stack.callback(side.close)
        await side.open()
    return sides

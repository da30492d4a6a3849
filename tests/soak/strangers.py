"""Wrong links and garbage datagrams, from a process of their own on loopback, while a room is on air.

Every item shows the same hall, so that `next` is timed and the picture has no cut: each gap in it is a freeze.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

import aiohttp

from signaling.access.codes import random_code
from signaling.client import Client, endpoint
from tests.bench.figures import percentile
from tests.bench.state import page
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.soak.figures import Line, line
from tests.soak.media import ADDRESS, Cast, watched

LINKS_PER_MIN, DATAGRAMS_PER_S = 10_000, 20_000
MAX_NEXT_MS = 200.0
NEXT_INTERVAL_S = 0.6
"""Below the rate limit of a moderator's link."""
ITEMS = 1_000
MAX_CONNECTIONS = 50
"""Of the attacker, at a time."""


def _event() -> str:
    items = "".join(
        f"  - {{id: item-{n}, title: Item {n}, duration: 1m, source: krefeld}}\n" for n in range(1, ITEMS)
    )
    first = "  - {id: item-0, title: Item 0, start: 06:00, duration: 1m, source: krefeld}\n"
    head = "event: {title: Soak, date: 2026-03-14, timezone: Europe/Berlin}\nvenues: {krefeld: {name: Krefeld}}\n"
    return f"{head}agenda:\n{first}{items}"


async def strangers(
    seconds: float, *, links_per_min: int = LINKS_PER_MIN, datagrams_per_s: int = DATAGRAMS_PER_S
) -> Line:
    """The attack lasts this long, and `next` comes every 0.6 s."""
    cast = Cast()
    async with AsyncExitStack() as stack:
        stack.callback(cast.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(server(write(folder, _event()), folder / "data"))
        console = await page(*endpoint(running.link("venue", "krefeld")))
        viewer = await page(*endpoint(running.link("viewer")))
        async with cast.kept():
            await cast.join(console, "krefeld")
            await cast.join(viewer, None)
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await desk.command("start")
        began, clock = time.monotonic(), ~running.process.pid << 3 | 2  # see clock_getcpuclockid(3)
        used = time.clock_gettime(clock)
        async with cast.playing(seconds) as playing:
            with _attack(running, seconds, links_per_min, datagrams_per_s) as sent:
                waits = await _nexts(desk, seconds)
                seen = await watched(playing)
        cpu = (time.clock_gettime(clock) - used) / (time.monotonic() - began)
        item = desk.state["show"]["item"]
        await asyncio.gather(console.close(), viewer.close())
    figures = {
        "wrong_links": sent[0],
        "datagrams": sent[1],
        "nexts": len(waits),
        "next_p50_ms": percentile(waits, 50),
        "next_max_ms": max(waits),
        "server_cpu": cpu,
        "packets": seen.received,
        "camera_freezes": seen.camera_freezes,
        "freezes": max(0, seen.freezes - seen.camera_freezes),
        "disconnects": seen.silent,
        "lost_nexts": len(waits) - int(item.removeprefix("item-")),
    }
    limits = {"disconnects": 0, "freezes": 0, "next_max_ms": MAX_NEXT_MS, "lost_nexts": 0}
    return line("strangers", seconds, figures, limits)


async def _nexts(desk: Client, seconds: float) -> list[float]:
    """Milliseconds from each `next` to its answer and patch."""
    waits: list[float] = []
    ended = time.monotonic() + seconds
    while (began := time.monotonic()) < ended and len(waits) < ITEMS - 2:
        rev = await desk.command("next", **{"from": f"item-{len(waits)}"})
        async for state in desk:
            if state["rev"] >= rev:
                break
        waits.append((time.monotonic() - began) * 1000)
        await asyncio.sleep(NEXT_INTERVAL_S)
    return waits


@contextmanager
def _attack(
    running: ServerProcess, seconds: float, links_per_min: int, datagrams_per_s: int
) -> Iterator[list[int]]:
    """Attack from another process. After the context, the list has the wrong links and datagrams that were sent."""
    spawning = multiprocessing.get_context("spawn")
    counts = spawning.Array("q", 2)
    arguments = (running.port, running.udp_port, seconds, links_per_min, datagrams_per_s, counts)
    process = spawning.Process(target=_attacker, args=arguments)
    process.start()
    sent = [0, 0]
    try:
        yield sent
    finally:
        sent[:] = counts[:]
        process.kill()
        process.join()


def _attacker(
    port: int, udp_port: int, seconds: float, links_per_min: int, datagrams_per_s: int, counts: list[int]
) -> None:
    ended = time.monotonic() + seconds

    async def links() -> None:
        async def one() -> None:
            headers = {"Authorization": f"Bearer {random_code()}"}
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"http://{ADDRESS}:{port}/api/v1/state", headers=headers) as answer:
                    await answer.read()
                    counts[0] += 1

        connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS)
        async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:
            began, asked = time.monotonic(), 0
            while (now := time.monotonic()) < ended:
                due = int((now - began) * links_per_min / 60)
                if due > asked and len(asyncio.all_tasks()) < 2 * MAX_CONNECTIONS:
                    asked += 1
                    tasks.create_task(one())
                else:
                    await asyncio.sleep(0.005)

    async def garbage() -> None:
        kinds = [bytes([first]) + os.urandom(size) for first in (0, 22, 128, 255) for size in (40, 200, 1200)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            began = time.monotonic()
            while (now := time.monotonic()) < ended:
                with suppress(BlockingIOError):
                    for n in range(int((now - began) * datagrams_per_s) - counts[1]):
                        sock.sendto(kinds[n % len(kinds)], (ADDRESS, udp_port))
                        counts[1] += 1
                await asyncio.sleep(0.005)

    async def both() -> None:
        await asyncio.gather(links(), garbage())

    asyncio.run(both())

"""The memory of idle pages: a thousand sockets that have their snapshot and do nothing."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from signaling.client import endpoint
from tests.bench.state import page
from tests.events import write
from tests.server.process import server
from tests.soak.figures import MIB, Line, line, resident

SOCKETS = 1_000
MAX_MIB = 100.0
SETTLE_S = 2.0
"""Seconds before the first figure: the server's own start is over."""


async def idle(seconds: float, *, sockets: int = SOCKETS) -> Line:
    """Hold them for this long: pings come and are answered meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        async with server(write(Path(folder)), Path(folder) / "data") as running:
            address, token = endpoint(running.link("viewer"))
            await asyncio.sleep(min(SETTLE_S, seconds))
            before = resident(running.process.pid)
            pages = [await page(address, token) for _ in range(sockets)]
            draining = [asyncio.create_task(each.wait_closed()) for each in pages]
            await asyncio.sleep(seconds)
            after = resident(running.process.pid)
            lost = sum(task.done() for task in draining)
            await asyncio.gather(*(each.close() for each in pages))
            await asyncio.gather(*draining)
    figures = {"sockets": sockets, "disconnects": lost, "mib": (after - before) / MIB}
    return line("idle", seconds, figures, {"disconnects": 0, "mib": MAX_MIB})

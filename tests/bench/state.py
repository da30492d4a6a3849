"""How long until everybody knows: one command, decided, on disk and sent to 200 pages.

Measured from sending the command to the arrival of its patch at the last page. The pages are sockets in this one
process, so its own reading of 200 messages is part of the figure: it is an upper bound.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from signaling.client import Client, endpoint
from tests.bench.figures import percentile
from tests.events import write
from tests.server.process import ServerProcess, server

CLIENTS = 200
COMMANDS = 60


def run() -> Iterator[dict[str, object]]:
    yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        async with server(write(Path(folder)), Path(folder) / "data") as running:
            address, token = endpoint(running.link("viewer"))
            pages = [await _page(address, token) for _ in range(CLIENTS)]
            try:
                waits = await _commands(running, pages)
            finally:
                await asyncio.gather(*(page.close() for page in pages))
    return {
        "bench": "state",
        "clients": CLIENTS,
        "p50_ms": round(percentile(waits, 50), 2),
        "p99_ms": round(percentile(waits, 99), 2),
    }


async def _page(address: str, token: str) -> ClientConnection:
    page = await connect(address, max_size=None, max_queue=1024, compression=None)
    await page.send(json.dumps({"type": "hello", "token": token}))
    while json.loads(await page.recv())["type"] != "snapshot":
        pass
    return page


async def _commands(running: ServerProcess, pages: list[ClientConnection]) -> list[float]:
    waits = []
    async with await Client.open(running.link("moderator")) as moderator:
        await moderator.command("start")
        for n in range(COMMANDS):
            # Below the rate that a link is permitted; what is measured is the wait, not the throughput.
            await asyncio.sleep(0.1)
            began = time.perf_counter()
            rev = await moderator.command("extend", seconds=1 + n % 2)
            await asyncio.gather(*(_until(page, rev) for page in pages))
            waits.append((time.perf_counter() - began) * 1000)
    return waits


async def _until(page: ClientConnection, rev: int) -> None:
    """Read until the patch of revision `rev` is there."""
    while f'"rev":{rev},' not in str(await page.recv()):
        pass

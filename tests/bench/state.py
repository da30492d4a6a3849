"""How long until everybody knows: one command, decided, on disk and sent to 200 pages, in a day of 500 items.

Measured from sending the command to the arrival of its patch at the last page. The pages are sockets in this one
process: taking 200 messages off them, each noted the moment it is read and unpacked only after the last, is part of the
figure, and so is whatever else the machine does. Every command moves the rest of the day; `next_patch_bytes` is the
largest patch of a `next`.
"""

from __future__ import annotations

import asyncio
import gc
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
COMMANDS = 200
ITEMS, VENUES = 500, 20


def long_day() -> str:
    """An event file."""
    venues = "".join(f"  hall-{n}: {{name: Hall {n}}}\n" for n in range(VENUES))
    items = "".join(
        f"  - {{id: item-{n}, title: Item {n}, duration: 2m, source: hall-{n % VENUES}}}\n"
        for n in range(1, ITEMS)
    )
    first = "  - {id: item-0, title: Item 0, start: 08:00, duration: 2m, source: hall-0}\n"
    head = "event: {title: Long day, date: 2026-03-14, timezone: Europe/Berlin}\n"
    return f"{head}venues:\n{venues}agenda:\n{first}{items}"


def run() -> Iterator[dict[str, object]]:
    yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        async with server(write(Path(folder), long_day()), Path(folder) / "data") as running:
            address, token = endpoint(running.link("viewer"))
            pages = [await page(address, token) for _ in range(CLIENTS)]
            # A full round of this process's own garbage collector takes 90 ms, and none of it is the server's.
            gc.collect()
            gc.freeze()
            try:
                waits, largest = await _commands(running, pages)
            finally:
                gc.unfreeze()
                await asyncio.gather(*(page.close() for page in pages))
    return {
        "bench": "state",
        "clients": CLIENTS,
        "items": ITEMS,
        "p50_ms": round(percentile(waits, 50), 2),
        "p99_ms": round(percentile(waits, 99), 2),
        "next_patch_bytes": largest,
    }


class Page(ClientConnection):
    """Notes when bytes arrive, and unpacks them later: that is a page's own work, on a machine of its own."""

    noted: list[tuple[float, bytes]] | None = None

    def data_received(self, data: bytes) -> None:
        if self.noted is None:
            super().data_received(data)
        else:
            self.noted.append((time.perf_counter(), data))

    def came(self, rev: int) -> float | None:
        """When the patch of revision `rev` came, if it has: what a server sends is not masked, so one can look."""
        so_far = b""
        for came, data in self.noted or ():
            so_far += data
            if b'"rev":%d,' % rev in so_far:
                return came
        return None

    def unpack(self) -> None:
        noted, self.noted = self.noted or [], None
        for _, data in noted:
            super().data_received(data)


async def page(address: str, token: str) -> Page:
    page = await connect(address, max_size=None, max_queue=1024, compression=None, create_connection=Page)
    assert isinstance(page, Page)
    await page.send(json.dumps({"type": "hello", "token": token}))
    while json.loads(await page.recv())["type"] != "snapshot":
        pass
    return page


async def _all_came(pages: list[Page], rev: int) -> float:
    """When the last page had its patch."""
    last = 0.0
    for page in pages:
        while (came := page.came(rev)) is None:  # noqa: ASYNC110 - an event each would be work within the figure
            await asyncio.sleep(0.002)
        last = max(last, came)
    return last


async def _commands(running: ServerProcess, pages: list[Page]) -> tuple[list[float], int]:
    waits: list[float] = []
    largest = 0
    async with await Client.open(running.link("moderator")) as moderator:
        await moderator.command("start")
        for n in range(COMMANDS):
            # Below the rate that a link is permitted; what is measured is the wait, not the throughput.
            await asyncio.sleep(0.1)
            for page in pages:
                page.noted = []
            began = time.perf_counter()
            if n % 2:
                rev = await moderator.command("extend", seconds=1 + n % 4)
            else:
                rev = await moderator.command("next", **{"from": f"item-{n // 2}"})
            waits.append((await _all_came(pages, rev) - began) * 1000)
            for page in pages:
                page.unpack()
            sizes = await asyncio.gather(*(_until(page, rev) for page in pages))
            largest = largest if n % 2 else max(largest, *sizes)
    return waits, largest


async def _until(page: Page, rev: int) -> int:
    """Read until the patch of revision `rev` is there. Returns its size in bytes."""
    while f'"rev":{rev},' not in (patch := str(await page.recv())):
        pass
    return len(patch.encode())

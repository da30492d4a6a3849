"""The time from a command to its patch at the last of 200 pages, in a day of 500 items: decided, on disk and sent.

The pages are sockets in one process. Reading 200 messages is part of the figure, but parsing them is not; each arrival
time is recorded at the read. Other work of the machine is included. Every command moves the rest of the day;
`next_patch_bytes` is the largest patch of a `next`.
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
    """An event file with `ITEMS` items."""
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
            # A full garbage collection of this process takes 90 ms, which is not the server's time.
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
    """Records when bytes arrive and parses them later: real pages do that on machines of their own."""

    noted: list[tuple[float, bytes]] | None = None

    def data_received(self, data: bytes) -> None:
        if self.noted is None:
            super().data_received(data)
        else:
            self.noted.append((time.perf_counter(), data))

    def arrival(self, rev: int) -> float | None:
        """When the patch of revision `rev` arrived, or None. Server frames are unmasked, so bytes can be searched."""
        so_far = b""
        for at, data in self.noted or ():
            so_far += data
            if b'"rev":%d,' % rev in so_far:
                return at
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


async def _all_received(pages: list[Page], rev: int) -> float:
    """When the last page received its patch."""
    last = 0.0
    for page in pages:
        while (at := page.arrival(rev)) is None:  # noqa: ASYNC110 - events would add to the figure
            await asyncio.sleep(0.002)
        last = max(last, at)
    return last


async def _commands(running: ServerProcess, pages: list[Page]) -> tuple[list[float], int]:
    waits: list[float] = []
    largest = 0
    async with await Client.open(running.link("moderator")) as moderator:
        await moderator.command("start")
        for n in range(COMMANDS):
            # Below the rate limit of a link: the figure is the delay, not the throughput.
            await asyncio.sleep(0.1)
            for page in pages:
                page.noted = []
            began = time.perf_counter()
            if n % 2:
                rev = await moderator.command("extend", seconds=1 + n % 4)
            else:
                rev = await moderator.command("next", **{"from": f"item-{n // 2}"})
            waits.append((await _all_received(pages, rev) - began) * 1000)
            for page in pages:
                page.unpack()
            sizes = await asyncio.gather(*(_until(page, rev) for page in pages))
            largest = largest if n % 2 else max(largest, *sizes)
    return waits, largest


async def _until(page: Page, rev: int) -> int:
    """Read up to the patch of revision `rev`. Returns its size in bytes."""
    while f'"rev":{rev},' not in (patch := str(await page.recv())):
        pass
    return len(patch.encode())

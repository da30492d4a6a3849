"""A full evening: 20 halls send, 60 of 180 viewers watch the picture, the others the state, and `next` goes on.

All are on loopback of the same machine. Pages are sockets of this process, and cameras and viewers of the picture are
in one more, so that both compete with the server for the same cores: the figures are upper bounds.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from signaling.client import Client, endpoint
from tests.bench.figures import percentile
from tests.bench.state import ITEMS, Page, long_day, page
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.soak.figures import MAX_GROWTH_MIB, Line, Memory, line
from tests.soak.media import Cast, watched

SENDERS, WATCHERS, VIEWERS = 20, 60, 180
"""`WATCHERS` of the `VIEWERS` have the picture."""
MAX_NEXT_MS = 200.0
NEXT_INTERVAL_S = 1.5
"""Below the rate limit of a moderator's link; 10 minutes take 400 of the day's 500 items."""
PATCH_TIMEOUT_S = 15.0
MAX_HANDSHAKES = 8
"""Concurrent handshakes."""


async def crowd(
    seconds: float, *, senders: int = SENDERS, watchers: int = WATCHERS, viewers: int = VIEWERS
) -> Line:
    """`next` every 1.5 s for this long, with each patch awaited at every page."""
    memory, cast = Memory(), Cast()
    async with AsyncExitStack() as stack:
        stack.callback(cast.close)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(server(write(folder, long_day()), folder / "data"))
        pages = await _joined(running, cast, senders, watchers, viewers)
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await desk.command("start")
        gc.collect()
        gc.freeze()  # A full garbage collection of this process takes 90 ms, which is not the server's time.
        stack.callback(gc.unfreeze)
        async with cast.playing(seconds) as playing, memory.sampled(running.process.pid):
            draining = [asyncio.create_task(_drain(each)) for each in pages]
            waits = await _nexts(desk, pages, seconds)
            seen = await watched(playing)
            lost = sum(task.done() for task in draining)
        for task in draining:
            task.cancel()
        await asyncio.gather(*draining, return_exceptions=True)
        await asyncio.gather(*(each.close() for each in pages))
    figures = {
        "participants": len(pages),
        "nexts": len(waits),
        "next_p50_ms": percentile(waits, 50),
        "next_p99_ms": percentile(waits, 99),
        "next_max_ms": max(waits),
        "disconnects": lost + seen.silent,
        "packets": seen.received,
        "longest_gap_s": seen.longest_gap_s,
        **memory.figures(),
    }
    limits = {"disconnects": 0, "next_p99_ms": MAX_NEXT_MS, "growth_mib": MAX_GROWTH_MIB}
    return line("crowd", seconds, figures, limits)


async def _joined(
    running: ServerProcess, cast: Cast, senders: int, watchers: int, viewers: int
) -> list[Page]:
    """The pages of everybody; halls and viewers of the picture have done their handshakes."""
    links = [(running.link("venue", f"hall-{n}"), f"hall-{n}") for n in range(senders)]
    viewer = running.link("viewer")
    pages = [await page(*endpoint(link)) for link, _ in links]
    pages += [await page(*endpoint(viewer)) for _ in range(viewers)]
    limit = asyncio.Semaphore(MAX_HANDSHAKES)

    async def join(each: Page, source: str | None) -> None:
        async with limit:
            await cast.join(each, source)

    async with cast.kept(), asyncio.TaskGroup() as tasks:
        for each, (_, source) in zip(pages, links, strict=False):
            tasks.create_task(join(each, source))
        for each in pages[senders : senders + watchers]:
            tasks.create_task(join(each, None))
    return pages


async def _drain(each: Page) -> None:
    """Read all messages, until the page is disconnected."""
    async for _ in each:
        pass


async def _nexts(desk: Client, pages: Sequence[Page], seconds: float) -> list[float]:
    """Milliseconds from each `next` to its patch at the last page."""
    waits: list[float] = []
    ended = time.monotonic() + seconds
    while (began := time.monotonic()) < ended and len(waits) < ITEMS - 2:
        for each in pages:
            each.noted = []
        rev = await desk.command("next", **{"from": f"item-{len(waits)}"})
        async with asyncio.timeout(PATCH_TIMEOUT_S):
            last = max([await _arrival(each, rev) for each in pages])
        waits.append((last - began) * 1000)
        for each in pages:
            each.unpack()
        await asyncio.sleep(max(0.0, min(ended, began + NEXT_INTERVAL_S) - time.monotonic()))
    return waits


async def _arrival(each: Page, rev: int) -> float:
    while (at := each.arrival(rev)) is None:  # noqa: ASYNC110 - events would add to the figure
        await asyncio.sleep(0.002)
    return at

"""The time from asking for a preview to its answer, over HTTP and one after the other.

Of `extend`, which moves the rest of the day, of `goto` to its end, which changes most, and of an `edit` that moves an
item, as while somebody drags it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from tests.bench.figures import percentile
from tests.events import write
from tests.server.process import ServerProcess, server

DAYS = ((100, 20), (1_000, 60))
"""Items and sources."""
PREVIEWS = 50
INTERVAL_S = 0.25
"""Seconds between two: below the share of the processor that previews have, as the figure is the delay."""


def day(items: int, sources: int) -> str:
    """An event file with two halls on screen in each item."""
    venues = "".join(f"  hall-{n}: {{}}\n" for n in range(sources))
    agenda = "".join(
        f"  - {{id: item-{n}, title: Item {n}, {'start: 08:00, ' if n == 0 else ''}duration: 2m, "
        f"source: hall-{n % sources}, with: [hall-{(n + 1) % sources}]}}\n"
        for n in range(items)
    )
    return f"event: {{title: Day, date: 2026-03-14, timezone: Europe/Berlin}}\nvenues:\n{venues}agenda:\n{agenda}"


def run() -> Iterator[dict[str, object]]:
    for items, sources in DAYS:
        yield from asyncio.run(_measure(items, sources))


async def _measure(items: int, sources: int) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        async with server(write(Path(folder), day(items, sources)), Path(folder) / "data") as running:
            assert (await running.command(id="start", type="start"))[0] == 200
            found = []
            commands: tuple[dict[str, object], ...] = (
                {"type": "extend", "seconds": 60},
                {"type": "goto", "item": f"item-{items - 1}"},
                {
                    "type": "edit",
                    "base": (await running.state())["rev"],
                    "changes": [{"do": "move", "item": "item-7", "before": "item-50"}],
                },
            )
            for command in commands:
                waits = await _previews(running, command)
                found.append(
                    {
                        "bench": "preview",
                        "items": items,
                        "sources": sources,
                        "command": command["type"],
                        "p50_ms": round(percentile(waits, 50), 1),
                        "p95_ms": round(percentile(waits, 95), 1),
                    }
                )
            return found


async def _previews(running: ServerProcess, command: dict[str, object]) -> list[float]:
    waits: list[float] = []
    async with aiohttp.ClientSession(headers=running.headers()) as http:
        for _ in range(PREVIEWS):
            await asyncio.sleep(max(INTERVAL_S, 4 * waits[-1] / 1000 if waits else 0))
            began = time.perf_counter()
            async with http.post(f"{running.url}/api/v1/preview", json={"id": "1", **command}) as answer:
                assert answer.status == 200, await answer.text()
                await answer.read()
            waits.append((time.perf_counter() - began) * 1000)
    return waits

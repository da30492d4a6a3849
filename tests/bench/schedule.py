"""The delay of a cut with 200 connected pages: from its planned instant to its patch at a page.

The 200 pages are in a separate process on the same machine; the measuring page connects after them.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from signaling.client import Client
from tests.bench.crowd import crowd
from tests.bench.figures import percentile
from tests.events import write
from tests.server.process import server

CLIENTS = 200
ITEMS = 61


def _event() -> str:
    head = "event: {title: Punctual, date: 2026-03-14, timezone: Europe/Berlin}\nvenues: {krefeld: {name: Krefeld}}\n"
    first = "agenda:\n  - {id: i0, title: I0, start: 10:00, duration: 1s, source: slate, advance: auto}\n"
    return (
        head
        + first
        + "".join(
            f"  - {{id: i{n}, title: I{n}, duration: 1s, source: slate, advance: auto}}\n"
            for n in range(1, ITEMS)
        )
    )


def run() -> Iterator[dict[str, object]]:
    yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    late: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with server(write(Path(folder), _event()), Path(folder) / "data") as running:
            link = running.link("moderator")
            async with crowd(running.link("viewer"), CLIENTS), await Client.open(link) as moderator:
                await moderator.command("start")
                seen = "i0"
                async for state in moderator:
                    arrived = time.time()
                    item = state["show"]["item"]
                    if state["show"]["phase"] == "ended":
                        break
                    if item != seen:
                        seen = item
                        started = state["items"][int(item[1:])]["actual"]["start"]
                        late.append((arrived - datetime.fromisoformat(started).timestamp()) * 1000)
    return {
        "bench": "schedule",
        "clients": CLIENTS,
        "cuts": len(late),
        "jitter_p50_ms": round(percentile(late, 50), 2),
        "jitter_p99_ms": round(percentile(late, 99), 2),
    }

"""From a take to the first picture of the new source on a page, in Chromium: two rooms, and a viewer who looks.

On loopback, and the new source is not armed: the figure holds the command's way, the log's write to disk, the keyframe
asked of the new source, and the jitter buffer and display. Up to one frame of the cameras (10 a second) is in it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from signaling.client import Client
from tests.bench.figures import percentile
from tests.e2e.rooms import CHROMIUM, browsers, room
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

TAKES = 20
CODES = {"krefeld": 0, "berlin": 1}

_WATCH = """() => {
  const video = document.querySelector('[data-testid="program-video"]');
  const frame = () => {
    const code = window.probe.code('program-video');
    if (code !== null && window.awaited === code) {
      window.awaited = null;
      window.shown = performance.timeOrigin + performance.now();
    }
    video.requestVideoFrameCallback(frame);
  };
  video.requestVideoFrameCallback(frame);
}"""


def run() -> Iterator[dict[str, object]]:
    if CHROMIUM is None:
        yield {"bench": "take", "skipped": "no Chromium here"}
    else:
        yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        running = await stack.enter_async_context(server(write(folder), folder / "data"))
        playwright = await stack.enter_async_context(browsers())
        for place, code in CODES.items():
            opened = room(playwright, folder, running.link("venue", place), place, code)
            await (await stack.enter_async_context(opened)).page.get_by_test_id("start-button").click()
        viewer = await stack.enter_async_context(
            room(playwright, folder, running.link("viewer"), "viewer", 9)
        )
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await until(moderator, lambda s: all(s["sources"][place]["state"] == "live" for place in CODES))
        await moderator.command("start")
        await viewer.shows(CODES["krefeld"])
        await viewer.page.evaluate(_WATCH)
        before = await viewer.stats()
        waits = []
        for n in range(TAKES):
            place = ("berlin", "krefeld")[n % 2]
            await viewer.page.evaluate(
                "code => { window.awaited = code; window.shown = null; }", CODES[place]
            )
            began = time.time() * 1000
            await moderator.command("take", source=place)
            await viewer.page.wait_for_function("() => window.shown !== null")
            waits.append(float(await viewer.page.evaluate("window.shown")) - began)
        after = await viewer.stats()
    return {
        "bench": "take",
        "rtt_ms": 0,
        "armed": False,
        "takes": TAKES,
        "p50_ms": round(percentile(waits, 50), 1),
        "p95_ms": round(percentile(waits, 95), 1),
        "freezes": after["freezeCount"] - before["freezeCount"],
    }

"""From a take to the first frame of the new source on a viewer's page, in Chromium, with two halls.

The halls have a round trip of 0 or 250 ms (the viewer has 0), and the new source is armed before the take or not. The
figure includes the command, the log's write to disk, the wait for a keyframe, jitter buffer and display, and up to one
frame interval of the cameras (25 a second).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from tests.bench.figures import percentile
from tests.bench.halls import CODES, NO_CHROMIUM, Studio, now, studio
from tests.e2e.rooms import CHROMIUM

TAKES = 20
TAKE_INTERVAL_S = 1.5
"""Seconds between two takes, long enough for an armed source's keyframe, which is requested every second."""


def run() -> Iterator[dict[str, object]]:
    if CHROMIUM is None:
        yield {"bench": "take", "skipped": NO_CHROMIUM}
        return
    for rtt_ms in (0, 250):
        yield from asyncio.run(_measure(rtt_ms))


async def _measure(rtt_ms: int) -> list[dict[str, object]]:
    async with studio(halls=("--delay", f"{rtt_ms // 2}ms")) as live:
        return [await _takes(live, rtt_ms, armed) for armed in (False, True)]


async def _takes(live: Studio, rtt_ms: int, armed: bool) -> dict[str, object]:
    waits = []
    before = await live.viewer.picture()
    for n in range(TAKES):
        place = ("berlin", "krefeld")[n % 2]
        if armed:
            await live.moderator.command("arm", source=place)
        await asyncio.sleep(TAKE_INTERVAL_S)
        began = now()
        await live.moderator.command("take", source=place)
        await live.viewer.presents(CODES[place])
        shown = [frame for frame in await live.viewer.frames(began) if frame.code == CODES[place]]
        waits.append((shown[0].at - began) * 1000)
    await asyncio.sleep(TAKE_INTERVAL_S)
    after = await live.viewer.picture()
    return {
        "bench": "take",
        "rtt_ms": rtt_ms,
        "armed": armed,
        "takes": TAKES,
        "p50_ms": round(percentile(waits, 50), 1),
        "p95_ms": round(percentile(waits, 95), 1),
        "freezes": after["freezeCount"] - before["freezeCount"],
    }

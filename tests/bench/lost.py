"""A source dies on air: how long until the viewer sees the next picture, in Chromium.

`killed`: the hall's browser is killed, as when its machine loses power; its WebSocket breaks with it. `dark`: its line
carries nothing any more, and nothing but the silence tells. The fallback is the other hall.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench.halls import CODES, NO_CHROMIUM, Hall, Studio, hall, now, standstill, studio
from tests.e2e.rooms import CHROMIUM
from tests.server.test_socket import until

DEATHS = 5
BEFORE = 1.0
"""Seconds of a source on air before it dies."""


def run() -> Iterator[dict[str, object]]:
    if CHROMIUM is None:
        yield {"bench": "lost", "skipped": NO_CHROMIUM}
    else:
        yield from asyncio.run(_measure())


async def _measure() -> list[dict[str, object]]:
    async with studio() as live:
        dark = [await _dark(live) for _ in range(DEATHS)]
        await live.halls["berlin"].room.page.context.browser.close()  # type: ignore[union-attr]
        killed = [await _killed(live) for _ in range(DEATHS)]
    return [_summary("dark", dark), _summary("killed", killed)]


def _summary(how: str, deaths: list[tuple[float, float]]) -> dict[str, object]:
    nexts, stills = zip(*deaths, strict=True)
    return {
        "bench": "lost",
        "how": how,
        "deaths": len(deaths),
        "next_p50_ms": round(statistics.median(nexts), 1),
        "next_max_ms": round(max(nexts), 1),
        "still_max_ms": round(max(stills), 1),
    }


async def _dark(live: Studio) -> tuple[float, float]:
    berlin = live.halls["berlin"]
    await _put_on_air(live)
    died = now()
    await berlin.line.send("dark=on")
    found = await _next(live, died)
    await berlin.line.send("dark=off")
    await _release(live)
    return found


async def _killed(live: Studio) -> tuple[float, float]:
    async with AsyncExitStack() as stack:
        opened = hall(live.playwright, live.folder, live.server, "berlin")
        berlin = await stack.enter_async_context(opened)
        await _put_on_air(live)
        died = now()
        _kill(berlin)
        found = await _next(live, died)
        await _release(live)
        return found


async def _put_on_air(live: Studio) -> None:
    await until(live.moderator, lambda s: s["sources"]["berlin"]["state"] == "live")
    await live.moderator.command("take", source="berlin")
    await live.viewer.presents(CODES["berlin"], after_s=BEFORE)


async def _release(live: Studio) -> None:
    await live.moderator.command("take", source="krefeld")
    await live.viewer.presents(CODES["krefeld"], after_s=BEFORE)


async def _next(live: Studio, died: float) -> tuple[float, float]:
    """Milliseconds from its death to the next source's first picture, and of the longest standstill around it."""
    await live.viewer.presents(CODES["krefeld"], after_s=BEFORE)
    frames = await live.viewer.frames(died - BEFORE)
    first = next(frame for frame in frames if frame.at > died and frame.code == CODES["krefeld"])
    return (first.at - died) * 1000, standstill(frames, died).lasted_ms


def _kill(one: Hall) -> None:
    """Kill the browser that plays this hall's camera, and with it all of its processes: it leads their group."""
    ours = f"--use-file-for-fake-video-capture={one.camera}"
    for leader in {_group_of(entry, ours) for entry in Path("/proc").iterdir()} - {None, os.getpgrp()}:
        os.killpg(leader, signal.SIGKILL)  # type: ignore[arg-type]


def _group_of(process: Path, argument: str) -> int | None:
    """The group of a process that was started with this argument."""
    try:
        if process.name.isdecimal() and argument.encode() in (process / "cmdline").read_bytes().split(b"\0"):
            return os.getpgid(int(process.name))
    except (FileNotFoundError, ProcessLookupError):
        pass  # it has ended meanwhile
    return None

"""A source fails on air: how long until the viewer sees the next picture, in Chromium.

`killed`: the hall's browser is killed, as when its machine loses power; its WebSocket closes. `dark`: its line carries
no packets any more, and only the missing packets show it. The fallback is the other hall.
"""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench.halls import CODES, NO_CHROMIUM, Hall, Studio, hall, longest_freeze, now, studio
from tests.e2e.rooms import CHROMIUM
from tests.server.test_socket import until

FAILURES = 5
ON_AIR_S = 1.0
"""Seconds on air before a failure."""


def run() -> Iterator[dict[str, object]]:
    if CHROMIUM is None:
        yield {"bench": "lost", "skipped": NO_CHROMIUM}
    else:
        yield from asyncio.run(_measure())


async def _measure() -> list[dict[str, object]]:
    async with studio() as live:
        dark = [await _dark(live) for _ in range(FAILURES)]
        await live.halls["berlin"].room.page.context.browser.close()  # type: ignore[union-attr]
        killed = [await _killed(live) for _ in range(FAILURES)]
    return [_summary("dark", dark), _summary("killed", killed)]


def _summary(how: str, failures: list[tuple[float, float]]) -> dict[str, object]:
    nexts, stills = zip(*failures, strict=True)
    return {
        "bench": "lost",
        "how": how,
        "deaths": len(failures),
        "next_p50_ms": round(statistics.median(nexts), 1),
        "next_max_ms": round(max(nexts), 1),
        "still_max_ms": round(max(stills), 1),
    }


async def _dark(live: Studio) -> tuple[float, float]:
    berlin = live.halls["berlin"]
    await _put_on_air(live)
    failed = now()
    await berlin.line.send("dark=on")
    found = await _next(live, failed)
    await berlin.line.send("dark=off")
    await _release(live)
    return found


async def _killed(live: Studio) -> tuple[float, float]:
    async with AsyncExitStack() as stack:
        opened = hall(live.playwright, live.folder, live.server, "berlin")
        berlin = await stack.enter_async_context(opened)
        await _put_on_air(live)
        failed = now()
        _kill(berlin)
        found = await _next(live, failed)
        await _release(live)
        return found


async def _put_on_air(live: Studio) -> None:
    await until(live.moderator, lambda s: s["sources"]["berlin"]["state"] == "live")
    await live.moderator.command("take", source="berlin")
    await live.viewer.presents(CODES["berlin"], after_s=ON_AIR_S)


async def _release(live: Studio) -> None:
    await live.moderator.command("take", source="krefeld")
    await live.viewer.presents(CODES["krefeld"], after_s=ON_AIR_S)


async def _next(live: Studio, failed: float) -> tuple[float, float]:
    """Milliseconds from the failure to the next source's first picture, and of the longest freeze around it."""
    await live.viewer.presents(CODES["krefeld"], after_s=ON_AIR_S)
    frames = await live.viewer.frames(failed - ON_AIR_S)
    first = next(frame for frame in frames if frame.at > failed and frame.code == CODES["krefeld"])
    return (first.at - failed) * 1000, longest_freeze(frames, failed).lasted_ms


def _kill(one: Hall) -> None:
    """Kill the browser with this hall's camera and its process group."""
    ours = f"--use-file-for-fake-video-capture={one.camera}"
    for leader in {_group_of(entry, ours) for entry in Path("/proc").iterdir()} - {None, os.getpgrp()}:
        os.killpg(leader, signal.SIGKILL)  # type: ignore[arg-type]


def _group_of(process: Path, argument: str) -> int | None:
    """The group of a process that was started with this argument."""
    try:
        if process.name.isdecimal() and argument.encode() in (process / "cmdline").read_bytes().split(b"\0"):
            return os.getpgid(int(process.name))
    except (FileNotFoundError, ProcessLookupError):
        pass  # ended meanwhile
    return None

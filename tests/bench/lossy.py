"""A minute of programme over lossy lines, in Chromium: how long the picture froze, how much sound was concealed.

A lossy line loses 5 % each way and has a round trip of 60 ms. The viewer has one, or the viewer and each hall: then
every packet passes two of them. Frozen and concealed are the counts of the viewer's browser (totalFreezesDuration;
concealedSamples of totalSamplesReceived), as shares of the time. `janus_…` is the same over the same lines through
Janus, afterwards, with minimal pages that only send and show.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.bench import janus, janus_pages, netns
from tests.bench.halls import NO_CHROMIUM, Hall, studio
from tests.e2e import rooms

RUNS = 5
RUN_S = 60.0
LINE = ("--delay", "30ms", "--loss", "5%")
SETTLING_S = 10.0
"""Before the first run, for the bitrate and loss estimates."""


def run() -> Iterator[dict[str, object]]:
    """One line for each set of lossy lines."""
    if rooms.CHROMIUM is None:
        yield {"bench": "lossy", "skipped": NO_CHROMIUM}
    else:
        theirs = (
            {}
            if janus.unavailable()
            else {str(line["bad_lines"]): line for line in netns.bench("lossy", through_janus)}
        )
        for lines, halls in (("viewer", ()), ("both", LINE)):
            found = theirs.get(lines, {})
            yield summary(lines, asyncio.run(_measure(halls))) | {
                f"janus_{name}": found[name] for name in COMPARED if name in found
            }


def through_janus() -> Iterator[dict[str, object]]:
    """Runs in the isolated network."""
    for lines, halls in (("viewer", ()), ("both", LINE)):
        yield summary(lines, asyncio.run(_measure_janus(halls)))


@dataclass(frozen=True)
class Shares:
    """Of one run: the share of time with a frozen picture, and of concealed sound."""

    frozen: float
    concealed: float
    freezes: int


def shares(before: dict[str, Any], after: dict[str, Any], lasted: float) -> Shares:
    """From two merged stats reports of a page's video and audio, and the seconds between them."""
    grown = {name: after[name] - before[name] for name in FIGURES}
    return Shares(
        grown["totalFreezesDuration"] / lasted,
        grown["concealedSamples"] / max(1, grown["totalSamplesReceived"]),
        grown["freezeCount"],
    )


COMPARED = ("frozen", "frozen_worst", "concealed", "concealed_worst", "freezes")
FIGURES = ("freezeCount", "totalFreezesDuration", "concealedSamples", "totalSamplesReceived")


def summary(lines: str, runs: Sequence[Shares]) -> dict[str, object]:
    """The printed line: medians and maxima."""
    frozen, concealed = [run.frozen for run in runs], [run.concealed for run in runs]
    return {
        "bench": "lossy",
        "bad_lines": lines,
        "loss": 0.05,
        "rtt_ms": 60,
        "runs": len(runs),
        "seconds": RUN_S,
        "frozen": round(statistics.median(frozen), 4),
        "frozen_worst": round(max(frozen), 4),
        "concealed": round(statistics.median(concealed), 4),
        "concealed_worst": round(max(concealed), 4),
        "freezes": statistics.median(run.freezes for run in runs),
    }


async def _measure(halls: tuple[str, ...]) -> list[Shares]:
    async with studio(halls=halls, viewer=(*LINE, "--seed", "9")) as live:
        await asyncio.sleep(SETTLING_S)
        return [await _minute(live.viewer) for _ in range(RUNS)]


async def _measure_janus(halls: tuple[str, ...]) -> list[Shares]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        room = await stack.enter_async_context(janus.janus())
        playwright = await stack.enter_async_context(rooms.browsers())
        hall = await stack.enter_async_context(
            janus_pages.sender(playwright, folder, room, *halls, "--seed", "0")
        )
        subscriber = await stack.enter_async_context(
            janus_pages.viewer(playwright, folder, room, *LINE, "--seed", "9")
        )
        await subscriber.room.shows(hall.room.code)
        await asyncio.sleep(SETTLING_S)
        return [await _minute(subscriber) for _ in range(RUNS)]


async def _minute(viewer: Hall) -> Shares:
    before = await _report(viewer)
    await asyncio.sleep(RUN_S)
    after = await _report(viewer)
    return shares(before, after, (after["timestamp"] - before["timestamp"]) / 1000)


async def _report(viewer: Hall) -> dict[str, Any]:
    return {**await viewer.picture(), **await viewer.sound()}

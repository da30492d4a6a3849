"""A minute of programme through bad lines, in Chromium: how long the picture stood still, how much sound was made up.

A bad line loses 5 % each way and has a round trip of 60 ms. It is the viewer's, or the viewer's and each hall's: then
every packet passes two of them. Frozen and concealed are what the viewer's browser counts (totalFreezesDuration;
concealedSamples of totalSamplesReceived), as shares of the time. `janus_…` is the same on the same lines through Janus,
after ours; its pages are plain ones, which do nothing but send and show.
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

from tests.bench import janus, plain, stage
from tests.bench.halls import NO_CHROMIUM, Hall, studio
from tests.e2e import rooms

RUNS = 5
LASTS = 60.0
"""Seconds of programme in each run."""
LINE = ("--delay", "30ms", "--loss", "5%")
SETTLING = 10.0
"""Seconds before the first run: the senders' estimates of what the lines carry, the viewer's of what they lose."""


def run() -> Iterator[dict[str, object]]:
    """One line for each way."""
    if rooms.CHROMIUM is None:
        yield {"bench": "lossy", "skipped": NO_CHROMIUM}
    else:
        theirs = (
            {}
            if janus.why_not()
            else {str(line["bad_lines"]): line for line in stage.bench("lossy", through_janus)}
        )
        for lines, halls in (("viewer", ()), ("both", LINE)):
            found = theirs.get(lines, {})
            yield summary(lines, asyncio.run(_measure(halls))) | {
                f"janus_{name}": found[name] for name in COMPARED if name in found
            }


def through_janus() -> Iterator[dict[str, object]]:
    """To be performed on the stage."""
    for lines, halls in (("viewer", ()), ("both", LINE)):
        yield summary(lines, asyncio.run(_measure_janus(halls)))


@dataclass(frozen=True)
class Shares:
    """Of one run: the share of time the picture stood still, and of sound that was concealed."""

    frozen: float
    concealed: float
    freezes: int


def shares(before: dict[str, Any], after: dict[str, Any], lasted: float) -> Shares:
    """From two reports of a page's inbound streams, picture's and sound's in one, and the seconds between them."""
    grown = {name: after[name] - before[name] for name in FIGURES}
    return Shares(
        grown["totalFreezesDuration"] / lasted,
        grown["concealedSamples"] / max(1, grown["totalSamplesReceived"]),
        grown["freezeCount"],
    )


COMPARED = ("frozen", "frozen_worst", "concealed", "concealed_worst", "freezes")
FIGURES = ("freezeCount", "totalFreezesDuration", "concealedSamples", "totalSamplesReceived")


def summary(lines: str, runs: Sequence[Shares]) -> dict[str, object]:
    """The line that is printed: medians, and the worst."""
    frozen, concealed = [run.frozen for run in runs], [run.concealed for run in runs]
    return {
        "bench": "lossy",
        "bad_lines": lines,
        "loss": 0.05,
        "rtt_ms": 60,
        "runs": len(runs),
        "seconds": LASTS,
        "frozen": round(statistics.median(frozen), 4),
        "frozen_worst": round(max(frozen), 4),
        "concealed": round(statistics.median(concealed), 4),
        "concealed_worst": round(max(concealed), 4),
        "freezes": statistics.median(run.freezes for run in runs),
    }


async def _measure(halls: tuple[str, ...]) -> list[Shares]:
    async with studio(halls=halls, viewer=(*LINE, "--seed", "9")) as live:
        await asyncio.sleep(SETTLING)
        return [await _minute(live.viewer) for _ in range(RUNS)]


async def _measure_janus(halls: tuple[str, ...]) -> list[Shares]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        room = await stack.enter_async_context(janus.janus())
        playwright = await stack.enter_async_context(rooms.browsers())
        hall = await stack.enter_async_context(plain.sender(playwright, folder, room, *halls, "--seed", "0"))
        looker = await stack.enter_async_context(plain.viewer(playwright, folder, room, *LINE, "--seed", "9"))
        await looker.room.shows(hall.room.code)
        await asyncio.sleep(SETTLING)
        return [await _minute(looker) for _ in range(RUNS)]


async def _minute(viewer: Hall) -> Shares:
    before = await _report(viewer)
    await asyncio.sleep(LASTS)
    after = await _report(viewer)
    return shares(before, after, (after["timestamp"] - before["timestamp"]) / 1000)


async def _report(viewer: Hall) -> dict[str, Any]:
    return {**await viewer.picture(), **await viewer.sound()}

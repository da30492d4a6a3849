"""A minute of programme through bad lines, in Chromium: how long the picture stood still, how much sound was made up.

A bad line loses 5 % each way and has a round trip of 60 ms. It is the viewer's, or the viewer's and each hall's: then
every packet passes two of them. Frozen and concealed are what the viewer's browser counts (totalFreezesDuration;
concealedSamples of totalSamplesReceived), as shares of the time.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.halls import NO_CHROMIUM, Hall, studio
from tests.e2e.rooms import CHROMIUM

RUNS = 5
LASTS = 60.0
"""Seconds of programme in each run."""
LINE = ("--delay", "30ms", "--loss", "5%")
SETTLING = 10.0
"""Seconds before the first run: the senders' estimates of what the lines carry, the viewer's of what they lose."""


def run() -> Iterator[dict[str, object]]:
    """One line for each way."""
    if CHROMIUM is None:
        yield {"bench": "lossy", "skipped": NO_CHROMIUM}
    else:
        for lines, halls in (("viewer", ()), ("both", LINE)):
            yield summary(lines, asyncio.run(_measure(halls)))


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
        runs = []
        for _ in range(RUNS):
            before = await _report(live.viewer)
            await asyncio.sleep(LASTS)
            after = await _report(live.viewer)
            runs.append(shares(before, after, (after["timestamp"] - before["timestamp"]) / 1000))
        return runs


async def _report(viewer: Hall) -> dict[str, Any]:
    return {**await viewer.picture(), **await viewer.sound()}

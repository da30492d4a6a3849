"""Figures of a scenario and their limits, and the memory of a server over time."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

Line = dict[str, object]

MIB = 1024 * 1024
SAMPLE_INTERVAL_S = 1.0
MAX_GROWTH_MIB = 8.0
"""Of the second half of a run, by a linear fit. Python's allocator and the retransmission buffers of sources that are
armed for the first time vary by some MiB; a leak of one KiB for each patch and page would be 80."""


def line(name: str, seconds: float, figures: Mapping[str, float], limits: Mapping[str, float]) -> Line:
    """A scenario's line. Every limit is a maximum."""
    return {
        "soak": name,
        "seconds": round(seconds),
        "load": round(os.getloadavg()[0], 1),
        **{key: round(value, 2) for key, value in figures.items()},
        "limits": dict(limits),
        "missed": [key for key, most in limits.items() if not figures[key] <= most],
    }


def resident(pid: int) -> int:
    """Resident memory of a process, in bytes."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Memory:
    """Samples of a process's resident memory."""

    def __init__(self) -> None:
        self._samples: list[tuple[float, int]] = []
        """Monotonic seconds, and bytes."""

    @asynccontextmanager
    async def sampled(self, pid: int) -> AsyncIterator[None]:
        """Take samples while the context lasts."""
        sampling = asyncio.create_task(self._sample(pid))
        try:
            yield
        finally:
            sampling.cancel()

    async def _sample(self, pid: int) -> None:
        while True:
            self._samples.append((time.monotonic(), resident(pid)))
            await asyncio.sleep(SAMPLE_INTERVAL_S)

    def figures(self) -> dict[str, float]:
        """`rss_mib` at the end, and `growth_mib` in the second half, by a linear fit."""
        if not self._samples:
            return {"rss_mib": 0.0, "growth_mib": 0.0}
        ended = self._samples[-1][0]
        half = [(at, size) for at, size in self._samples if at >= (self._samples[0][0] + ended) / 2]
        slope = 0.0
        if len(half) > 1:
            slope, _ = statistics.linear_regression([at for at, _ in half], [size for _, size in half])
        return {
            "rss_mib": self._samples[-1][1] / MIB,
            "growth_mib": slope * (ended - half[0][0]) / MIB,
        }

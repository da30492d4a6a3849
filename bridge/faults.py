"""The log of bugs on paths that run many times a second: a bug that repeats itself must not fill the disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)

FAULT_INTERVAL_S = 1.0
"""Between two tracebacks of one place. The ones between are counted, and the next line has their number."""


class FaultLogger:
    """Logs the exceptions of one part of the bridge."""

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` returns monotonic seconds."""
        self._now = now
        self._logged_at: dict[str, float] = {}
        self._unlogged: Counter[str] = Counter()

    def exception(self, event: str, place: str, **more: object) -> None:
        """Log the exception that is being handled. `place` is one of a few names."""
        now = self._now()
        if now - self._logged_at.get(place, float("-inf")) < FAULT_INTERVAL_S:
            self._unlogged[place] += 1
            return
        self._logged_at[place] = now
        log.exception(event, place=place, unlogged=self._unlogged.pop(place, 0), **more)

"""Checks that may block, such as those of files: each repeats in a thread, and neither its hanging nor its fault counts
for more than "unknown"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Generic, TypeVar

import structlog

from signaling.daemonthread import in_daemon_thread

log = structlog.get_logger()

CHECK_INTERVAL_S: Final = 1.0
"""Seconds between the end of a check and the next one."""
CHECK_OVERDUE_S: Final = 10.0
"""Seconds after which the result of a check that has not ended is unknown. A network file system may take some."""

T = TypeVar("T")


class BackgroundCheck(Generic[T]):
    """One check of one thing. Run `run` as a task."""

    def __init__(self, name: str, look: Callable[[], T], initial: T) -> None:
        """`look` is called in a thread; whatever it raises makes the result unknown. `initial` counts until then."""
        self.result = initial
        """Of the last check that succeeded."""
        self._name = name
        self._look = look
        self._fails = False
        """The last check raised."""
        self._began: float | None = None
        """When the check that runs now began; None between two."""

    def is_unknown(self, now: float) -> bool:
        """Whether the last check failed, or the present one hangs; `now` is the loop's time."""
        return self._fails or (self._began is not None and now - self._began >= CHECK_OVERDUE_S)

    async def run(self) -> None:
        """Check until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            self._began = loop.time()
            try:
                self.result = await in_daemon_thread(self._look, f"check of {self._name}")
            except Exception:
                # Any fault, also one of a library: a check that fails must not end the show.
                if not self._fails:
                    log.exception("a check of the server fails", check=self._name)
                self._fails = True
            else:
                if self._fails:
                    log.info("a check of the server works again", check=self._name)
                self._fails = False
            self._began = None
            await asyncio.sleep(CHECK_INTERVAL_S)

"""Examines the server once a second: decides what is shed, and tells the runtime what is wrong."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

import structlog

from bridge.engine import Engine
from signaling.clock import ShowClock
from signaling.health.backgroundcheck import BackgroundCheck
from signaling.health.certificate import ServedCertificate
from signaling.health.conditions import Readings, ServerCondition, examine
from signaling.health.loopwatch import LoopWatch
from signaling.health.shedding import Shedding
from signaling.show.wire.state import WarningCode

log = structlog.get_logger()

EXAMINE_INTERVAL_S: Final = 1.0
"""Seconds between two examinations. Each takes some 0.3 ms."""


class Examined(Protocol):
    """What is asked of the runtime, and what it is told."""

    @property
    def clock(self) -> ShowClock:
        """The show's clock."""

    @property
    def writer_runs(self) -> bool:
        """Whether the single writer runs."""

    @property
    def log_fails(self) -> bool:
        """Whether the last entry could not be written."""

    def note_conditions(self, conditions: Sequence[ServerCondition]) -> None:
        """This is what is wrong with the server now."""


class HealthMonitor:
    """Watches one server."""

    def __init__(
        self,
        runtime: Examined,
        media: Engine,
        watch: LoopWatch,
        data: Path,
        certificate: ServedCertificate | None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """`data` is the folder of the show log."""
        self._runtime = runtime
        self._media = media
        self._watch = watch
        self._data = data
        self._certificate = certificate
        self._wall_clock = wall_clock
        self._shedding = Shedding()
        self._free = BackgroundCheck[int | None]("disk", self._free_bytes, None)
        """Free bytes of the disk."""
        self._files = BackgroundCheck[None]("certificate", self._refresh_certificate, None)
        self._fails = False
        """The last check for overload raised."""

    async def run(self) -> None:
        """Examine the server until cancelled. What a check does not know is a warning, and never ends the server."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._free.run(), name="the check of the disk")
            if self._certificate is not None:
                tasks.create_task(self._files.run(), name="the check of the certificate")
            tasks.create_task(self._examine(), name="the check for overload")

    async def _examine(self) -> None:
        """Waits for no other check: a machine whose disk hangs is likely to be overloaded too."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                self._shed(self._watch.lag_s, self._watch.busy, loop.time())
                self._fails = False
            except Exception:
                # Any fault: a check that fails must not end the show.
                if not self._fails:
                    log.exception("a check of the server fails", check="overload")
                self._fails = True
            self._runtime.note_conditions(examine(self._readings(loop.time()), datetime.now(UTC)))
            await asyncio.sleep(EXAMINE_INTERVAL_S)

    def _shed(self, lag_s: float, busy: float, now: float) -> None:
        before = self._shedding.level
        level = self._shedding.update(lag_s, busy, now)
        if level != before:
            event = "viewers are sent less" if level > before else "viewers are sent more"
            log.warning(event, level=level, lag_s=round(lag_s, 3), busy=round(busy, 2))
            self._media.shed(level)

    def _free_bytes(self) -> int:
        """Raises `OSError` where the disk does not say."""
        return shutil.disk_usage(self._data).free

    def _refresh_certificate(self) -> None:
        if self._certificate is not None:
            self._certificate.refresh()

    def _readings(self, now: float) -> Readings:
        clock, certificate = self._runtime.clock, self._certificate
        checks: tuple[tuple[WarningCode, bool], ...] = (
            ("disk-unknown", self._free.is_unknown(now)),
            ("certificate-unknown", self._files.is_unknown(now)),
            ("overload-unknown", self._fails),
        )
        return Readings(
            free_bytes=self._free.result,
            writer_runs=self._runtime.writer_runs,
            log_fails=self._runtime.log_fails,
            media_is_open=self._media.health().is_open,
            certificate_ends=None if certificate is None else certificate.ends,
            certificate_fault=None if certificate is None else certificate.fault,
            clock_difference_s=0.0 if clock.is_rehearsal else clock.now() / 1000 - self._wall_clock(),
            shed_level=self._shedding.level,
            unknown=frozenset(code for code, is_unknown in checks if is_unknown),
        )

"""The show's clock: wall-clock time read once at the start, or a rehearsal's, advanced by the time since boot.

A clock that is stepped during the show (a late NTP answer) must not move the agenda. A machine that was suspended (a
laptop's lid) must not be late by the time it slept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from config.times import Duration, Instant, between

_BOOTTIME: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def since_boot() -> float:
    """Monotonic seconds that include suspension.

    Linux stops `time.monotonic`, and with it asyncio's timers, during suspension. macOS includes it in CLOCK_MONOTONIC,
    though not in `time.monotonic`.
    """
    return time.clock_gettime(_BOOTTIME)


def machine_now() -> Instant:
    """The instant by the machine's clock, which links are valid by. A rehearsal does not change it."""
    return Instant(time.time_ns() // 1_000_000)


class ShowClock:
    """Show time: from `begin` on, `speed` times as fast as real time."""

    def __init__(
        self,
        begin: Instant | None = None,
        speed: float = 1.0,
        monotonic: Callable[[], float] = since_boot,
        *,
        not_before: Instant | None = None,
    ) -> None:
        """`not_before`: the instant of the last log entry. If the wall clock was set back since, the show goes on from
        there; otherwise nothing would be due until the wall clock has caught up."""
        self._monotonic = monotonic
        self._zero = monotonic()
        now = begin if begin is not None else machine_now()
        self._begin = now if not_before is None else max(now, not_before)
        self.ahead: Duration = between(now, self._begin)
        """How far `not_before` has set it ahead."""
        self.speed = speed
        self.is_rehearsal = begin is not None or speed != 1.0
        """It does not show the real time; pages say so."""

    def now(self) -> Instant:
        """The show's current instant."""
        return Instant(self._begin + int((self._monotonic() - self._zero) * 1000 * self.speed))

    def seconds_until(self, t: Instant) -> float:
        """Real seconds until the show's clock reads `t`; not negative."""
        elapsed = (t - self._begin) / 1000 / self.speed
        return max(0.0, self._zero + elapsed - self._monotonic())

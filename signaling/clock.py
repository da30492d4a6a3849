"""The show's clock: the world's time at the start, or that of a rehearsal, then the time since the machine was booted.

The wall clock is read once. A machine whose clock is stepped in mid-show (a late NTP answer) must not move the agenda,
and one that was suspended (a laptop's lid) must not be late by the time it slept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from config.times import Duration, Instant, between

_BOOTTIME: Final[int] = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def since_boot() -> float:
    """Seconds that nobody sets, and that go on while the machine is suspended.

    Linux stops `time.monotonic`, and with it asyncio's timers, in suspend. macOS counts the time asleep in its
    CLOCK_MONOTONIC, though not in `time.monotonic`.
    """
    return time.clock_gettime(_BOOTTIME)


class ShowClock:
    """Show time, from `begin` on at `speed` times the real pace."""

    def __init__(
        self,
        begin: Instant | None = None,
        speed: float = 1.0,
        monotonic: Callable[[], float] = since_boot,
        *,
        not_before: Instant | None = None,
    ) -> None:
        """`not_before`: the last thing that the show knows of. Where the world's clock was set back while the server
        was down, the show goes on from there: else it would stand still until the world has caught up."""
        self._monotonic = monotonic
        self._zero = monotonic()
        now = begin if begin is not None else Instant(time.time_ns() // 1_000_000)
        self._begin = now if not_before is None else max(now, not_before)
        self.ahead: Duration = between(now, self._begin)
        """By how much it was set ahead of what it was told, for `not_before`."""
        self.speed = speed
        self.is_rehearsal = begin is not None or speed != 1.0
        """It is not the world's; pages say so."""

    def now(self) -> Instant:
        """The instant that the show takes for now."""
        return Instant(self._begin + int((self._monotonic() - self._zero) * 1000 * self.speed))

    def seconds_until(self, t: Instant) -> float:
        """Real seconds until the show's clock reads `t`; not negative."""
        elapsed = (t - self._begin) / 1000 / self.speed
        return max(0.0, self._zero + elapsed - self._monotonic())

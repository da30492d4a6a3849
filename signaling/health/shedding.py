"""Decides what an overloaded server withholds from viewers. Pure: the measured lag and the time in, a level out."""

from __future__ import annotations

from typing import Final

from bridge.engine import ShedLevel

OVERLOAD_LAG_S: Final = 0.05
"""Seconds of the event loop's lag from which the server is overloaded. Every packet waits that long, and receivers keep
60 to 100 ms of sound to play meanwhile. A loop that was 95 % busy with steps of 2 ms lagged by 2 ms at most, on a
machine with five times as many programs as cores."""
CALM_LAG_S: Final = 0.015
"""Seconds of lag below which there is room again."""
OVERLOAD_BUSY, CALM_BUSY = 0.95, 0.7
"""The loop's share of a processor from which the server is overloaded, and below which there is room again. Above the
first its packets queue up. 160 viewers take half of it (docs/performance.md)."""
OWN_BUSY: Final = 0.5
"""The loop's share of a processor below which a lag is not its own work: other programs take the processors, as two
browsers do beside a demo, and viewers who are sent less do not change that."""
SHED_AFTER_S: Final = 3.0
"""Seconds of overload before each step. The lag is a median of 2 s, so a step shows its effect by then."""
RESTORE_AFTER_S: Final = 20.0
"""Seconds of calm before each step back. All viewers then load the machine at once, for a keyframe first."""
MAX_RESTORE_AFTER_S: Final = 160.0
"""Seconds of calm at most. They double when a step back has brought the overload again."""
RELAPSE_WITHIN_S: Final = 30.0
"""Seconds after a step back in which a new overload was caused by it."""
_LEVELS: Final[tuple[ShedLevel, ...]] = (0, 1, 2, 3)


class Shedding:
    """The level of one server. `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self.level: ShedLevel = 0
        self._overloaded_since: float | None = None
        self._calm_since: float | None = None
        self._restore_after = RESTORE_AFTER_S
        self._restored: float | None = None
        """When the last step back was."""

    def update(self, lag_s: float, busy: float, now: float) -> ShedLevel:
        """Decide by the event loop's present lag and its share of a processor; call it about once a second. Returns the
        level from now on."""
        is_overloaded = (lag_s >= OVERLOAD_LAG_S and busy >= OWN_BUSY) or busy >= OVERLOAD_BUSY
        is_calm = busy < OWN_BUSY or (lag_s < CALM_LAG_S and busy < CALM_BUSY)
        self._overloaded_since = (self._overloaded_since or now) if is_overloaded else None
        self._calm_since = (self._calm_since or now) if is_calm else None
        if self._overloaded_since is not None and now - self._overloaded_since >= SHED_AFTER_S:
            self._shed(now)
        elif self._calm_since is not None and now - self._calm_since >= self._restore_after:
            self._restore(now)
        return self.level

    def _shed(self, now: float) -> None:
        if self._restored is not None and now - self._restored < RELAPSE_WITHIN_S:
            self._restore_after = min(MAX_RESTORE_AFTER_S, 2 * self._restore_after)
        self._restored, self._overloaded_since = None, now
        self.level = _LEVELS[min(self.level + 1, len(_LEVELS) - 1)]

    def _restore(self, now: float) -> None:
        self._calm_since = now
        if self.level:
            self._restored = now
            self.level = _LEVELS[self.level - 1]
        else:
            self._restore_after = RESTORE_AFTER_S

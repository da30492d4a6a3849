"""Which layer a receiver can carry, by what it says: its estimate (REMB) and the loss in its reports.

Down is quick, since a link that is too narrow freezes picture and sound alike. Up can only be a trial: an estimate
grows with what is received, to half as much again at most (libwebrtc `AimdRateControl`), so that nobody who receives
the small layer ever says that he could carry the large one. A trial that fails makes the wait for the next one longer.
"""

from __future__ import annotations

WINDOW = 1.0
"""Seconds of reports that are judged together; browsers report about once a second."""
ENOUGH = 20
"""Packets below which a window's loss is chance, and it goes on."""
LOSSY = 0.1
"""Loss above which repairs cannot keep up: libwebrtc's own sender slows down from there."""
BAD = 2
"""Lossy windows in a row after which the large layer is too much."""
TIGHT = 0.7
"""Part of the needed bit rate below which an estimate is too low. After one false alarm, such as a way that has become
longer, it is 0.85 of what came just then: with Chromium 0.78 of what was needed on the average."""
PATIENCE = 3.0
"""Seconds for which a low estimate is trusted to grow: it does by 8 % a second as long as the way is free."""
FALLING = 1.0
"""The same when it falls, which it does only when packets queue up."""
STALE = 5.0
"""Seconds after which an estimate is no longer heeded."""
HOLD, LONGEST_HOLD = 5.0, 60.0
"""Seconds on the small layer before the large one is tried; doubled by each trial that fails."""
STEADY = 30.0
"""Seconds after which the large layer counts as carried."""


class LayerChoice:
    """The layer of one receiver: the best of each picture, or the small one of all."""

    __slots__ = (
        *("_bad", "_changed", "_due", "_estimate", "_estimated", "_expected", "_falls", "_hold", "_lasted"),
        *("_lost", "_moved", "small", "stalls"),
    )

    def __init__(self, now: float) -> None:
        self.small = False
        self.stalls = 0
        """How often it had to go down."""
        self._changed = now
        self._lasted: float | None = None
        self._hold = HOLD
        self._lost = self._expected = 0.0
        self._due = now + WINDOW
        self._bad = 0
        self._estimate = 0
        self._estimated = now - STALE
        self._falls = False
        """The estimate has moved down last."""
        self._moved = now
        """When it last grew, or began to fall."""

    def report(self, fraction: float, expected: int) -> None:
        """A report came: `fraction` lost of the `expected` packets of one stream since the report before."""
        self._lost += fraction * expected
        self._expected += expected

    def estimate(self, bitrate: int, now: float) -> None:
        """The receiver estimates that it can take `bitrate` bits a second of all pictures together."""
        if bitrate > self._estimate:
            self._falls, self._moved = False, now
        elif bitrate < self._estimate and not self._falls:
            self._falls, self._moved = True, now
        self._estimate, self._estimated = bitrate, now

    def decide(self, need: float, now: float) -> bool:
        """Whether it gets the small layer from now on. `need` is the bit rate of all pictures in the large one."""
        self._judge_window(now)
        if not self.small and (self._bad >= BAD or self._is_tight(need, now)):
            # Gone down again soon, the last trial has failed.
            failed = self.stalls and now - self._changed < STEADY
            self._hold = min(LONGEST_HOLD, self._hold * 2) if failed else HOLD
            self.stalls += 1
            self._turn(True, now)
        elif self.small and not self._bad and now - self._changed >= self._hold:
            self._lasted = now - self._changed
            self._turn(False, now)
        return self.small

    def last_stall(self, now: float) -> float | None:
        """Seconds that the last time on the small layer took, or takes so far; None: there was none."""
        return now - self._changed if self.small else self._lasted

    def _judge_window(self, now: float) -> None:
        if now >= self._due and self._expected >= ENOUGH:
            self._bad = self._bad + 1 if self._lost > LOSSY * self._expected else 0
            self._open_window(now)

    def _is_tight(self, need: float, now: float) -> bool:
        patience = FALLING if self._falls else PATIENCE
        is_tight = now - self._estimated < STALE and self._estimate < TIGHT * need
        return is_tight and now - self._moved >= patience

    def _turn(self, small: bool, now: float) -> None:
        self.small, self._changed = small, now
        self._bad = 0
        self._falls, self._moved = False, now
        self._open_window(now)

    def _open_window(self, now: float) -> None:
        self._lost = self._expected = 0.0
        self._due = now + WINDOW

"""Which simulcast layer a receiver can take, by its bitrate estimate (REMB) and the loss in its reports.

It steps down quickly, since an overloaded path freezes picture and sound alike. It can only step up by a trial: an
estimate grows to 1.5 times the received rate at most (libwebrtc `AimdRateControl`), so a receiver of the small layer
never reports that it could take the large one. Each failed trial lengthens the time until the next.
"""

from __future__ import annotations

LOSS_WINDOW_S = 1.0
"""Seconds of reports that are judged together; browsers report about once a second."""
MIN_WINDOW_PACKETS = 20
"""With fewer packets the loss is chance, and the window goes on."""
HEAVY_LOSS = 0.1
"""Fraction above which retransmission cannot keep up. libwebrtc's own sender reduces its rate from there."""
MAX_LOSSY_WINDOWS = 2
"""Lossy windows in a row that make it step down."""
MIN_ESTIMATE_RATIO = 0.7
"""Estimate over needed bit rate below which the estimate is too low. After a false alarm, such as a longer path, the
estimate is 0.85 of the rate just received: with Chromium 0.78 of the needed rate on average."""
LOW_ESTIMATE_S = 3.0
"""Seconds that a low estimate may take to grow: on a free path it grows by 8 % a second."""
FALLING_ESTIMATE_S = 1.0
"""The same for a falling estimate. It falls only when packets queue up."""
ESTIMATE_TTL_S = 5.0
"""Seconds after which an estimate is ignored."""
MIN_HOLD_S, MAX_HOLD_S = 5.0, 60.0
"""Seconds on the small layer before the large one is tried; each failed trial doubles them."""
STEADY_S = 30.0
"""Seconds on the large layer after which a trial has succeeded."""


class LayerAdaptation:
    """The choice for one receiver: the best layer of each picture, or the smallest of all pictures."""

    __slots__ = (
        *(
            "_changed_at",
            "_estimate",
            "_estimate_at",
            "_expected",
            "_hold",
            "_is_falling",
            "_last_reduction_s",
        ),
        *("_lossy_windows", "_lost", "_moved_at", "_window_end", "is_reduced", "reductions"),
    )

    def __init__(self, now: float) -> None:
        self.is_reduced = False
        """Whether it gets the smallest layers."""
        self.reductions = 0
        """How often it had to step down."""
        self._changed_at = now
        self._last_reduction_s: float | None = None
        self._hold = MIN_HOLD_S
        self._lost = self._expected = 0.0
        self._window_end = now + LOSS_WINDOW_S
        self._lossy_windows = 0
        self._estimate = 0
        self._estimate_at = now - ESTIMATE_TTL_S
        self._is_falling = False
        """The last change of the estimate was down."""
        self._moved_at = now
        """When the estimate last grew, or began to fall."""

    def on_report(self, fraction_lost: float, expected: int) -> None:
        """A report came about the `expected` packets of one stream since the report before."""
        self._lost += fraction_lost * expected
        self._expected += expected

    def on_estimate(self, bitrate: int, now: float) -> None:
        """The receiver estimates that it can take `bitrate` bits a second for all pictures together."""
        if bitrate > self._estimate:
            self._is_falling, self._moved_at = False, now
        elif bitrate < self._estimate and not self._is_falling:
            self._is_falling, self._moved_at = True, now
        self._estimate, self._estimate_at = bitrate, now

    def decide(self, needed_bitrate: float, now: float) -> bool:
        """Update and return `is_reduced`. The best layers of all pictures need `needed_bitrate` bits a second."""
        self._judge_window(now)
        if not self.is_reduced and (
            self._lossy_windows >= MAX_LOSSY_WINDOWS or self._is_estimate_low(needed_bitrate, now)
        ):
            has_failed = self.reductions and now - self._changed_at < STEADY_S
            self._hold = min(MAX_HOLD_S, self._hold * 2) if has_failed else MIN_HOLD_S
            self.reductions += 1
            self._change(True, now)
        elif self.is_reduced and not self._lossy_windows and now - self._changed_at >= self._hold:
            self._last_reduction_s = now - self._changed_at
            self._change(False, now)
        return self.is_reduced

    def last_reduction_s(self, now: float) -> float | None:
        """Seconds that the last period on the small layers lasted, or has lasted so far; None: there was none."""
        return now - self._changed_at if self.is_reduced else self._last_reduction_s

    def _judge_window(self, now: float) -> None:
        if now >= self._window_end and self._expected >= MIN_WINDOW_PACKETS:
            is_lossy = self._lost > HEAVY_LOSS * self._expected
            self._lossy_windows = self._lossy_windows + 1 if is_lossy else 0
            self._open_window(now)

    def _is_estimate_low(self, needed_bitrate: float, now: float) -> bool:
        patience = FALLING_ESTIMATE_S if self._is_falling else LOW_ESTIMATE_S
        is_valid = now - self._estimate_at < ESTIMATE_TTL_S
        is_low = self._estimate < MIN_ESTIMATE_RATIO * needed_bitrate
        return is_valid and is_low and now - self._moved_at >= patience

    def _change(self, is_reduced: bool, now: float) -> None:
        self.is_reduced, self._changed_at = is_reduced, now
        self._lossy_windows = 0
        self._is_falling, self._moved_at = False, now
        self._open_window(now)

    def _open_window(self, now: float) -> None:
        self._lost = self._expected = 0.0
        self._window_end = now + LOSS_WINDOW_S

"""How much of its pictures a receiver can take, by its bitrate estimate (REMB) and the loss in its reports.

It steps down quickly, since an overloaded path freezes picture and sound alike: to the rung (`bridge.rtp.allocation`)
that the estimate permits after the sound. When no picture is left, `bridge.rtp.floor` may reduce the sound, too. It can
only step up by a trial: an estimate grows to 1.5 times the received rate at most (libwebrtc `AimdRateControl`), so a
receiver of small pictures never reports that it could take large ones. A trial at most doubles the rate, or takes one
step. Each failed trial lengthens the time until the next.

Loss alone never stops the last picture. It may be lost for another reason than too little bit rate.
"""

from __future__ import annotations

import math

from bridge.rtp.allocation import Rates, allocate, ladder, rung_within

LOSS_WINDOW_S = 1.0
"""Seconds of reports that are judged together; browsers report about once a second."""
MIN_WINDOW_PACKETS = 20
"""With fewer packets the loss is chance, and the window goes on."""
HEAVY_LOSS = 0.1
"""Fraction above which retransmission cannot keep up. libwebrtc's own sender reduces its rate from there."""
MAX_LOSSY_WINDOWS = 2
"""Lossy windows in a row that make pictures smaller."""
MAX_LOSSY_WINDOWS_TO_STOP = 4
"""Lossy windows in a row that stop a picture. If smaller pictures have changed nothing, the loss may have another
cause."""
MIN_ESTIMATE_RATIO = 0.7
"""Estimate over needed bit rate below which the estimate is too low. After a false alarm, such as a longer path, the
estimate is 0.85 of the rate just received: with Chromium 0.78 of the needed rate on average."""
LOW_ESTIMATE_S = 3.0
"""Seconds that a low estimate may take to grow: on a free path it grows by 8 % a second."""
FALLING_ESTIMATE_S = 1.0
"""The same for a falling estimate. It falls only when packets queue up."""
STOPPING_ESTIMATE_S = 6.0
"""Seconds of low estimates, one after the other, after which the last picture stops. From half of the needed rate, as a
receiver on a busy machine may report it for a moment, an estimate grows to 0.7 of it within 4.4 s."""
CONGESTED_SHARE = 0.7
"""Of the bit rate that a TCP path was too slow for: the next may need at most that."""
MIN_CREDIBLE_RATIO = 0.5
"""Estimate over received bit rate below which an estimate says nothing: it dates from a still picture and grows slowly.
An overloaded path brings 0.85. aiortc was seen to estimate 4 kb/s while it received 140 without loss."""
RECEIVED_TTL_S = 3.0
"""Seconds after which a received bit rate is ignored; reports come every second."""
ESTIMATE_TTL_S = 5.0
"""Seconds after which an estimate is ignored."""
MIN_HOLD_S, MAX_HOLD_S = 5.0, 60.0
"""Seconds on a lower rung before a higher one is tried; each failed trial doubles them."""
STEADY_S = 30.0
"""Seconds without a change after which a trial has succeeded."""
MAX_TRIAL_GROWTH = 2.0
"""A trial may multiply the bit rate by that, or it takes one step. The estimate, 1.5 times the rate before, is then
0.75 of the new one: not low yet."""


class LayerAdaptation:
    """The rung for one receiver."""

    __slots__ = (
        *("_budget", "_changed_at", "_estimate", "_estimate_at", "_expected", "_hold", "_is_falling"),
        *(
            "_is_congested",
            "_is_trial",
            "_last_reduction_s",
            "_loss",
            "_lossy_windows",
            "_lost",
            "_low_since",
            "_moved_at",
        ),
        *("_received", "_received_at", "_reduced_at", "_rung", "_shape", "_window_end", "reductions"),
    )

    def __init__(self, now: float) -> None:
        self.reductions = 0
        """How often it had to step down."""
        self._rung = 0
        self._shape: tuple[int, ...] = ()
        """How many layers each picture has: rungs of another ladder are other allocations."""
        self._budget = math.inf
        """Bits a second for pictures of the last rung below the first; infinite if nothing says that there is a
        limit."""
        self._changed_at = self._reduced_at = now
        self._is_trial = False
        """The last change was a step up."""
        self._is_congested = False
        """The path has dropped pictures since the last decision."""
        self._last_reduction_s: float | None = None
        self._hold = MIN_HOLD_S
        self._lost = self._expected = self._loss = 0.0
        self._window_end = now + LOSS_WINDOW_S
        self._lossy_windows = 0
        self._estimate = 0
        self._estimate_at = now - ESTIMATE_TTL_S
        self._received, self._received_at = 0.0, now
        self._is_falling = False
        """The last change of the estimate was down."""
        self._moved_at = now
        """When the estimate last grew, or began to fall."""
        self._low_since = math.inf
        """Since when the estimate is low."""

    @property
    def is_reduced(self) -> bool:
        """Whether a picture is smaller than it should be, or stopped."""
        return self._rung > 0

    def on_report(self, fraction_lost: float, expected: int) -> None:
        """A report came about the `expected` packets of one stream since the report before."""
        self._lost += fraction_lost * expected
        self._expected += expected

    def on_congestion(self) -> None:
        """The path was too slow for the pictures, and has dropped some."""
        self._is_congested = True

    def on_received(self, bitrate: float, now: float) -> None:
        """By its last reports the receiver got `bitrate` bits a second of all pictures together."""
        self._received, self._received_at = bitrate, now

    def on_estimate(self, bitrate: int, now: float) -> None:
        """The receiver estimates that it can take `bitrate` bits a second for all pictures together."""
        if bitrate > self._estimate:
            self._is_falling, self._moved_at = False, now
        elif bitrate < self._estimate and not self._is_falling:
            self._is_falling, self._moved_at = True, now
        self._estimate, self._estimate_at = bitrate, now

    def decide(
        self, rates: Rates, sound_bitrate: float, now: float, *, may_grow: bool = True
    ) -> tuple[int, ...]:
        """The layer of each picture, as `allocate` returns it. `sound_bitrate`: bits a second of the sound now sent.

        Unless it `may_grow`, no higher rung is tried.
        """
        available = self._available(sound_bitrate, now)
        self._judge_window(now)
        if self._has_enough(rates, available):  # as nearly always: 10 times a second for each receiver
            self._shape, self._low_since = tuple(map(len, rates)), math.inf
            return (0,) * len(rates)
        needs = ladder(rates)
        self._adopt(rates, needs, available, now, may_grow=may_grow)
        is_low = available is not None and available < MIN_ESTIMATE_RATIO * needs[self._rung]
        self._low_since = min(self._low_since, now) if is_low else math.inf
        lower = self._lower_rung(needs, available, now)
        if lower > self._rung:
            if now - self._changed_at >= STEADY_S or not self.reductions:
                self._hold = MIN_HOLD_S
            elif self._is_trial:
                self._hold = min(MAX_HOLD_S, self._hold * 2)
            self.reductions += 1
            self._change(lower, now, is_trial=False)
        elif may_grow and self._is_trial_due(now):
            limit = max(MAX_TRIAL_GROWTH * needs[self._rung], available or 0.0)
            self._change(max(0, min(self._rung - 1, rung_within(needs, limit))), now, is_trial=True)
        if self._rung:
            self._budget = float(needs[self._rung])
        return allocate(rates, self._rung)

    def sound_excess(self, sound_bitrate: float, now: float) -> float:
        """The fraction of the sound now sent that is more than the estimate permits, 0 to 1.

        0 while a picture is sent: pictures are reduced first.
        """
        estimate = self._valid_estimate(now)
        if not self._rung or self._rung < sum(self._shape) or estimate is None or not sound_bitrate:
            return 0.0
        return max(0.0, 1 - estimate / sound_bitrate)

    def last_reduction_s(self, now: float) -> float | None:
        """Seconds that the last period below the first rung lasted, or has lasted so far; None: there was none."""
        return now - self._reduced_at if self.is_reduced else self._last_reduction_s

    def _has_enough(self, rates: Rates, available: float | None) -> bool:
        """Whether nothing is known that limits the pictures."""
        if self._rung or self._lossy_windows or self._is_congested or self._budget < math.inf:
            return False
        return available is None or available >= MIN_ESTIMATE_RATIO * sum(
            layers[0] for layers in rates if layers
        )

    def _available(self, sound_bitrate: float, now: float) -> float | None:
        """Bits a second that the estimate leaves for pictures; None without a valid one."""
        estimate = self._valid_estimate(now)
        return None if estimate is None else max(0.0, estimate - sound_bitrate)

    def _valid_estimate(self, now: float) -> int | None:
        received = self._received if now - self._received_at < RECEIVED_TTL_S else 0.0
        is_credible = self._estimate >= MIN_CREDIBLE_RATIO * received
        is_valid = is_credible and now - self._estimate_at < ESTIMATE_TTL_S
        return self._estimate if is_valid else None

    def _judge_window(self, now: float) -> None:
        if now >= self._window_end and self._expected >= MIN_WINDOW_PACKETS:
            self._loss = self._lost / self._expected
            self._lossy_windows = self._lossy_windows + 1 if self._loss > HEAVY_LOSS else 0
            self._open_window(now)

    def _adopt(
        self, rates: Rates, needs: list[int], available: float | None, now: float, *, may_grow: bool
    ) -> None:
        """Find the rung of another ladder. A limit that is known stays, and no other is assumed: after a still picture
        the estimate is low although the path is wide."""
        shape = tuple(map(len, rates))
        if shape == self._shape:
            return
        self._shape = shape
        rung = rung_within(needs, max(self._budget, available or 0.0)) if self._budget < math.inf else 0
        self._set_rung(min(rung, max(0, len(needs) - (2 if may_grow else 1))), now)

    def _lower_rung(self, needs: list[int], available: float | None, now: float) -> int:
        """The rung to step down to; the present one if it can stay."""
        last = len(needs) - 1
        smallest = last - sum(layers > 0 for layers in self._shape)  # all pictures at their smallest
        is_congested, self._is_congested = self._is_congested, False
        patience = FALLING_ESTIMATE_S if self._is_falling else LOW_ESTIMATE_S
        if available is not None and self._low_since <= now and now - self._moved_at >= patience:
            if self._rung >= last - 1:
                return last if now - self._low_since >= STOPPING_ESTIMATE_S else self._rung
            limit, lowest = available, last - 1
        elif self._rung < smallest and is_congested:
            limit, lowest = needs[self._rung] * CONGESTED_SHARE, smallest
        elif self._rung < smallest and self._lossy_windows >= MAX_LOSSY_WINDOWS:
            limit, lowest = needs[self._rung] * (1 - self._loss), smallest
        elif self._rung < last - 1 and self._lossy_windows >= MAX_LOSSY_WINDOWS_TO_STOP:
            limit, lowest = needs[self._rung] * (1 - self._loss), last - 1
        else:
            return self._rung
        return min(max(self._rung + 1, rung_within(needs, limit)), lowest)

    def _is_trial_due(self, now: float) -> bool:
        hold = MIN_HOLD_S if self._is_trial else self._hold
        is_overloaded = self._lossy_windows > 0 or self._low_since <= now
        return self._budget < math.inf and not is_overloaded and now - self._changed_at >= hold

    def _change(self, rung: int, now: float, *, is_trial: bool) -> None:
        self._set_rung(rung, now)
        if not rung:
            self._budget = math.inf
        self._changed_at, self._is_trial = now, is_trial
        self._lossy_windows = 0
        self._is_falling, self._moved_at = False, now
        self._low_since = math.inf
        self._open_window(now)

    def _set_rung(self, rung: int, now: float) -> None:
        if rung and not self._rung:
            self._reduced_at = now
        elif self._rung and not rung:
            self._last_reduction_s = now - self._reduced_at
        self._rung = rung

    def _open_window(self, now: float) -> None:
        self._lost = self._expected = 0.0
        self._window_end = now + LOSS_WINDOW_S

"""How many of the floor's microphones a listener of a channel is sent on a narrow path.

Once no picture is left to stop, the floor under the channel is reduced; the channel never. It steps down and up by the
rules of `bridge.rtp.adaptation`: one microphone after the other comes back by a trial, and each failed trial lengthens
the time until the next. The next picture is tried only when the floor is complete again.
"""

from __future__ import annotations

import math

from bridge.rtp.adaptation import FALLING_ESTIMATE_S, MAX_HOLD_S, MIN_HOLD_S, STEADY_S

SOUND_SETTLES_S = 2.0
"""Seconds until the bit rate of the sound shows a change: it is measured over whole seconds."""


class FloorAdaptation:
    """The limit for one receiver."""

    __slots__ = ("_changed_at", "_hold", "_is_trial", "_limit", "_narrow_since")

    def __init__(self) -> None:
        self._limit: int | None = None
        self._changed_at = -math.inf
        self._is_trial = False
        """The last change was a step up."""
        self._hold = MIN_HOLD_S
        self._narrow_since = math.inf
        """Since when the estimate permits less than the sound."""

    def decide(self, microphones: int, excess: float, now: float) -> int | None:
        """How many microphones are sent at most; None: all that may be heard, which are that many `microphones`.

        `excess`: how many streams of sound more are sent than the estimate permits.
        """
        self._narrow_since = min(self._narrow_since, now) if excess > 0 else math.inf
        sent = microphones if self._limit is None else min(microphones, self._limit)
        since_change = now - self._changed_at
        if excess > 0:
            if sent and now - self._narrow_since >= FALLING_ESTIMATE_S and since_change >= SOUND_SETTLES_S:
                if since_change >= STEADY_S:
                    self._hold = MIN_HOLD_S
                elif self._is_trial:
                    self._hold = min(MAX_HOLD_S, 2 * self._hold)
                self._change(max(0, sent - math.ceil(excess)), now, is_trial=False)
        elif self._limit is not None and since_change >= (MIN_HOLD_S if self._is_trial else self._hold):
            self._change(sent + 1 if sent + 1 < microphones else None, now, is_trial=True)
        return self._limit

    def release(self) -> None:
        """No channel is routed: all microphones are sent."""
        self._limit, self._narrow_since = None, math.inf

    def may_pictures_grow(self, now: float) -> bool:
        """Whether the floor is complete, and has been for long enough to try a picture."""
        return self._limit is None and now - self._changed_at >= MIN_HOLD_S

    def _change(self, limit: int | None, now: float, *, is_trial: bool) -> None:
        self._limit, self._changed_at, self._is_trial = limit, now, is_trial

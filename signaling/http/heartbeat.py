"""Whether the other end of a WebSocket still answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from signaling.show.wire.socket import PING_AFTER_S, PONG_WITHIN_S

MAX_STEP_S: Final = 2.0
"""Seconds that one check adds to a silence at most. A longer gap between checks means that this process was stopped."""


@dataclass(frozen=True, slots=True)
class HeartbeatTimeouts:
    """How long the other end may be silent, in seconds. Pages use the same with the server."""

    ping_after: float = PING_AFTER_S
    answer_within: float = PONG_WITHIN_S


HEARTBEAT_TIMEOUTS: Final = HeartbeatTimeouts()


class Heartbeat:
    """Measures how long a connection has been silent. aiohttp's own heartbeat allows half the time between pings."""

    def __init__(self, timeouts: HeartbeatTimeouts, now: float) -> None:
        """`now` is monotonic, in seconds."""
        self._timeouts = timeouts
        self._checked = now
        self._reads = 0
        self._silence = 0.0
        self._has_pinged = False

    def check(self, reads: int, now: float) -> Literal["alive", "ping", "lost"]:
        """Compare the number of reads from the connection so far; call this about twice a second.

        `ping`, once in each silence: send a ping. `lost`: both timeouts have passed without a read.
        """
        step, self._checked = min(now - self._checked, MAX_STEP_S), now
        if reads != self._reads:
            self._reads, self._silence, self._has_pinged = reads, 0.0, False
            return "alive"
        self._silence += step
        if self._silence >= self._timeouts.ping_after + self._timeouts.answer_within:
            return "lost"
        if self._has_pinged or self._silence < self._timeouts.ping_after:
            return "alive"
        self._has_pinged = True
        return "ping"

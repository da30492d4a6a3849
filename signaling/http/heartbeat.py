"""Whether the other end of a WebSocket still answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from signaling.show.wire.socket import ANSWER_WITHIN_S, ASK_AFTER_S

LONGEST_STEP_S: Final = 2.0
"""Seconds that one look adds to a silence at most: more, and it was this process that stood still."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the other end may be silent, in seconds; pages have the same with the server."""

    ask_after: float = ASK_AFTER_S
    answer_within: float = ANSWER_WITHIN_S


PATIENCE: Final = Patience()


class Heartbeat:
    """Counts how long nothing has come over one connection. aiohttp's own gives a page half the time between pings."""

    def __init__(self, patience: Patience, now: float) -> None:
        """`now` is in seconds on any steady clock."""
        self._patience = patience
        self._looked = now
        self._reads = 0
        self._silence = 0.0
        self._has_asked = False

    def look(self, reads: int, now: float) -> Literal["alive", "ask", "lost"]:
        """Look at how often something was read from the connection so far; to be called about twice a second.

        `ask`, once in each silence: send something that is answered. `lost`: nothing has come for the time to ask and
        the time to answer.
        """
        step, self._looked = min(now - self._looked, LONGEST_STEP_S), now
        if reads != self._reads:
            self._reads, self._silence, self._has_asked = reads, 0.0, False
            return "alive"
        self._silence += step
        if self._silence >= self._patience.ask_after + self._patience.answer_within:
            return "lost"
        if self._has_asked or self._silence < self._patience.ask_after:
            return "alive"
        self._has_asked = True
        return "ask"

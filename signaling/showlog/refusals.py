"""Refused commands on their way to the log.

They change nothing, so nobody waits until they are durable. A script whose commands are refused all day must not fill
the disk: the first `MAX_PER_PERSON` of each person in a minute are kept, the others only counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from signaling.show.report.report import RefusedCommand

PERIOD_S: Final = 60.0
"""Seconds in which the refusals of one person, and the persons, are counted."""
MAX_PER_PERSON: Final = 20
"""Refusals in a period. People who press a button are refused a few times in a row, not that often."""
MAX_PEOPLE: Final = 100
"""People whose refusals are kept in a period; an event has fewer links."""
MAX_MESSAGE_CHARS: Final = 300
"""A message may repeat what was sent."""


class RefusalBuffer:
    """Holds refusals until they are written. `now` is in seconds on any steady clock."""

    def __init__(self) -> None:
        self._kept: list[RefusedCommand] = []
        self._counts: dict[str, int] = {}
        """By person, how many were kept in this period."""
        self._left_out: dict[str, RefusedCommand] = {}
        """By person, the last refusal that was not kept, with the number of them all."""
        self._period_ends: float | None = None
        """None until the next refusal, which begins a period."""

    def add(self, refusal: RefusedCommand, now: float) -> None:
        if self._period_ends is None:
            self._period_ends = now + PERIOD_S
        by, count = refusal.by, self._counts.get(refusal.by, 0)
        if count < MAX_PER_PERSON and (by in self._counts or len(self._counts) < MAX_PEOPLE):
            self._counts[by] = count + 1
            self._kept.append(replace(refusal, message=refusal.message[:MAX_MESSAGE_CHARS]))
        elif by in self._left_out or len(self._left_out) < MAX_PEOPLE:
            left_out = self._left_out[by].left_out if by in self._left_out else 0
            message = "More were refused than are kept; this was the last of them."
            self._left_out[by] = replace(refusal, message=message, left_out=left_out + 1)

    def take(self, now: float, *, all_: bool = False) -> list[RefusedCommand]:
        """Remove what is due to be written, in order: at the end of a period, or with `all_`, also the counts."""
        found, self._kept = self._kept, []
        if self._period_ends is not None and (now >= self._period_ends or all_):
            found += self._left_out.values()
            self._counts, self._left_out, self._period_ends = {}, {}, None
        return found

    def put_back(self, refusals: list[RefusedCommand]) -> None:
        """Hold refusals that could not be written, up to what a period may hold; the oldest are dropped first."""
        self._kept = (refusals + self._kept)[-MAX_PER_PERSON * MAX_PEOPLE :]

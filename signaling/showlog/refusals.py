"""Refused commands on their way to the log: who wanted what, when, and why it was not done.

They change nothing, so nobody waits for them to be on disk. A script that sends what is refused all day must not fill
that disk: of each person `KEPT` in a minute are kept word for word, of the others only how many there were.
"""

from __future__ import annotations

from dataclasses import replace

from signaling.show.report.report import RefusedCommand

KEPT = 20
"""Of one person in one minute; who presses by hand is refused a few times in a row, not that often."""
PEOPLE = 100
"""Of whom any are kept in one minute; links are handed out to fewer."""
MINUTE = 60.0
LONGEST = 300
"""Characters of a message: it may repeat what was sent."""


class Refusals:
    """Collects refusals; `take` says what is to be written. `now` is in seconds on any steady clock."""

    def __init__(self) -> None:
        self._kept: list[RefusedCommand] = []
        self._counts: dict[str, int] = {}
        """By person, how many have been kept in this minute."""
        self._left_out: dict[str, RefusedCommand] = {}
        """By person, the last of those that were not, with the number of them all."""
        self._until: float | None = None
        """When this minute ends; it began with a refusal."""

    def note(self, refusal: RefusedCommand, now: float) -> None:
        """Take note of one."""
        if self._until is None:
            self._until = now + MINUTE
        by, count = refusal.by, self._counts.get(refusal.by, 0)
        if count < KEPT and (by in self._counts or len(self._counts) < PEOPLE):
            self._counts[by] = count + 1
            self._kept.append(replace(refusal, message=refusal.message[:LONGEST]))
        elif by in self._left_out or len(self._left_out) < PEOPLE:
            left_out = self._left_out[by].left_out if by in self._left_out else 0
            message = "More were refused than are kept; this was the last of them."
            self._left_out[by] = replace(refusal, message=message, left_out=left_out + 1)

    def take(self, now: float, *, all_: bool = False) -> list[RefusedCommand]:
        """What is to be written by now, in order; those left out at the end of their minute, or now with `all_`."""
        found, self._kept = self._kept, []
        if self._until is not None and (now >= self._until or all_):
            found += self._left_out.values()
            self._counts, self._left_out, self._until = {}, {}, None
        return found

    def give_back(self, refusals: list[RefusedCommand]) -> None:
        """Those could not be written. They are kept for later, up to what a minute may hold; the oldest go first."""
        self._kept = (refusals + self._kept)[-KEPT * PEOPLE :]

"""Listens to the microphones on behalf of the show: whom does the item on air follow by their voice?"""

from __future__ import annotations

from collections.abc import Mapping

from config.model import Follow
from config.times import Instant
from signaling.show.evolve import Show
from signaling.show.routing import followed
from signaling.show.voice import Floor


class VoiceFollower:
    """Hears one item after the other; what was heard in one counts for nothing in the next."""

    def __init__(self) -> None:
        self._floor = Floor("", 0.0)
        self._run: tuple[str, Instant] | None = None

    def hear(self, show: Show, levels: Mapping[str, float], now: float) -> str | None:
        """Take in levels (dBov, ten times a second; `now` in seconds on a steady clock).

        Returns who speaks, if the show has somebody else on record.
        """
        item = show.item
        if item is None or item.follow is not Follow.VOICE:
            self._run = None
            return None
        on_record = show.speaker or item.source
        run = (item.id, show.runs[item.id].start)
        if run != self._run:
            self._run, self._floor = run, Floor(on_record, now)
        candidates = followed(show)
        speaker = self._floor.hear(levels, candidates, now)
        return speaker if speaker != on_record and speaker in candidates else None

"""Finds the speaker that an item with `follow: voice` shows, from the levels of the open microphones."""

from __future__ import annotations

from collections.abc import Mapping

from config.model import Follow
from config.times import Instant
from signaling.show.routing import voice_candidates
from signaling.show.show import Show
from signaling.show.voice import ActiveSpeakerDetector


class VoiceFollower:
    """Follows one item after the other. Each item on air starts without history."""

    def __init__(self) -> None:
        self._floor = ActiveSpeakerDetector("", 0.0)
        self._run: tuple[str, Instant] | None = None

    def on_levels(self, show: Show, levels: Mapping[str, float], now: float) -> str | None:
        """Take in levels (dBov, ten times a second; `now` is monotonic, in seconds).

        Returns the source that speaks, if it is another one than the show's speaker.
        """
        item = show.item
        if item is None or item.follow is not Follow.VOICE:
            self._run = None
            return None
        current = show.speaker or item.source
        run = (item.id, show.runs[item.id].start)
        if run != self._run:
            self._run, self._floor = run, ActiveSpeakerDetector(current, now)
        candidates = voice_candidates(show)
        speaker = self._floor.hear(levels, candidates, now)
        return speaker if speaker != current and speaker in candidates else None

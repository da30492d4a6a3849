"""Which channels are silent although the floor speaks and a booth feeds them: a seat whose microphone fails, or sleeps.

Only the seconds in which the floor speaks count: while the hall applauds or waits, an interpreter has nothing to say.
Speech is what `voice` takes for it, on the floor as in the booth, so a hum is none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from config.times import Instant
from signaling.show.languages import channel_feed, is_needed
from signaling.show.show import Show
from signaling.show.voice import SILENCE_DBOV, Microphone

LEVEL_S = 0.1
"""Seconds that one level stands for: the bridge reports ten a second, whatever the show's speed."""
SILENT_ALARM_S = 10.0
"""Seconds of speech on the floor without speech in a channel after which it is silent. An interpreter who waits for a
verb, and a hand-over, are shorter."""


@dataclass(slots=True)
class Silence:
    """How long a needed and fed channel has been silent."""

    booth: str
    """The booth that feeds it. Another one begins anew."""
    spoken_s: float = 0.0
    """Seconds of speech on the floor since the channel's last speech."""
    since: Instant | None = None
    """When the first of that speech was, on the show's clock."""

    def hear(self, *, floor_speaks: bool, channel_speaks: bool, at: Instant) -> None:
        """Take in one level's time."""
        if channel_speaks:
            self.spoken_s, self.since = 0.0, None
        elif floor_speaks:
            self.spoken_s += LEVEL_S
            self.since = at if self.since is None else self.since


@dataclass(slots=True)
class SilenceDetector:
    """The silence of every channel that is needed and fed by a seat that sends levels."""

    silences: dict[str, Silence] = field(default_factory=dict)
    """By channel."""
    _microphones: dict[str, Microphone] = field(default_factory=dict)
    """By source: those of the floor and of the seats that feed a channel."""

    def hear(self, show: Show, levels: Mapping[str, float], at: Instant) -> None:
        """Take in the levels (dBov) of one tenth of a second; `at` is the show's clock. A microphone that has sent
        levels before and now sends none is silent."""
        fed = {
            language: feed
            for language in show.event.languages
            if is_needed(show, language) and (feed := channel_feed(show, language)).booth is not None
        }
        floor = show.programme.mics
        speaking = self._speaking({*floor, *(seat for feed in fed.values() for seat in feed.seats)}, levels)
        before, self.silences = self.silences, {}
        for language, feed in fed.items():
            assert feed.booth is not None
            if self._microphones.keys().isdisjoint(feed.seats):
                continue  # a browser that sends no levels
            silence = before.get(language)
            if silence is None or silence.booth != feed.booth:
                silence = Silence(feed.booth)
            silence.hear(
                floor_speaks=not speaking.isdisjoint(floor),
                channel_speaks=not speaking.isdisjoint(feed.seats),
                at=at,
            )
            self.silences[language] = silence

    def alarms(self) -> dict[str, Instant]:
        """By channel that is silent: since when the floor has spoken without it."""
        return {
            language: silence.since
            for language, silence in self.silences.items()
            if silence.since is not None and round(silence.spoken_s, 1) >= SILENT_ALARM_S
        }

    def _speaking(self, sources: Collection[str], levels: Mapping[str, float]) -> set[str]:
        """The sources that speak now."""
        known = {
            source: self._microphones.get(source) or Microphone.at_level(levels[source])
            for source in sources
            if source in self._microphones or source in levels
        }
        for source, microphone in known.items():
            level = levels.get(source, SILENCE_DBOV)
            microphone.weigh(level, is_loudest=microphone.hear(level))
        self._microphones = known
        return {source for source, microphone in known.items() if microphone.speaks}

"""Active speaker detection: which of several open microphones the picture follows.

The input is each microphone's level, ten times a second: the loudest 20 ms since the last one. A microphone becomes the
active speaker if it passes four tests:

- It exceeds the room's noise. Each noise floor falls at once and rises slowly.
- It exceeds the other microphones. These count by an envelope that falls slowly. So a pause for breath does not change
  the speaker, nor does the speaker's echo from another hall's loudspeakers.
- It is speech. The level of speech falls and rises with every word; applause, a fan and a hum do not.
- It lasts. A cough is over before 0.4 s, and two cuts are at least 2 s apart.

If no other microphone passes, the active speaker stays: in silence, and while two people speak at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

SILENCE_DBOV = -127.0
"""The level assumed for a microphone without one (the lowest of RFC 6464)."""
ABOVE_NOISE_DB = 9.0
"""A microphone counts if it exceeds its noise floor by this."""
MIN_LEVEL_DBOV = -55.0
"""Below this no microphone counts, however quiet its room."""
NOISE_RISE_DB = 0.2
"""Rise of the noise floor with each level: 2 dB/s, so that a long sentence does not count as noise."""
MIN_NOISE_DBOV = -70.0
"""Lowest noise floor. A sender that stops in silence (DTX) would otherwise make any whisper loud."""
ENVELOPE_FALL_DB = 3.0
"""Fall of the envelope with each level: after a pause of half a second a speaker still exceeds the echo."""
ABOVE_OTHERS_DB = 6.0
"""An active speaker must exceed the other microphones by this."""
SYLLABLE_DB = 4.0
"""Fall and rise of the level from one syllable or word to the next. Applause stays within 3 dB."""
ATTACK_LEVELS = 4
"""A voice must be the loudest for this many levels, that is 0.4 s. Each level at which it is not subtracts one."""
MAX_SCORE = 6
"""Limit of this count, so that it falls soon after a voice has stopped."""
MIN_CUT_INTERVAL_S = 2.0
"""Seconds between two cuts that follow the voice: faster ones are restless to watch."""


@dataclass(slots=True)
class Microphone:
    """The state of one microphone."""

    floor: float
    envelope: float = SILENCE_DBOV
    score: int = 0
    """Levels at which it was the loudest, less those at which it was not."""
    peak: float = SILENCE_DBOV
    """The highest level since the score left 0."""
    trough: float = 0.0
    """The lowest level since that peak."""
    is_speech: bool = False
    """Its level has fallen and risen again."""

    @classmethod
    def at_level(cls, level: float) -> Microphone:
        """A microphone whose first level this is."""
        return cls(floor=max(MIN_NOISE_DBOV, level))

    @property
    def speaks(self) -> bool:
        """It has been the loudest for long enough, with speech."""
        return self.score >= ATTACK_LEVELS and self.is_speech

    def hear(self, level: float) -> bool:
        """Take in a level; returns whether it exceeds the noise."""
        self.floor = max(MIN_NOISE_DBOV, min(level, self.floor + NOISE_RISE_DB))
        self.envelope = max(level, self.envelope - ENVELOPE_FALL_DB)
        return level >= max(MIN_LEVEL_DBOV, self.floor + ABOVE_NOISE_DB)

    def weigh(self, level: float, is_loudest: bool) -> None:
        self.score = min(MAX_SCORE, self.score + 1) if is_loudest else max(0, self.score - 1)
        if self.score == 0:
            self.peak, self.trough, self.is_speech = SILENCE_DBOV, 0.0, False
            return
        self.trough = min(self.trough, level)
        if min(self.peak, level) - self.trough >= SYLLABLE_DB:
            self.is_speech = True
        if level > self.peak:
            self.peak = self.trough = level


@dataclass(slots=True)
class ActiveSpeakerDetector:
    """The active speaker of one item. `now` is in seconds on any monotonic clock."""

    speaker: str
    """The active speaker; at first the item's source."""
    since: float
    """When it became the active speaker."""
    _microphones: dict[str, Microphone] = field(default_factory=dict)

    def hear(self, levels: Mapping[str, float], candidates: Collection[str], now: float) -> str:
        """Take in the levels (dBov) of one tenth of a second; returns the active speaker.

        Only the `candidates` count: the open microphones that the picture may follow. One without a level is silent.
        """
        heard = {name: levels.get(name, SILENCE_DBOV) for name in candidates}
        self._microphones = {
            name: self._microphones.get(name) or Microphone.at_level(level) for name, level in heard.items()
        }
        loud = {name for name, microphone in self._microphones.items() if microphone.hear(heard[name])}
        for name, microphone in self._microphones.items():
            microphone.weigh(heard[name], name in loud and self._exceeds_others(name))
        others = [name for name in self._microphones if name != self.speaker]
        loudest = max(others, key=lambda name: self._microphones[name].score, default=self.speaker)
        if loudest != self.speaker and self._passes(loudest, now):
            self.speaker, self.since = loudest, now
        return self.speaker

    def _exceeds_others(self, name: str) -> bool:
        rest = (m.envelope for other, m in self._microphones.items() if other != name)
        return self._microphones[name].envelope >= max(rest, default=SILENCE_DBOV) + ABOVE_OTHERS_DB

    def _passes(self, name: str, now: float) -> bool:
        return self._microphones[name].speaks and now - self.since >= MIN_CUT_INTERVAL_S

"""Who speaks: the one of several open microphones that the picture is to follow.

Heard as levels, ten times a second, each the loudest 20 ms since the last. Four questions are asked of them:

- Is it more than the room's own noise? Each microphone's noise floor falls at once and rises slowly.
- Is it louder than the rest? The others count by an envelope that falls slowly, so that neither a breath of who
  speaks, nor his echo from another hall's loudspeakers, is taken for somebody else.
- Is it speech? Speech falls and rises with every word. Applause, a fan and a hum do not.
- Has it been so for long enough? A cough is over before 0.4 s, and a cut holds for 2 s at least.

Whoever was followed last stays where nobody else does all that: in silence, and while two speak at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

SILENCE = -127.0
"""dBov: what a microphone that is not heard of is taken to say (RFC 6464's lowest)."""
LOUD = 9.0
"""dB above its noise floor from which a microphone counts."""
QUIET = -55.0
"""dBov below which none counts, however quiet its room."""
RISE = 0.2
"""dB by which the noise floor rises with each level: 2 dB/s, so that a long sentence is not taken for noise."""
LOWEST = -70.0
"""dBov: no room is quieter. A sender that falls silent (DTX) would otherwise make any whisper loud."""
RELEASE = 3.0
"""dB by which the envelope falls with each level: a speaker's pause of half a second still outweighs his echo."""
LOUDER = 6.0
"""dB by which a voice has to exceed the rest."""
SYLLABLE = 4.0
"""dB by which speech falls and rises again from one syllable or word to the next; applause stays within 3 dB."""
ATTACK = 4
"""Levels, that is 0.4 s, for which a voice has to be the loudest. One at which it is not takes one away again."""
LASTING = 6
"""Levels that count at most, so that who has fallen silent does not go on counting."""
HOLD = 2.0
"""Seconds between two cuts at least."""


@dataclass(slots=True)
class _Microphone:
    """What is remembered of one microphone."""

    floor: float
    envelope: float = SILENCE
    score: int = 0
    """For how many levels it has been the loudest, less those for which it has not."""
    peak: float = SILENCE
    """The loudest since it began to be so."""
    trough: float = 0.0
    """The quietest since that peak."""
    is_speech: bool = False
    """It has fallen and risen again."""

    def hear(self, level: float) -> bool:
        """Take in a level; tells whether it is more than noise."""
        self.floor = max(LOWEST, min(level, self.floor + RISE))
        self.envelope = max(level, self.envelope - RELEASE)
        return level >= max(QUIET, self.floor + LOUD)

    def weigh(self, level: float, is_loudest: bool) -> None:
        self.score = min(LASTING, self.score + 1) if is_loudest else max(0, self.score - 1)
        if self.score == 0:
            self.peak, self.trough, self.is_speech = SILENCE, 0.0, False
            return
        self.trough = min(self.trough, level)
        if min(self.peak, level) - self.trough >= SYLLABLE:
            self.is_speech = True
        if level > self.peak:
            self.peak = self.trough = level


@dataclass(slots=True)
class ActiveSpeakerDetector:
    """Who has the floor. One for each item; `now` is in seconds on any steady clock."""

    speaker: str
    """Who is followed. To begin with, whom the item shows."""
    since: float
    """When that began."""
    _microphones: dict[str, _Microphone] = field(default_factory=dict)

    def hear(self, levels: Mapping[str, float], candidates: Collection[str], now: float) -> str:
        """Take in the levels (dBov) of one tenth of a second; returns whom to follow.

        `candidates` are the open microphones that may be followed; only they are heard. One that `levels` leaves out is
        silent.
        """
        heard = {name: levels.get(name, SILENCE) for name in candidates}
        self._microphones = {
            name: self._microphones.get(name) or _Microphone(floor=max(LOWEST, level))
            for name, level in heard.items()
        }
        loud = {name for name, microphone in self._microphones.items() if microphone.hear(heard[name])}
        for name, microphone in self._microphones.items():
            microphone.weigh(heard[name], name in loud and self._exceeds_the_rest(name))
        others = [name for name in self._microphones if name != self.speaker]
        loudest = max(others, key=lambda name: self._microphones[name].score, default=self.speaker)
        if loudest != self.speaker and self._has_earned_it(loudest, now):
            self.speaker, self.since = loudest, now
        return self.speaker

    def _exceeds_the_rest(self, name: str) -> bool:
        rest = (m.envelope for other, m in self._microphones.items() if other != name)
        return self._microphones[name].envelope >= max(rest, default=SILENCE) + LOUDER

    def _has_earned_it(self, name: str, now: float) -> bool:
        microphone = self._microphones[name]
        return microphone.score >= ATTACK and microphone.is_speech and now - self.since >= HOLD

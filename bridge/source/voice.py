"""Voice activity of one microphone, by the level of each of its packets (RFC 6464), one every 20 ms.

A destination is sent six microphones at most. Where more are open, it needs to know who speaks, and since when:

- A packet counts if it exceeds the room's noise. The noise floor falls at once and rises slowly.
- Three such packets are a voice. One or two are a click.
- A level that neither falls nor rises for two seconds is no voice: applause, a fan, a hum. That of speech does with
  each word.

`signaling.show.voice` has another question, whom the picture follows. It is slower, and decides by ten levels a second.
"""

from __future__ import annotations

import math

SILENT_DBOV = -127
"""The level of a packet without one: the lowest of RFC 6464."""
ABOVE_ROOM_DB = 10.0
"""A packet counts if its level exceeds the room's noise by this. Noise varies by some 5 dB from packet to packet."""
MIN_VOICE_DBOV = -55.0
"""Below this no packet counts, however quiet the room."""
ROOM_RISE_DB_PER_S = 2.0
"""Rise of the noise floor, so that a long sentence does not count as noise."""
MIN_ROOM_DBOV = -70.0
"""Lowest noise floor. A muted microphone would otherwise make any whisper loud."""
ATTACK_PACKETS = 3
"""Packets above the noise that are a voice, 60 ms. Each below it subtracts one."""
MAX_ATTACK = 6
"""Limit of this count: a voice ends 120 ms after its last loud packet, and the next word is a new beginning."""
SILENT_PACKETS_S = 0.1
"""Seconds without a packet (DTX) that end a voice, too."""
BLOCK_S = 0.1
"""Steadiness is judged by the loudest packet of each tenth of a second, as by a meter."""
WORD_DB = 4.0
"""Fall or rise of that level from one word to the next. Applause stays within 3 dB."""
MAX_STEADY_S = 2.0
"""Seconds after which a steady level is no voice."""
PEAK_WINDOW_S = 1.6
"""Seconds for which a peak counts, or half of it: an echo comes back from another hall up to half a second after its
voice."""


class VoiceActivity:
    """The state at the newest packet. All times are monotonic seconds."""

    __slots__ = (
        *(
            "_attack",
            "_block",
            "_block_at",
            "_block_before",
            "_heard_at",
            "_high",
            "_low",
            "_peak",
            "_peak_at",
        ),
        *("_peak_before", "_room", "_varied_at", "began_at", "spoke_at"),
    )

    def __init__(self) -> None:
        self.began_at = -math.inf
        """When the first packet of the last voice came."""
        self.spoke_at = -math.inf
        """When the last packet of a voice came."""
        self._heard_at = -math.inf
        self._room = 0.0
        self._attack = 0
        """Packets above the noise, less those below it."""
        self._block = self._block_before = float(SILENT_DBOV)
        """The loudest of this block and of the one before."""
        self._block_at = -math.inf
        self._high = self._low = float(SILENT_DBOV)
        """The extremes of the blocks since the last word."""
        self._varied_at = -math.inf
        self._peak = self._peak_before = float(SILENT_DBOV)
        """Of this half of the window, and of the one before."""
        self._peak_at = -math.inf

    def hear(self, level: int | None, at: float) -> None:
        """A packet of that level in dBov came `at` that time; None counts as silence."""
        loudness = float(SILENT_DBOV if level is None else level)
        elapsed = max(0.0, at - self._heard_at)
        self._room = max(MIN_ROOM_DBOV, min(loudness, self._room + ROOM_RISE_DB_PER_S * elapsed))
        if elapsed > SILENT_PACKETS_S:
            self._attack = 0
        self._heard_at = at
        self._measure(loudness, at)
        if loudness < max(MIN_VOICE_DBOV, self._room + ABOVE_ROOM_DB):
            self._attack = max(0, self._attack - 1)
            return
        if self._attack == 0:
            self.began_at = self._varied_at = at
        self._attack = min(MAX_ATTACK, self._attack + 1)
        if self._attack >= ATTACK_PACKETS and at - self._varied_at <= MAX_STEADY_S:
            self.spoke_at = at

    @property
    def loudness(self) -> float:
        """The highest level in dBov of the last one or two tenths of a second that had packets."""
        return max(self._block, self._block_before)

    def peak(self, now: float) -> float:
        """The highest level in dBov of the last `PEAK_WINDOW_S`, or half of it."""
        age = now - self._peak_at
        if age > PEAK_WINDOW_S:
            return SILENT_DBOV
        return self._peak if age > PEAK_WINDOW_S / 2 else max(self._peak, self._peak_before)

    def _measure(self, loudness: float, at: float) -> None:
        """Update the peak and the steadiness."""
        age = at - self._peak_at
        if age > PEAK_WINDOW_S / 2:
            self._peak_before = self._peak if age <= PEAK_WINDOW_S else SILENT_DBOV
            self._peak, self._peak_at = loudness, at
        self._peak = max(self._peak, loudness)
        if at - self._block_at < BLOCK_S:
            self._block = max(self._block, loudness)
            return
        self._high, self._low = max(self._high, self._block), min(self._low, self._block)
        if self._high - self._low >= WORD_DB:
            self._varied_at, self._high, self._low = at, self._block, self._block
        self._block_before, self._block, self._block_at = self._block, loudness, at

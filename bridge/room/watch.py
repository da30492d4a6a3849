"""Analyses the pictures and sounds that a headless room receives.

Pictures are read in place, without conversion: a strip costs 16 short sums. Sounds are measured five times a second.
`now` is monotonic seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from bridge.room.strip import FRAME_NUMBERS, read_strip
from bridge.room.tone import detect_tones

FROZEN_AFTER_S = 1.0
"""Without a new frame for this long, no place is seen."""
DETECTION_INTERVAL_S = 0.2
"""Seconds between two tone detections in one slot."""
SILENT_AFTER_S = 0.6
"""A tone that was not detected for this long is not heard."""


class PictureWatch:
    """One received picture.

    Args:
        places: source ids by place code.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places
        self._place: str | None = None
        self._frame: int | None = None
        self._arrivals: deque[float] = deque(maxlen=240)
        self._size = (0, 0)
        self.frames = 0
        """Frames received."""
        self.unread = 0
        """Frames without a readable strip."""
        self.missed = 0
        """Frames missing between two of one place, by the strip's numbers."""
        self.cuts = 0
        """How often the place changed."""

    def on_frame(self, luma: bytes | memoryview, stride: int, width: int, height: int, now: float) -> bool:
        """Process the Y plane of a decoded frame. Returns whether it shows another place than the one before."""
        before = self.place(now)
        self.frames += 1
        self._arrivals.append(now)
        self._size = (width, height)
        read = read_strip(luma, stride, width, height)
        if read is None:
            self.unread += 1
            self._place = self._frame = None
            return before is not None
        code, frame = read
        place = self._places[code] if code < len(self._places) else None
        if place == self._place and self._frame is not None:
            self.missed += max(0, (frame - self._frame) % FRAME_NUMBERS - 1) if frame != self._frame else 0
        elif place != self._place:
            self.cuts += 1
        self._place, self._frame = place, frame
        return place != before

    def place(self, now: float) -> str | None:
        """The place of the picture. None: there is none, it is frozen, or it is not a test card of `places`."""
        return self._place if self._age(now) < FROZEN_AFTER_S else None

    def state(self, now: float) -> dict[str, object]:
        """For a report. `frame_age_ms` is None before the first frame."""
        recent = sum(1 for at in self._arrivals if now - at <= 1.0)
        return {
            "place": self.place(now),
            "frame_age_ms": round(self._age(now) * 1000) if self._arrivals else None,
            "fps": recent,
            "width": self._size[0],
            "height": self._size[1],
        }

    def _age(self, now: float) -> float:
        return now - self._arrivals[-1] if self._arrivals else float("inf")


class SoundWatch:
    """All received sounds together: the places whose tones they contain.

    Args:
        places: source ids by place code.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places
        self._codes = range(len(places))
        self._heard_at: dict[int, float] = {}
        self._measured_at: dict[str, float] = {}

    def on_samples(self, slot: str, samples: memoryview, channels: int, now: float) -> bool:
        """Process 16-bit samples of a slot, channels interleaved. Returns whether `heard` has changed."""
        if now - self._measured_at.get(slot, float("-inf")) < DETECTION_INTERVAL_S:
            return False
        self._measured_at[slot] = now
        before = self.heard(now)
        for code in detect_tones(samples[::channels], self._codes):
            self._heard_at[code] = now
        return self.heard(now) != before

    def heard(self, now: float) -> tuple[str, ...]:
        """The places whose tone is heard, in the event's order."""
        return tuple(
            self._places[code]
            for code in self._codes
            if now - self._heard_at.get(code, float("-inf")) < SILENT_AFTER_S
        )

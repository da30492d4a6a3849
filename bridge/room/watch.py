"""What a headless room notices in the pictures and sounds it receives.

Pictures are looked at where they lie and never converted: a strip costs 16 short sums. Sounds are measured five times
a second and not in every packet. `now` is monotonic seconds and passed in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from bridge.room.strip import FRAMES, read_strip
from bridge.room.tone import heard

FROZEN_S = 1.0
"""Without a new frame for this long, no place is seen."""
LISTEN_EVERY_S = 0.2
SILENT_S = 0.6
"""A tone not found for this long is no longer heard."""


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
        """Frames without a strip that could be read."""
        self.missed = 0
        """Frames that the strip's numbers show to be missing between two of one place."""
        self.cuts = 0
        """How often another place came into view."""

    def see(self, luma: bytes | memoryview, stride: int, width: int, height: int, now: float) -> bool:
        """Take in a decoded frame by its Y plane; says whether it shows another place than the one before."""
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
            self.missed += max(0, (frame - self._frame) % FRAMES - 1) if frame != self._frame else 0
        elif place != self._place:
            self.cuts += 1
        self._place, self._frame = place, frame
        return place != before

    def place(self, now: float) -> str | None:
        """Whose picture is seen; None if none is, if it stands still or if it is nobody's test card."""
        return self._place if self._age(now) < FROZEN_S else None

    def state(self, now: float) -> dict[str, object]:
        """What is seen, for a report. `frame_age_ms` is null before the first frame."""
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
    """All received sounds together: whose tones are in them.

    Args:
        places: source ids by place code.
    """

    def __init__(self, places: Sequence[str]) -> None:
        self._places = places
        self._codes = range(len(places))
        self._heard_at: dict[int, float] = {}
        self._listened_at: dict[str, float] = {}

    def listen(self, slot: str, samples: memoryview, channels: int, now: float) -> bool:
        """Take in 16-bit samples of a slot, channels interleaved; says whether something new is heard."""
        if now - self._listened_at.get(slot, float("-inf")) < LISTEN_EVERY_S:
            return False
        self._listened_at[slot] = now
        before = self.heard(now)
        for code in heard(samples[::channels], self._codes):
            self._heard_at[code] = now
        return self.heard(now) != before

    def heard(self, now: float) -> tuple[str, ...]:
        """Places whose tone is heard, in the event's order."""
        return tuple(
            self._places[code]
            for code in self._codes
            if now - self._heard_at.get(code, float("-inf")) < SILENT_S
        )

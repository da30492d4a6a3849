"""What has not come from a source, when to ask for it (again), and when no more."""

from __future__ import annotations

ECHO = 0.02
"""Seconds after its first request that a packet is asked for a second time. The line that lost it may lose the request
as well, and a sender answers only once a round trip (libwebrtc `RtpPacketHistory`), so a doubled one costs nothing."""
RETRY = 0.1
"""Seconds between two requests while the round trip is unknown."""
QUICKEST = 0.02
"""Seconds between two requests however short the round trip."""
PATIENCE = 0.6
"""Seconds after which a packet is given up: by then the picture stands still, and a keyframe is the quicker way on."""
TRIES = 4
"""Requests that are made at least, the echo among them, each but that with the time for its answer, however long the
round trip."""
MOST = 250
"""Packets missing at once, half a second of a 720p picture: beyond that a keyframe is cheaper than the repair."""


class Missing:
    """The packets that one stream lacks."""

    __slots__ = ("_wanted", "hopeless", "repaired")

    def __init__(self) -> None:
        self._wanted: dict[int, tuple[float, int, float]] = {}
        """Index: when to ask next, how often it was asked for, when it went missing."""
        self.hopeless = -1
        """The highest index given up: whoever shows these pictures needs a keyframe that begins after it."""
        self.repaired = 0
        """Packets that came after they were asked for."""

    def __len__(self) -> int:
        return len(self._wanted)

    def gap(self, first: int, end: int, now: float) -> None:
        """Packets `first` up to `end`, the latter not included, were passed over: they are due at once.

        They may only have been overtaken. That is rare, and to wait for it costs every repair the wait.
        """
        if len(self._wanted) + end - first > MOST:
            self._wanted.clear()
            self.hopeless = end - 1
            return
        for index in range(first, end):
            self._wanted[index] = (now, 0, now)

    def came(self, index: int) -> None:
        """A packet that is not the newest has come."""
        entry = self._wanted.pop(index, None)
        if entry is not None and entry[1]:
            self.repaired += 1

    def due(self, now: float, rtt: float | None) -> list[int]:
        """Indexes to ask for now, in rising order, each noted as asked for. `rtt` in seconds."""
        if not self._wanted:
            return []
        wait = RETRY if rtt is None else max(QUICKEST, rtt)
        asked: list[int] = []
        for index, (when, tries, since) in list(self._wanted.items()):
            if when > now:
                continue
            if tries >= TRIES and now - since >= PATIENCE:
                del self._wanted[index]
                self.hopeless = max(self.hopeless, index)
                continue
            self._wanted[index] = (now + (wait if tries else ECHO), tries + 1, since)
            asked.append(index)
        return sorted(asked)

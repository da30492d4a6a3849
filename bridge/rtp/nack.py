"""Which packets of a source are missing, when to NACK them, and when to give up."""

from __future__ import annotations

SECOND_NACK_S = 0.02
"""Seconds between the first and the second NACK of a packet. The path that lost the packet may lose the NACK too. A
sender answers once a round trip (libwebrtc `RtpPacketHistory`), so the second one costs nothing."""
RETRY_INTERVAL_S = 0.1
"""Seconds between two NACKs of a packet while the round trip is unknown."""
MIN_RETRY_INTERVAL_S = 0.02
"""Seconds between two NACKs of a packet, however short the round trip."""
NACK_GIVE_UP_S = 0.6
"""Seconds after which a packet is given up: by then the picture has frozen, and a keyframe is quicker."""
MIN_NACKS = 4
"""NACKs before a packet is given up, however long the round trip. All but the second leave time for an answer."""
MAX_MISSING = 250
"""Packets missing at once, half a second of a 720p picture. Beyond that a keyframe costs less."""


class NackGenerator:
    """The missing packets of one stream."""

    __slots__ = ("_missing", "last_given_up", "recovered")

    def __init__(self) -> None:
        self._missing: dict[int, tuple[float, int, float]] = {}
        """Index: when the next NACK is due, NACKs so far, when the packet was found missing."""
        self.last_given_up = -1
        """The highest index given up. A picture can only go on with a keyframe that begins after it."""
        self.recovered = 0
        """Packets that came after a NACK."""

    def __len__(self) -> int:
        return len(self._missing)

    def on_gap(self, first: int, end: int, now: float) -> None:
        """Packets `first` up to `end`, exclusive, are missing. Their NACK is due at once.

        They may only be reordered. That is rare, and waiting for it would delay every retransmission.
        """
        if len(self._missing) + end - first > MAX_MISSING:
            self._missing.clear()
            self.last_given_up = end - 1
            return
        for index in range(first, end):
            self._missing[index] = (now, 0, now)

    def on_late_packet(self, index: int) -> None:
        """A packet that is not the newest has come."""
        entry = self._missing.pop(index, None)
        if entry is not None and entry[1]:
            self.recovered += 1

    def take_due(self, now: float, rtt: float | None) -> list[int]:
        """Indexes to NACK now, in rising order; they count as sent. `rtt` in seconds."""
        if not self._missing:
            return []
        interval = RETRY_INTERVAL_S if rtt is None else max(MIN_RETRY_INTERVAL_S, rtt)
        due: list[int] = []
        for index, (next_at, nacks, since) in list(self._missing.items()):
            if next_at > now:
                continue
            if nacks >= MIN_NACKS and now - since >= NACK_GIVE_UP_S:
                del self._missing[index]
                self.last_given_up = max(self.last_given_up, index)
                continue
            self._missing[index] = (now + (interval if nacks else SECOND_NACK_S), nacks + 1, since)
            due.append(index)
        return sorted(due)

"""A stretch of an outgoing stream in which the way from a source's numbers to ours does not change."""

from __future__ import annotations

from typing import Generic

from bridge.rtp.header import AnyPacket
from bridge.rtp.ring import Ring

NEVER = -(1 << 62)
"""An index that no packet has."""


class Segment(Generic[AnyPacket]):
    """From which packet on, and by what, a run of a source is shifted into the outgoing stream."""

    __slots__ = ("first", "key", "last", "lead", "mark", "picture", "ring", "seq", "ssrc", "timestamp", "tl0")

    def __init__(
        self, ring: Ring[AnyPacket], first: int, seq: int, timestamp: int, ssrc: int, payload_type: int
    ) -> None:
        self.ring = ring
        self.first = first
        """Index of the source's packet that it begins with."""
        self.last: int | None = None
        """Index of the last packet that can be of it; None while it goes on."""
        self.seq = seq
        """Added to the source's index, it gives the outgoing index, whose low 16 bits are sent."""
        self.timestamp = timestamp
        self.ssrc = ssrc
        self.lead = payload_type
        self.mark = NEVER
        """Index of a packet whose marker is set."""
        self.picture = self.tl0 = self.key = 0

    def holds(self, index: int) -> bool:
        """Whether the source's packet of that index belongs to it."""
        return self.first <= index and (self.last is None or index <= self.last)

    def follow(self, first: int, seq: int, timestamp: int) -> Segment[AnyPacket]:
        """The segment that goes on at `first` with another shift; pictures count on as before."""
        following = Segment(self.ring, first, seq, timestamp, self.ssrc, self.lead)
        following.picture, following.tl0, following.key = self.picture, self.tl0, self.key
        return following

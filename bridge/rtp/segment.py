"""A stretch of an outgoing stream in which the way from a source's numbers to ours does not change."""

from __future__ import annotations

import math
from collections import deque
from typing import Generic

from bridge.rtp.header import AnyPacket
from bridge.rtp.ring import Ring

NEVER = -(1 << 62)
"""An index that no packet has."""
SEGMENTS = 256
"""Segments kept for repairs. Only cuts, padding and drift begin one."""
REACH = 2048
"""Packets ago beyond which no repair is asked for, and a segment is let go with the packets it keeps."""
EASE = 2.0
"""Seconds from a cut until a receiver may keep pictures back as long as it likes."""
SENT_UNIT = 1 << 18
"""abs-send-time counts in units of 2^-18 s, and its 24 bits wrap every 64 s."""


class Segment(Generic[AnyPacket]):
    """From which packet on, and by what, a run of a source is shifted into the outgoing stream."""

    __slots__ = (
        *("eased", "first", "key", "last", "lead", "mark", "moment", "picture", "ring", "sent", "seq"),
        *("ssrc", "stamps", "timestamp", "tl0"),
    )

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
        self.sent = 0
        """Added to the instant of a packet's arrival, it gives that of its sending, in `SENT_UNIT`."""
        self.stamps: dict[int, int] | None = None
        """Of a replay: timestamp of the source to ours, frame by frame."""
        self.moment = 0.0
        """Of a replay: when it was sent, in monotonic seconds."""
        self.eased = -math.inf
        """From when on the receiver keeps pictures back as it thinks right; monotonic seconds. Until then, for `EASE`
        seconds from a cut, it is told to make haste."""

    def holds(self, index: int) -> bool:
        """Whether the source's packet of that index belongs to it."""
        return self.first <= index and (self.last is None or index <= self.last)

    def follow(self, first: int, seq: int, timestamp: int) -> Segment[AnyPacket]:
        """The segment that goes on at `first` with another shift; pictures count on as before."""
        following = Segment(self.ring, first, seq, timestamp, self.ssrc, self.lead)
        following.picture, following.tl0, following.key = self.picture, self.tl0, self.key
        following.eased = self.eased
        return following

    def at(self, packet: AnyPacket) -> Segment[AnyPacket]:
        """The shifts for `packet`: the segment itself, or in a replay those of the packet's frame."""
        if self.stamps is None:
            return self
        stamp = self.stamps.get(packet.timestamp, packet.timestamp + self.timestamp)
        shifts = self.follow(self.first, self.seq, stamp - packet.timestamp)
        shifts.sent = int(self.moment * SENT_UNIT) - int(packet.arrival * SENT_UNIT)
        return shifts


class History(Generic[AnyPacket]):
    """The last segments of one outgoing stream, in their order."""

    __slots__ = ("_segments",)

    def __init__(self) -> None:
        self._segments: deque[Segment[AnyPacket]] = deque(maxlen=SEGMENTS)

    def __len__(self) -> int:
        return len(self._segments)

    def add(self, segment: Segment[AnyPacket]) -> None:
        """Keep `segment`, which goes on from now, and let go of what nobody asks for any more."""
        self._segments.append(segment)
        reach = segment.first + segment.seq - REACH
        while (oldest := self._segments[0]).last is not None and oldest.last + oldest.seq < reach:
            self._segments.popleft()

    def of(self, out: int) -> Segment[AnyPacket] | None:
        """The segment in which outgoing index `out` was given away."""
        return next((s for s in reversed(self._segments) if s.first + s.seq <= out), None)

    def holding(self, index: int, run: int) -> Segment[AnyPacket] | None:
        """The segment of the source's packet `index` in the run that began with `run`."""
        for segment in reversed(self._segments):
            if segment.holds(index):
                return segment
            if segment.first <= run:
                break  # what is older was sent, if at all, before the run began
        return None

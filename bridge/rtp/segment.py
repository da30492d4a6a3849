"""Segments of an outgoing stream: packets of one source that all got the same offsets."""

from __future__ import annotations

import math
from collections import deque
from typing import Generic

from bridge.rtp.header import AnyPacket
from bridge.rtp.ring import Ring

NO_INDEX = -(1 << 62)
"""An index that no packet has."""
MAX_KEPT_SEGMENTS = 256
"""Kept for retransmission. Only cuts, padding and timestamp corrections begin a segment."""
MAX_RETRANSMIT_AGE = 2048
"""Packets. Older ones are not requested any more; their segments and rings are freed."""
DELAY_RAMP_S = 2.0
"""Seconds after a cut over which the receiver's playout delay limit rises."""
ABS_SEND_TIME_HZ = 1 << 18
"""abs-send-time counts in units of 2^-18 s; its 24 bits wrap every 64 s."""


class Segment(Generic[AnyPacket]):
    """What is added to each number of the source's packets from `first` to `last`."""

    __slots__ = (
        *("delay_limited_until", "first", "keyidx_offset", "last", "marker_index", "payload_type"),
        *("picture_id_offset", "replay_timestamps", "replayed_at", "ring", "send_time_offset", "seq_offset"),
        *("ssrc", "timestamp_offset", "tl0picidx_offset"),
    )

    def __init__(
        self,
        ring: Ring[AnyPacket],
        first: int,
        seq_offset: int,
        timestamp_offset: int,
        ssrc: int,
        payload_type: int,
    ) -> None:
        self.ring = ring
        self.first = first
        """Index of the source's first packet."""
        self.last: int | None = None
        """Index of its last packet; None for the current segment."""
        self.seq_offset = seq_offset
        """Added to the source's index it gives the outgoing index, whose low 16 bits are sent."""
        self.timestamp_offset = timestamp_offset
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.marker_index = NO_INDEX
        """Index of a packet whose marker is set."""
        self.picture_id_offset = self.tl0picidx_offset = self.keyidx_offset = 0
        self.send_time_offset = 0
        """Added to a packet's arrival it gives its abs-send-time, in units of `ABS_SEND_TIME_HZ`."""
        self.replay_timestamps: dict[int, int] | None = None
        """Of a replay: the source's timestamp to the outgoing one, frame by frame."""
        self.replayed_at = 0.0
        """Of a replay: when it was sent, in monotonic seconds."""
        self.delay_limited_until = -math.inf
        """Until then, in monotonic seconds, the receiver's playout delay is limited; see `DELAY_RAMP_S`."""

    def contains(self, index: int) -> bool:
        """Whether the source's packet of that index belongs to it."""
        return self.first <= index and (self.last is None or index <= self.last)

    def successor(self, first: int, seq_offset: int, timestamp_offset: int) -> Segment[AnyPacket]:
        """The segment that begins at `first` with other offsets; picture IDs keep theirs."""
        following = Segment(self.ring, first, seq_offset, timestamp_offset, self.ssrc, self.payload_type)
        following.picture_id_offset = self.picture_id_offset
        following.tl0picidx_offset, following.keyidx_offset = self.tl0picidx_offset, self.keyidx_offset
        following.delay_limited_until = self.delay_limited_until
        return following

    def for_packet(self, packet: AnyPacket) -> Segment[AnyPacket]:
        """The offsets for `packet`: the segment itself, or in a replay those of the packet's frame."""
        if self.replay_timestamps is None:
            return self
        timestamp = self.replay_timestamps.get(packet.timestamp, packet.timestamp + self.timestamp_offset)
        offsets = self.successor(self.first, self.seq_offset, timestamp - packet.timestamp)
        offsets.send_time_offset = int(self.replayed_at * ABS_SEND_TIME_HZ) - int(
            packet.arrival * ABS_SEND_TIME_HZ
        )
        return offsets


class SegmentHistory(Generic[AnyPacket]):
    """The last segments of one outgoing stream, in their order."""

    __slots__ = ("_segments",)

    def __init__(self) -> None:
        self._segments: deque[Segment[AnyPacket]] = deque(maxlen=MAX_KEPT_SEGMENTS)

    def __len__(self) -> int:
        return len(self._segments)

    def add(self, segment: Segment[AnyPacket]) -> None:
        """Add the current segment, and discard those that are too old for retransmission."""
        self._segments.append(segment)
        oldest_out = segment.first + segment.seq_offset - MAX_RETRANSMIT_AGE
        while (oldest := self._segments[0]).last is not None and oldest.last + oldest.seq_offset < oldest_out:
            self._segments.popleft()

    def find_outgoing(self, out: int) -> Segment[AnyPacket] | None:
        """The segment in which outgoing index `out` was used."""
        return next((s for s in reversed(self._segments) if s.first + s.seq_offset <= out), None)

    def find_incoming(self, index: int, run_first: int) -> Segment[AnyPacket] | None:
        """The segment of the source's packet `index` in the run that began with index `run_first`."""
        for segment in reversed(self._segments):
            if segment.contains(index):
                return segment
            if segment.first <= run_first:
                break  # older segments belong to other runs
        return None

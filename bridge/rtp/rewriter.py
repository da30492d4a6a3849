"""One outgoing stream of one receiver, made of the packets of changing sources.

To the receiver it is a single stream from join to leave. Across a seam sequence numbers run on, timestamps increase,
VP8 picture IDs and TL0PICIDX count on by one, and no packet of a new source from before its keyframe is sent.

A *run* is what one source sends from a switch to the next. It has one or more *segments*, in which the offsets from the
source's numbers to the outgoing ones are constant. A copy depends on the packet and its segment alone. While both are
kept, it can be made again **byte for byte**. It has to be: with AES-GCM an equal sequence number is an equal nonce, and
an equal nonce over different bytes reveals the key (RFC 7714 section 8.1, RFC 5116 section 5.1.1).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic

from bridge.rtp.header import HEADER, AnyPacket
from bridge.rtp.ring import Ring
from bridge.rtp.segment import DELAY_RAMP_S, MAX_RETRANSMIT_AGE, NO_INDEX, Segment, SegmentHistory
from bridge.rtp.serial import distance32, unwrap16

MAX_REORDERED = 128
"""Packets of a keyframe that may arrive before its first; they are sent right after it. With more, the picture is too
old, and the stream waits for the next keyframe."""


class Rewriter(ABC, Generic[AnyPacket]):
    """What sound and pictures have in common."""

    __slots__ = (
        *("_correction", "_history", "_is_frame_complete", "_last", "_last_out", "_last_timestamp", "_next"),
        *("_next_uncorrected", "_remaining_correction", "_run_first", "_segment", "_ssrc"),
    )

    min_step: int
    """Ticks: the least increase of the timestamp across a seam or a correction."""
    replay_step: int
    """Ticks between two frames of a replay."""
    header_size = HEADER.size
    """Bytes before the payload of a copy."""

    def __init__(self, ssrc: int, first_seq: int) -> None:
        """`first_seq` lies below 32768.

        Otherwise a receiver that misses the first packets, up to a wrap, counts the wraps wrong and never decrypts one
        (RFC 3711 section 3.3.1).
        """
        if not 0 <= first_seq < 0x8000:
            raise ValueError(f"a stream begins at a sequence number below 32768, not at {first_seq}")
        self._ssrc = ssrc
        self._history: SegmentHistory[AnyPacket] = SegmentHistory()
        self._segment: Segment[AnyPacket] | None = None
        self._run_first = NO_INDEX
        """Index of the first packet of this run; earlier ones are not sent."""
        self._next = NO_INDEX
        """Index of the packet that takes the plain path."""
        self._next_uncorrected = NO_INDEX
        """The same while a correction is pending, which no packet may bypass on the plain path."""
        self._last: AnyPacket | None = None
        """The newest packet of this run with a payload."""
        self._correction = 0
        """Ticks by which timestamps shift at the next frame."""
        self._remaining_correction = 0
        """Ticks, zero or negative, that a replay or a correction left over, since timestamps must increase."""
        # The end of the previous run:
        self._last_out = first_seq - 1
        self._last_timestamp: int | None = None
        self._is_frame_complete = True

    @property
    def last(self) -> AnyPacket | None:
        """The newest packet sent of the current run."""
        return self._last if self._segment else None

    @property
    def newest_out(self) -> int:
        """The highest outgoing index used."""
        return self._next_index() - 1 + self._segment.seq_offset if self._segment else self._last_out

    # The plain path -------------------------------------------------------------------------------

    def write(self, packet: AnyPacket) -> bytes | None:
        """The copy of `packet`, which has a payload, for this receiver; None if it is not of this run."""
        segment = self._segment
        if packet.index != self._next or segment is None:
            return self._write_out_of_order(packet)
        self._next += 1
        self._last = packet
        return self._copy(packet, segment)

    @abstractmethod
    def _copy(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> bytes:
        """The bytes of `packet` in the outgoing stream, which depend on nothing but the two."""

    # Switching ------------------------------------------------------------------------------------

    def switch(
        self,
        ring: Ring[AnyPacket],
        packet: AnyPacket,
        timestamp: int,
        payload_type: int,
        *,
        low_delay: bool = True,
    ) -> list[bytes]:
        """Begin a new run with `packet`, stamped `timestamp`; packets that overtook it follow at once.

        `low_delay`: the receiver shall show it without playout delay.

        Returns:
            The copies to send; none if `packet` comes too late to begin with.
        """
        if ring.newest - packet.index > MAX_REORDERED:
            return []
        segment = self._begin_run(ring, packet, timestamp, self.min_step, payload_type)
        if low_delay:
            segment.delay_limited_until = packet.arrival + DELAY_RAMP_S
        copies = [self.write(packet)]
        for index in range(packet.index + 1, ring.newest + 1):
            held = ring.get(index)
            if held is not None:
                copies.append(self.write(held) if held.body else self.write_padding(held))
        return [copy for copy in copies if copy is not None]

    def replay(
        self,
        ring: Ring[AnyPacket],
        packets: Sequence[AnyPacket],
        timestamp: int,
        live_timestamp: int,
        now: float,
        payload_type: int,
        *,
        low_delay: bool = True,
    ) -> list[bytes]:
        """Begin a new run with `packets`: all since a keyframe, in order. They are sent at once.

        Their frames are stamped `replay_step` apart, the last with `timestamp`, the time of sending. By the clock that
        frame would be stamped `live_timestamp`, which is earlier. With that a browser would count a large frame as late
        and add playout delay. The packets that follow are stamped by the clock again. `low_delay` as in `switch`.

        Returns:
            The copies to send now.
        """
        frames = list(dict.fromkeys(packet.timestamp for packet in packets if packet.body))
        step = self.replay_step
        segment = self._begin_run(ring, packets[0], timestamp - (len(frames) - 1) * step, step, payload_type)
        if low_delay:
            segment.delay_limited_until = now + DELAY_RAMP_S
        first = packets[0].timestamp + segment.timestamp_offset
        timestamps = {frame: first + place * step for place, frame in enumerate(frames)}
        copies: list[bytes] = []
        for packet in packets:
            segment.replay_timestamps, segment.replayed_at = timestamps, now
            if packet.body:
                self._last = packet
                self._set_next(packet.index + 1)
                copies.append(self._copy(packet, segment.for_packet(packet)))
            else:
                self.write_padding(packet)
                segment = self._segment or segment
        segment.last = packets[-1].index
        last = timestamps[frames[-1]]
        self._add(segment.successor(segment.last + 1, segment.seq_offset, last - frames[-1]))
        self._remaining_correction = min(0, distance32(live_timestamp, last))
        self.correct(0)
        return copies

    def _begin_run(
        self, ring: Ring[AnyPacket], packet: AnyPacket, timestamp: int, min_step: int, payload_type: int
    ) -> Segment[AnyPacket]:
        """End the current run and begin one with `packet`, stamped at least `min_step` after the last frame."""
        self.end_run()
        # After an incomplete frame one number is skipped. Otherwise the receiver takes the new frame's first packet for
        # the rest of the old one.
        out = self._last_out + (1 if self._is_frame_complete else 2)
        last = self._last_timestamp
        if last is not None and distance32(timestamp, last) < min_step:
            timestamp = last + min_step
        segment = Segment(
            *(ring, packet.index, out - packet.index, timestamp - packet.timestamp),
            *(self._ssrc, payload_type),
        )
        self._set_payload_offsets(packet, segment)
        self._add(segment)
        self._run_first = self._next = packet.index
        return segment

    def end_run(self) -> None:
        """End the current run; the outgoing numbers stay where they are until the next one begins."""
        segment = self._segment
        if segment is None or self._last is None:
            return
        segment.last = self._next_index() - 1
        self._last_out = self.newest_out
        self._last_timestamp = self._last.timestamp + segment.timestamp_offset
        self._is_frame_complete = self._ends_frame(self._last)
        self._save_payload_counters(self._last, segment)
        self._segment = self._last = None
        self._run_first = self._next = self._next_uncorrected = NO_INDEX
        self._correction = self._remaining_correction = 0

    # Padding, timestamps, retransmission ----------------------------------------------------------

    def write_padding(self, packet: AnyPacket) -> bytes | None:
        """`packet` has no payload. In order it is left out, and the following numbers close the gap.

        Out of order it is sent without a payload: later packets have their numbers already, and the receiver would NACK
        the gap in vain.
        """
        segment = self._segment
        if segment is None or packet.index != self._next_index():
            return self._write_out_of_order(packet)
        self._skip(packet, segment, 0)
        return None

    def realign(self, packet: AnyPacket, timestamp: int) -> None:
        """Stamp `packet`, which is written next, with `timestamp`, or the earliest later one that increases."""
        segment, last = self._segment, self._last
        if segment is None or last is None or packet.index < self._next_index():
            return
        earliest = last.timestamp + segment.timestamp_offset + self.min_step
        timestamp = timestamp if distance32(timestamp, earliest) > 0 else earliest
        self._correction = self._remaining_correction = 0
        self._set_next(self._next_index())
        segment.last = packet.index - 1
        self._add(segment.successor(packet.index, segment.seq_offset, timestamp - packet.timestamp))

    def lag(self, timestamp: int) -> int:
        """Ticks that the stream lags behind the clock, by which `last` should be stamped `timestamp`."""
        if self._segment is None or self._last is None:
            return 0
        return distance32(timestamp, self._last.timestamp + self._segment.timestamp_offset)

    def correct(self, ticks: int) -> None:
        """Shift timestamps by `ticks` at the next frame, as far as they still increase."""
        if self._segment is not None:
            next_index = self._next_index()
            self._correction = ticks or self._remaining_correction
            self._set_next(next_index)

    def rebuild(self, seq: int) -> bytes | None:
        """The packet sent as `seq`, byte for byte; None if none was, or it is no longer stored."""
        newest = self.newest_out
        out = unwrap16(seq, newest)
        if not newest - MAX_RETRANSMIT_AGE < out <= newest:
            return None  # a number used before its turn would be a nonce used twice
        segment = self._history.find_outgoing(out)
        if segment is None or not segment.contains(out - segment.seq_offset):
            return None
        packet = segment.ring.get(out - segment.seq_offset)
        return self._copy(packet, segment.for_packet(packet)) if packet is not None else None

    def _write_out_of_order(self, packet: AnyPacket) -> bytes | None:
        """Write a packet that is late, follows a gap, or comes while a correction is pending."""
        segment = self._segment
        if segment is None:
            return None
        next_index = self._next_index()
        if packet.index < next_index:
            return self._write_late(packet)
        if self._correction and packet.index == next_index and packet.body and self._ends_frame(self._last):
            corrected = self._apply_correction(packet, segment)
            if corrected is None:
                return None
            segment = corrected
        if packet.body:
            self._last = packet
        self._set_next(packet.index + 1)
        return self._copy(packet, segment)

    def _write_late(self, packet: AnyPacket) -> bytes | None:
        segment = self._history.find_incoming(packet.index, self._run_first)
        if segment is None:
            return None
        if packet.body and self._last is not None and packet.index > self._last.index:
            self._last = packet  # only padding had overtaken it
        return self._copy(packet, segment.for_packet(packet))

    def _skip(self, packet: AnyPacket, segment: Segment[AnyPacket], ticks: int) -> None:
        """Leave out `packet`, which comes next, and that many ticks."""
        if segment.first == packet.index:  # nothing of this segment was sent yet
            segment.first += 1
            segment.seq_offset -= 1
            segment.timestamp_offset -= ticks
        else:
            segment.last = packet.index - 1
            self._add(
                segment.successor(packet.index + 1, segment.seq_offset - 1, segment.timestamp_offset - ticks)
            )
        self._set_next(packet.index + 1)

    def _apply_correction(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> Segment[AnyPacket] | None:
        """Apply the pending correction at `packet`, which begins a frame; None if that leaves the packet out."""
        timestamp, ticks, last = packet.timestamp + segment.timestamp_offset, self._correction, self._last
        self._correction = 0
        if last is not None:
            room = distance32(timestamp, last.timestamp + segment.timestamp_offset) - self.min_step
            if ticks > 0 or room > 0:
                self.realign(packet, timestamp + ticks)
                stamped = packet.timestamp + (self._segment or segment).timestamp_offset
                self._remaining_correction = min(0, distance32(timestamp + ticks, stamped))
        return self._segment or segment

    def _next_index(self) -> int:
        """The index after the newest one of this run."""
        return self._next if self._next != NO_INDEX else self._next_uncorrected

    def _set_next(self, index: int) -> None:
        """Expect `index` next: on the plain path unless a correction is pending."""
        self._next, self._next_uncorrected = (NO_INDEX, index) if self._correction else (index, NO_INDEX)

    def _add(self, segment: Segment[AnyPacket]) -> None:
        self._segment = segment
        self._history.add(segment)

    @abstractmethod
    def _ends_frame(self, packet: AnyPacket | None) -> bool:
        """Whether a new frame can begin after `packet`."""

    def _set_payload_offsets(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Choose the payload's offsets so that the counters of `packet` continue those of the last run."""

    def _save_payload_counters(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Keep the last values of the payload's counters."""

"""The seam: one outgoing stream of one receiver, made of whatever sources are put behind it.

To the receiver it is a single stream from join to leave: sequence numbers run on across a switch, timestamps
go forward, VP8 picture IDs and TL0PICIDX count on by one, and no packet of a new source is sent that lies
before its first keyframe.

A stretch in which the way from a source's numbers to ours does not change is a *segment*: which run of which
source, from which index on, and what is added to each number. The copy of a packet depends on the packet and
its segment alone, so as long as both are kept it can be made again **byte for byte**. It has to be: AES-GCM
with an equal sequence number is an equal nonce, and an equal nonce over unequal bytes gives the key away (RFC
7714 section 8.1, RFC 5116 section 5.1.1).
"""

from __future__ import annotations

from collections import deque
from typing import Generic

from bridge.rtp.header import HEADER, AnyPacket, Packet
from bridge.rtp.ring import Ring
from bridge.rtp.serial import distance32, unroll16
from bridge.rtp.vp8 import FLAT, LAYERED, NO_PICTURE_ID, VideoPacket

HELD = 128
"""Packets behind a keyframe's first that may have come before it; they are sent right after it. A first
packet that is later than that is of a picture long past, and the next keyframe is waited for."""
SEGMENTS = 256
"""Segments kept for repairs. Only cuts, padding and drift begin one."""
REACH = 2048
"""Packets ago beyond which no repair is asked for, and a segment is let go with the packets it keeps."""
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


class Rewriter(Generic[AnyPacket]):
    """What sound and pictures have in common."""

    __slots__ = (
        "_last",
        "_next",
        "_out",
        "_payload_type",
        "_run",
        "_segment",
        "_segments",
        "_slew",
        "_ssrc",
        "_timestamp",
        "_waits",
        "_whole",
    )

    frame: int
    """Ticks that a first timestamp lies after the last one sent, where the clock does not say more."""
    squeeze: int
    """The least step of timestamps that have run ahead of the clock and are let fall back to it."""

    def __init__(self, ssrc: int, payload_type: int, first_seq: int) -> None:
        """`first_seq` lies below 32768.

        A receiver that misses the first packets, up to a wrap, would count the wraps wrong (RFC 3711 section
        3.3.1) and never decrypt one.
        """
        if not 0 <= first_seq < 0x8000:
            raise ValueError(f"a stream begins at a sequence number below 32768, not at {first_seq}")
        self._ssrc = ssrc
        self._payload_type = payload_type
        self._segments: deque[Segment[AnyPacket]] = deque(maxlen=SEGMENTS)
        self._segment: Segment[AnyPacket] | None = None
        self._run = NEVER
        """Index of the first packet of this run: none before it is sent."""
        self._next = NEVER
        """Index of the packet that the plain path takes."""
        self._waits = NEVER
        """The same, while every packet has to go the careful way."""
        self._last: AnyPacket | None = None
        """The furthest packet of this run with a payload."""
        self._slew = 0
        """Ticks by which timestamps are to be shifted at the next frame."""
        # What the last run left behind:
        self._out = first_seq - 1
        self._timestamp: int | None = None
        self._whole = True

    @property
    def last(self) -> AnyPacket | None:
        """The furthest packet sent of the run that goes on."""
        return self._last if self._segment else None

    @property
    def sent(self) -> int:
        """The furthest outgoing index."""
        return self._furthest() - 1 + self._segment.seq if self._segment else self._out

    # The plain path -------------------------------------------------------------------------------

    def write(self, packet: AnyPacket) -> bytes | None:
        """The copy of `packet`, which has a payload, for this receiver; None if it is none of this run's."""
        segment = self._segment
        if packet.index != self._next or segment is None:
            return self._write_carefully(packet)
        self._next += 1
        self._last = packet
        return self._copy(packet, segment)

    def _copy(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> bytes:
        """The bytes of `packet` in the outgoing stream; depends on nothing but the two."""
        raise NotImplementedError

    # What is not the plain path -------------------------------------------------------------------

    def begin(self, ring: Ring[AnyPacket], packet: AnyPacket, due: int) -> list[bytes]:
        """Switch: `packet` begins a new run, `due` is its timestamp by the clock.

        What came of the run before its first packet did (reordered on its way) follows at once.

        Returns:
            The copies to send; none if `packet` comes too late to begin with.
        """
        if ring.newest - packet.index > HELD:
            return []
        self.leave()
        # After a frame that was left in the middle one number is skipped, or the receiver would take the new
        # frame's first packet for the rest of the old one.
        out = self._out + (1 if self._whole else 2)
        timestamp = self._forward(due, self.frame)
        segment = Segment(
            ring,
            packet.index,
            out - packet.index,
            timestamp - packet.timestamp,
            self._ssrc,
            self._payload_type,
        )
        self._count_on(packet, segment)
        self._add(segment)
        self._run = self._next = packet.index
        copies = [self.write(packet)]
        for index in range(packet.index + 1, ring.newest + 1):
            held = ring.get(index)
            if held is not None:
                copies.append(self.write(held) if held.body else self.pad(held))
        return [copy for copy in copies if copy is not None]

    def leave(self) -> None:
        """The run is over; the stream stays where it is until the next one begins."""
        segment = self._segment
        if segment is None or self._last is None:
            return
        segment.last = self._furthest() - 1
        self._out = self.sent
        self._timestamp = self._last.timestamp + segment.timestamp
        self._whole = self._is_whole(self._last)
        self._remember(self._last, segment)
        self._segment = self._last = None
        self._run = self._next = self._waits = NEVER
        self._slew = 0

    def pad(self, packet: AnyPacket) -> bytes | None:
        """`packet` has no payload: in its turn it is left out, and the numbers close up.

        Out of its turn it is passed on empty, since packets beyond it have had their numbers already, and the
        hole in its place would be asked for in vain.
        """
        segment = self._segment
        if segment is None or packet.index != self._furthest():
            return self._write_carefully(packet)
        if (
            segment.first == packet.index
        ):  # the one before was padding too: nothing has been sent by this segment
            segment.first += 1
            segment.seq -= 1
        else:
            segment.last = packet.index - 1
            self._add(segment.follow(packet.index + 1, segment.seq - 1, segment.timestamp))
        self._proceed(packet.index + 1)
        return None

    def realign(self, packet: AnyPacket, due: int) -> None:
        """Let timestamps go by the clock from `packet` on, which is about to be written and `due` by the
        clock."""
        segment, last = self._segment, self._last
        if segment is None or last is None or packet.index < self._furthest():
            return
        least = last.timestamp + segment.timestamp + self.squeeze
        timestamp = due if distance32(due, least) > 0 else least
        self._slew = 0
        self._proceed(self._furthest())
        segment.last = packet.index - 1
        self._add(segment.follow(packet.index, segment.seq, timestamp - packet.timestamp))

    def drift(self, due: int) -> int:
        """How many ticks the stream is late against the clock, by which `last` was due with the timestamp
        `due`."""
        if self._segment is None or self._last is None:
            return 0
        return distance32(due, self._last.timestamp + self._segment.timestamp)

    def correct(self, drift: int) -> None:
        """Shift timestamps by `drift` ticks at the next frame, as far as they still go forward."""
        if self._segment is not None:
            furthest = self._furthest()
            self._slew = drift
            self._proceed(furthest)

    def again(self, seq: int) -> bytes | None:
        """The copy sent with sequence number `seq`, byte for byte; None if it was never sent or is no longer
        here."""
        sent = self.sent
        out = unroll16(seq, sent)
        if out > sent:
            return None
        for segment in reversed(self._segments):
            if segment.first + segment.seq <= out:
                index = out - segment.seq
                packet = segment.ring.get(index) if segment.holds(index) else None
                return self._copy(packet, segment) if packet is not None else None
        return None

    def _write_carefully(self, packet: AnyPacket) -> bytes | None:
        """A packet that is late, or comes after a gap, or finds a correction waiting."""
        segment = self._segment
        if segment is None or packet.index < self._run:
            return None
        furthest = self._furthest()
        if packet.index < furthest:
            return self._write_late(packet)
        if self._slew and packet.index == furthest and packet.body and self._is_whole(self._last):
            segment = self._shift(packet, segment)
        if packet.body:
            self._last = packet
        self._proceed(packet.index + 1)
        return self._copy(packet, segment)

    def _write_late(self, packet: AnyPacket) -> bytes | None:
        for segment in reversed(self._segments):
            if segment.holds(packet.index):
                if packet.body and self._last is not None and packet.index > self._last.index:
                    self._last = packet  # only padding had overtaken it
                return self._copy(packet, segment)
            if segment.first <= self._run:
                break
        return None  # left out as padding before

    def _shift(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> Segment[AnyPacket]:
        """Make the correction that waits at `packet`, which begins a frame."""
        plain, slew, last = packet.timestamp + segment.timestamp, self._slew, self._last
        self._slew = 0
        if last is not None:
            room = distance32(plain, last.timestamp + segment.timestamp) - self.squeeze
            if slew > 0 or room > 0:
                self.realign(packet, plain + slew)
        return self._segments[-1]

    def _furthest(self) -> int:
        """The index after the furthest one of this run."""
        return self._next if self._next != NEVER else self._waits

    def _proceed(self, index: int) -> None:
        """Expect `index` next: on the plain path unless a correction waits."""
        self._next, self._waits = (NEVER, index) if self._slew else (index, NEVER)

    def _add(self, segment: Segment[AnyPacket]) -> None:
        self._segment = segment
        self._segments.append(segment)
        reach = segment.first + segment.seq - REACH
        while (oldest := self._segments[0]).last is not None and oldest.last + oldest.seq < reach:
            self._segments.popleft()

    def _forward(self, due: int, step: int) -> int:
        """`due`, or where that is not after what was sent last, `step` after it."""
        last = self._timestamp
        return due if last is None or distance32(due, last) >= self.squeeze else last + step

    def _is_whole(self, packet: AnyPacket | None) -> bool:
        """Whether a new frame can begin after `packet`."""
        raise NotImplementedError

    def _count_on(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Choose the shifts of what the payload counts, so that `packet` counts on from what was sent."""

    def _remember(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Keep what the payload counted last."""


class AudioRewriter(Rewriter[Packet]):
    """Opus at 48 kHz: every packet is a frame, so a run begins with any."""

    __slots__ = ()

    frame = 960
    squeeze = 960

    def _copy(self, packet: Packet, segment: Segment[Packet]) -> bytes:
        lead = packet.lead | segment.lead
        return (
            HEADER.pack(
                lead | 0x80 if packet.index == segment.mark else lead,
                (packet.index + segment.seq) & 0xFFFF,
                (packet.timestamp + segment.timestamp) & 0xFFFF_FFFF,
                segment.ssrc,
            )
            + packet.body
        )

    def _is_whole(self, packet: Packet | None) -> bool:
        return True

    def _count_on(self, packet: Packet, segment: Segment[Packet]) -> None:
        # The marker says "after a silence" (RFC 7587 section 4.1): a receiver may set its buffer anew at a
        # cut.
        segment.mark = packet.index


class VideoRewriter(Rewriter[VideoPacket]):
    """VP8 (or any payload without picture IDs, whose bytes stay as they are) at 90 kHz."""

    __slots__ = ("_key", "_picture", "_tl0")

    frame = 3000
    squeeze = 450

    def __init__(self, ssrc: int, payload_type: int, first_seq: int) -> None:
        super().__init__(ssrc, payload_type, first_seq)
        self._picture = self._tl0 = self._key = -1

    def _copy(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> bytes:
        lead = packet.lead | segment.lead
        seq = (packet.index + segment.seq) & 0xFFFF
        timestamp = (packet.timestamp + segment.timestamp) & 0xFFFF_FFFF
        if packet.picture == NO_PICTURE_ID:
            return HEADER.pack(lead, seq, timestamp, segment.ssrc) + packet.body
        picture = (packet.picture + segment.picture) & 0x7FFF | 0x8000
        if not packet.is_layered:
            return FLAT.pack(lead, seq, timestamp, segment.ssrc, packet.descriptor, picture) + packet.body
        return (
            LAYERED.pack(
                lead,
                seq,
                timestamp,
                segment.ssrc,
                packet.descriptor,
                picture,
                (packet.tl0 + segment.tl0) & 0xFF,
                packet.temporal & 0xE0 | (packet.temporal + segment.key) & 0x1F,
            )
            + packet.body
        )

    def _is_whole(self, packet: VideoPacket | None) -> bool:
        return packet is not None and packet.marker

    def _count_on(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture != NO_PICTURE_ID:
            segment.picture = self._picture + 1 - packet.picture
        segment.tl0 = self._tl0 + 1 - packet.tl0
        segment.key = self._key + 1 - packet.temporal

    def _remember(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture != NO_PICTURE_ID:
            self._picture = packet.picture + segment.picture
        if packet.is_layered:
            self._tl0 = packet.tl0 + segment.tl0
            self._key = packet.temporal + segment.key

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

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic

from bridge.rtp.header import HEADER, AnyPacket
from bridge.rtp.ring import Ring
from bridge.rtp.segment import EASE, NEVER, REACH, History, Segment
from bridge.rtp.serial import distance32, unroll16

HELD = 128
"""Packets behind a keyframe's first that may have come before it; they are sent right after it. A first
packet that is later than that is of a picture long past, and the next keyframe is waited for."""


class Rewriter(ABC, Generic[AnyPacket]):
    """What sound and pictures have in common."""

    __slots__ = (
        *("_history", "_last", "_next", "_out", "_owed", "_run", "_segment", "_slew", "_ssrc", "_timestamp"),
        *("_waits", "_whole"),
    )

    squeeze: int
    """The least step of timestamps that have run ahead of the clock and are let fall back to it, or that follow on
    those of another source."""
    stride: int
    """Ticks between two frames of a replay."""
    head = HEADER.size
    """Bytes before the payload of a copy."""

    def __init__(self, ssrc: int, first_seq: int) -> None:
        """`first_seq` lies below 32768.

        A receiver that misses the first packets, up to a wrap, would count the wraps wrong (RFC 3711 section
        3.3.1) and never decrypt one.
        """
        if not 0 <= first_seq < 0x8000:
            raise ValueError(f"a stream begins at a sequence number below 32768, not at {first_seq}")
        self._ssrc = ssrc
        self._history: History[AnyPacket] = History()
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
        self._owed = 0
        """The same, however small: by so much a replay was stamped later than it was due."""
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

    @abstractmethod
    def _copy(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> bytes:
        """The bytes of `packet` in the outgoing stream; depends on nothing but the two."""

    # What is not the plain path -------------------------------------------------------------------

    def begin(
        self, ring: Ring[AnyPacket], packet: AnyPacket, due: int, payload_type: int, *, haste: bool = True
    ) -> list[bytes]:
        """Switch: `packet` begins a new run; by the clock it is stamped `due`.

        What overtook it on its way follows at once. `haste`: the receiver is told not to keep it back.

        Returns:
            The copies to send; none if `packet` comes too late to begin with.
        """
        if ring.newest - packet.index > HELD:
            return []
        segment = self._open(ring, packet, due, self.squeeze, payload_type)
        if haste:
            segment.eased = packet.arrival + EASE
        copies = [self.write(packet)]
        for index in range(packet.index + 1, ring.newest + 1):
            held = ring.get(index)
            if held is not None:
                copies.append(self.write(held) if held.body else self.pad(held))
        return [copy for copy in copies if copy is not None]

    def replay(
        self,
        ring: Ring[AnyPacket],
        run: Sequence[AnyPacket],
        now: int,
        due: int,
        moment: float,
        payload_type: int,
        *,
        haste: bool = True,
    ) -> list[bytes]:
        """Switch to a run that has begun already: `run` is all of it so far, in order, from its first packet.

        Its frames are stamped a `stride` apart, the last as of `now`, when they are sent, all at once. It was `due`
        before, but stamped so it would be late, and a large frame that is late is what a browser measures its line by:
        it would keep more and more back. What follows is stamped as due again. `haste` as in `begin`.

        Returns:
            The copies to send, at `moment`.
        """
        frames = list(dict.fromkeys(packet.timestamp for packet in run if packet.body))
        stride = self.stride
        segment = self._open(ring, run[0], now - (len(frames) - 1) * stride, stride, payload_type)
        if haste:
            segment.eased = moment + EASE
        first = run[0].timestamp + segment.timestamp
        stamps = {stamp: first + place * stride for place, stamp in enumerate(frames)}
        copies: list[bytes] = []
        for packet in run:
            segment.stamps, segment.moment = stamps, moment
            if packet.body:
                self._last = packet
                self._proceed(packet.index + 1)
                copies.append(self._copy(packet, segment.at(packet)))
            else:
                self.pad(packet)
                segment = self._segment or segment
        segment.last = run[-1].index
        last = stamps[frames[-1]]
        self._add(segment.follow(segment.last + 1, segment.seq, last - frames[-1]))
        self._owed = min(0, distance32(due, last))
        self.correct(0)
        return copies

    def _open(
        self, ring: Ring[AnyPacket], packet: AnyPacket, due: int, step: int, payload_type: int
    ) -> Segment[AnyPacket]:
        """Leave the run that goes on and begin a new one with `packet`, stamped `due`, or `step` after the last."""
        self.leave()
        # After a frame that was left in the middle one number is skipped, or the receiver would take the new
        # frame's first packet for the rest of the old one.
        out = self._out + (1 if self._whole else 2)
        shift = self._forward(due, step) - packet.timestamp
        segment = Segment(ring, packet.index, out - packet.index, shift, self._ssrc, payload_type)
        self._count_on(packet, segment)
        self._add(segment)
        self._run = self._next = packet.index
        return segment

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
        self._slew = self._owed = 0

    def pad(self, packet: AnyPacket) -> bytes | None:
        """`packet` has no payload: in its turn it is left out, and the numbers close up.

        Out of its turn it is passed on empty, since packets beyond it have had their numbers already, and the
        hole in its place would be asked for in vain.
        """
        segment = self._segment
        if segment is None or packet.index != self._furthest():
            return self._write_carefully(packet)
        self._leave_out(packet, segment, 0)
        return None

    def realign(self, packet: AnyPacket, due: int) -> None:
        """Let timestamps go by the clock from `packet` on, which is written next; by the clock it is `due`."""
        segment, last = self._segment, self._last
        if segment is None or last is None or packet.index < self._furthest():
            return
        least = last.timestamp + segment.timestamp + self.squeeze
        timestamp = due if distance32(due, least) > 0 else least
        self._slew = self._owed = 0
        self._proceed(self._furthest())
        segment.last = packet.index - 1
        self._add(segment.follow(packet.index, segment.seq, timestamp - packet.timestamp))

    def drift(self, due: int) -> int:
        """How many ticks the stream lags behind the clock, by which `last` would be stamped `due`."""
        if self._segment is None or self._last is None:
            return 0
        return distance32(due, self._last.timestamp + self._segment.timestamp)

    def correct(self, drift: int) -> None:
        """Shift timestamps by `drift` ticks at the next frame, as far as they still go forward."""
        if self._segment is not None:
            furthest = self._furthest()
            self._slew = drift or self._owed
            self._proceed(furthest)

    def again(self, seq: int) -> bytes | None:
        """What was sent as `seq`, byte for byte; None if nothing was, or it is no longer here."""
        sent = self.sent
        out = unroll16(seq, sent)
        if not sent - REACH < out <= sent:
            return None  # a number given away before its turn would be a nonce used twice
        segment = self._history.of(out)
        if segment is None or not segment.holds(out - segment.seq):
            return None
        packet = segment.ring.get(out - segment.seq)
        return self._copy(packet, segment.at(packet)) if packet is not None else None

    def _write_carefully(self, packet: AnyPacket) -> bytes | None:
        """A packet that is late, or comes after a gap, or finds a correction waiting."""
        segment = self._segment
        if segment is None:
            return None
        furthest = self._furthest()
        if packet.index < furthest:
            return self._write_late(packet)
        if self._slew and packet.index == furthest and packet.body and self._is_whole(self._last):
            corrected = self._correct(packet, segment)
            if corrected is None:
                return None
            segment = corrected
        if packet.body:
            self._last = packet
        self._proceed(packet.index + 1)
        return self._copy(packet, segment)

    def _write_late(self, packet: AnyPacket) -> bytes | None:
        segment = self._history.holding(packet.index, self._run)
        if segment is None:
            return None
        if packet.body and self._last is not None and packet.index > self._last.index:
            self._last = packet  # only padding had overtaken it
        return self._copy(packet, segment.at(packet))

    def _leave_out(self, packet: AnyPacket, segment: Segment[AnyPacket], ticks: int) -> None:
        """Close up over `packet`, which comes next, and over so many ticks."""
        if (
            segment.first == packet.index
        ):  # nothing has been sent of it yet: what came before was left out as well
            segment.first += 1
            segment.seq -= 1
            segment.timestamp -= ticks
        else:
            segment.last = packet.index - 1
            self._add(segment.follow(packet.index + 1, segment.seq - 1, segment.timestamp - ticks))
        self._proceed(packet.index + 1)

    def _correct(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> Segment[AnyPacket] | None:
        """Make the correction that waits, at `packet`, which begins a frame; None if that leaves the packet out."""
        plain, slew, last = packet.timestamp + segment.timestamp, self._slew, self._last
        self._slew = 0
        if last is not None:
            room = distance32(plain, last.timestamp + segment.timestamp) - self.squeeze
            if slew > 0 or room > 0:
                self.realign(packet, plain + slew)
                stamped = packet.timestamp + (self._segment or segment).timestamp
                self._owed = min(0, distance32(plain + slew, stamped))
        return self._segment or segment

    def _furthest(self) -> int:
        """The index after the furthest one of this run."""
        return self._next if self._next != NEVER else self._waits

    def _proceed(self, index: int) -> None:
        """Expect `index` next: on the plain path unless a correction waits."""
        self._next, self._waits = (NEVER, index) if self._slew else (index, NEVER)

    def _add(self, segment: Segment[AnyPacket]) -> None:
        self._segment = segment
        self._history.add(segment)

    def _forward(self, due: int, step: int) -> int:
        """`due`, or where that is not after what was sent last, `step` after it."""
        last = self._timestamp
        return due if last is None or distance32(due, last) >= step else last + step

    @abstractmethod
    def _is_whole(self, packet: AnyPacket | None) -> bool:
        """Whether a new frame can begin after `packet`."""

    def _count_on(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Choose the shifts of what the payload counts, so that `packet` counts on from what was sent."""

    def _remember(self, packet: AnyPacket, segment: Segment[AnyPacket]) -> None:
        """Keep what the payload counted last."""

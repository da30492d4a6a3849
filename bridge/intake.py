"""One incoming stream of a source: each packet is read, placed and kept once, then copied to every slot that
shows it.

`Intake.receive` is the way of every packet through the bridge. It is synchronous: no task, no queue, no
waiting, and whatever is wrong with a packet is counted by reason and ends here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from bridge.rtp.clock import SourceClock
from bridge.rtp.header import AnyPacket, MalformedPacket, Packet, parse
from bridge.rtp.nack import Missing
from bridge.rtp.reception import Reception
from bridge.rtp.ring import AUDIO, Ring
from bridge.rtp.rtcp import ReportBlock
from bridge.rtp.serial import distance16, distance32

PAYLOAD = 1330
"""Bytes. With the header and SRTP's tag this fills an Ethernet frame, and it is what pylibsrtp's buffer
takes."""
DROPOUT = 3000
"""Packets that a sequence may leap (RFC 3550 section A.1); two in a row beyond that are a stream that begins
anew."""
FIRST = 0x1_0000
"""Added to the first sequence number of a run: room below it for packets that it has overtaken."""
SILENCE = 1.0
"""Seconds of silence after which another SSRC may take the stream's place: a new camera, not a stranger."""
LEAP = 1.0
"""Seconds that a timestamp may outrun the time between two packets before it is led back to the clock."""


Shown = TypeVar("Shown", bound=Packet, contravariant=True)


class Subscriber(Protocol[Shown]):
    """What a slot is to the stream it shows, or waits to show."""

    def forward(self, packet: Shown) -> None:
        """A packet of the stream it shows."""

    def pad(self, packet: Shown) -> None:
        """One without a payload."""

    def leap(self, packet: Shown) -> None:
        """`packet`, which comes next, has a timestamp that leaves the clock."""

    def enter(self, packet: Shown) -> None:
        """A packet with which the stream that it waits for can begin."""

    def restart(self) -> None:
        """The stream it shows begins anew: what comes has no bearing on what was."""

    def lose(self, intake: object) -> None:
        """The stream of that intake is gone."""


class Wire:
    """What the streams of one source share."""

    __slots__ = ("clock", "dropped", "owners", "send", "ssrc")

    def __init__(self, send: Callable[[bytes], object], ssrc: int) -> None:
        """`send` takes RTCP to the sender, `ssrc` is ours in it."""
        self.send = send
        self.ssrc = ssrc
        self.clock = SourceClock()
        self.dropped: Counter[str] = Counter()
        """Packets not used, by reason."""
        self.owners: dict[int, object] = {}
        """Which stream has which SSRC: none takes another's."""


class Intake(ABC, Generic[AnyPacket]):
    """What sound and pictures have in common."""

    packet_type: type[AnyPacket]
    places: int
    """Packets kept for repairs."""

    def __init__(self, wire: Wire, *, rate: int, ssrc: int | None, now: float) -> None:
        """`rate` in ticks a second; `ssrc` where the offer named one."""
        self.rate = rate
        self.ssrc: int | None = None
        self.heard = now
        """When its last packet came; before the first, when it was set up."""
        self.began: float | None = None
        """When its first packet came."""
        self.packets = 0
        self.octets = 0
        self.slots: tuple[Subscriber[AnyPacket], ...] = ()
        """Who shows it. Tuples are replaced, never changed: a cut happens while one of them is walked."""
        self.waiting: tuple[Subscriber[AnyPacket], ...] = ()
        """Who shows it as soon as it can begin."""
        self._wire = wire
        self._suspect = -1
        self._lost_before = 0
        self._begin_run()
        if ssrc is not None and ssrc not in wire.owners:
            self._claim(ssrc)

    def _begin_run(self) -> None:
        """Forget the sequence so far: what comes next is its first packet."""
        self.ring: Ring[AnyPacket] = Ring(self.places)
        self.missing = Missing()
        self.reception = Reception(self.rate)
        self._timestamp: int | None = None

    # The way of a packet --------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """Take in one plain RTP packet."""
        try:
            packet = parse(data, self.packet_type)
            if packet.end - packet.start > PAYLOAD:
                raise MalformedPacket(f"a payload of {packet.end - packet.start} bytes cannot be sent on")
            bits = self._read(packet)
        except MalformedPacket:
            self._wire.dropped["malformed"] += 1
            return
        if packet.ssrc != self.ssrc and not self._adopt(packet.ssrc, now):
            self._wire.dropped["foreign-ssrc"] += 1
            return
        refused = self._place(packet) or self._take(packet, bits)
        if refused:
            self._wire.dropped[refused] += 1
            return
        packet.arrival = now
        packet.data = b""  # its payload is in `body`; the ring need not keep it twice
        newest = self.ring.newest
        self.ring.put(packet)
        self._note(packet, newest, now)
        if packet.body:
            for slot in self.slots:
                slot.forward(packet)
        else:
            for slot in self.slots:
                slot.pad(packet)
        if self.waiting and self._can_begin(packet):
            for slot in self.waiting:
                slot.enter(packet)

    @abstractmethod
    def _read(self, packet: AnyPacket) -> int:
        """Fill in what the payload tells. Returns the bits of its picture ID, 0 where it has none."""

    def _take(self, packet: AnyPacket, bits: int) -> str | None:
        """Fit a placed packet into the run; the reason if it cannot be."""
        return None

    def _note_gap(self, first: int, end: int, now: float) -> None:
        """Packets `first` up to `end` were passed over."""

    @abstractmethod
    def _can_begin(self, packet: AnyPacket) -> bool:
        """Whether a slot can change to this stream with this packet."""

    def _place(self, packet: AnyPacket) -> str | None:
        """Give the packet its index, or the reason why it has none (RFC 3550 section A.1)."""
        ring = self.ring
        if ring.newest < 0:
            packet.index = packet.seq + FIRST
            return None
        index = ring.newest + distance16(packet.seq, ring.newest & 0xFFFF)
        if index > ring.newest + DROPOUT or not ring.reaches(index):
            if packet.seq != self._suspect:
                self._suspect = (packet.seq + 1) & 0xFFFF
                return "out-of-sequence"
            self._restart()
            packet.index = packet.seq + FIRST
            return None
        packet.index = index
        return "duplicate" if index <= ring.newest and ring.get(index) is not None else None

    def _note(self, packet: AnyPacket, newest: int, now: float) -> None:
        """Keep the books: gaps, leaps, figures. `newest` is the index that was the furthest before."""
        if packet.index > newest:
            if newest >= 0 and packet.index > newest + 1:
                self._note_gap(newest + 1, packet.index, now)
            if packet.timestamp != self._timestamp:
                self._watch_timestamp(packet, now)
        else:
            self.missing.came(packet.index)
        self.heard = now
        if self.began is None:
            self.began = now
        self.packets += 1
        self.octets += len(packet.body)
        self.reception.came(packet.index, packet.timestamp, now)

    def _watch_timestamp(self, packet: AnyPacket, now: float) -> None:
        """A timestamp may stand still for a while or come in a burst, but not run ahead of time or back."""
        if self._timestamp is not None:
            ahead = distance32(packet.timestamp, self._timestamp)
            if not -LEAP * self.rate <= ahead <= (now - self.heard + LEAP) * self.rate:
                for slot in self.slots:
                    slot.leap(packet)
        self._timestamp = packet.timestamp

    # Beginning anew -------------------------------------------------------------------------------

    def _adopt(self, ssrc: int, now: float) -> bool:
        """Whether `ssrc` is now this stream's: the first one is, and a later one after a silence."""
        if self.ssrc is not None and now - self.heard < SILENCE:
            return False
        if self._wire.owners.get(ssrc, self) is not self:
            return False
        self._claim(ssrc)
        if self.ring.newest >= 0:
            self._restart()
        return True

    def _claim(self, ssrc: int) -> None:
        if self.ssrc is not None:
            del self._wire.owners[self.ssrc]
            self._wire.clock.forget(self.ssrc)
        self.ssrc = ssrc
        self._wire.owners[ssrc] = self

    def _restart(self) -> None:
        """The sender began a new sequence: slots cut to it as to another source."""
        self._lost_before = self.lost
        self._begin_run()
        for slot in self.slots:
            slot.restart()

    # For slots and reports ------------------------------------------------------------------------

    def due(self, packet: Packet) -> float:
        """When `packet` was due here by the source's clock, in monotonic seconds."""
        return self._wire.clock.due(packet.ssrc, packet.timestamp, self.rate, packet.arrival)

    def believed(self, packet: Packet) -> float | None:
        """The same if the source's reports tell, else None."""
        return self._wire.clock.believed(packet.ssrc, packet.timestamp, self.rate, packet.arrival)

    @property
    def lost(self) -> int:
        """Packets lost since the stream was set up."""
        return self._lost_before + max(0, self.reception.lost)

    def request_keyframe(self, now: float) -> None:
        """Ask for a packet that a slot can begin with; with sound, any will do."""

    def tick(self, now: float, rtt: float | None) -> None:
        """Send what the sender is to be asked for; `rtt` in seconds."""

    def report(self, now: float) -> ReportBlock | None:
        """The receiver report block, once there is something to report."""
        return self.reception.report(self.ssrc, now) if self.ssrc is not None and self.packets else None

    def close(self) -> None:
        """Let go of every slot."""
        for slot in (*self.slots, *self.waiting):
            slot.lose(self)
        self.slots = self.waiting = ()


class AudioIntake(Intake[Packet]):
    """Opus: any packet is one to begin with."""

    packet_type = Packet
    places = AUDIO

    def _read(self, packet: Packet) -> int:
        packet.body = packet.data[packet.start : packet.end]
        return 0

    def _can_begin(self, packet: Packet) -> bool:
        return bool(packet.body)

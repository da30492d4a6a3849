"""One incoming stream of a source: each packet is read, placed and kept once, then copied to every slot that
shows it.

`Intake.receive` is the way of every packet through the bridge. It is synchronous: no task, no queue, no
waiting, and whatever is wrong with a packet is counted by reason and ends here.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Generic

from bridge.rtp import rtcp
from bridge.rtp.header import AnyPacket, MalformedPacket, Packet, parse
from bridge.rtp.losswatch import LossWatch
from bridge.rtp.nack import Missing
from bridge.rtp.reception import Reception
from bridge.rtp.ring import AUDIO, Ring
from bridge.rtp.rtcp import ReportBlock
from bridge.rtp.serial import distance16, distance32
from bridge.source.context import Refused, StreamContext, Subscriber

__all__ = ["AudioIntake", "Intake", "StreamContext"]

PAYLOAD = 1488
"""Bytes: what a datagram of 1500 can carry behind an RTP header. `bridge.net.srtp` has room for what the header of
a copy, a repair and SRTP's tag add; a copy that then fills more than the path's frames is fragmented by IP."""
DROPOUT = 3000
"""Packets that a sequence may leap (RFC 3550 section A.1); two in a row beyond that are a stream that begins
anew."""
FIRST = 0x1_0000
"""Added to the first sequence number of a run: room below it for packets that it has overtaken."""
SILENCE = 1.0
"""Seconds of silence after which another SSRC may take the stream's place, whatever it begins with."""
RENEWAL_EVERY = 5.0
"""Seconds between two SSRCs that take a stream's place without that silence. An encoder that restarts does so once;
each change is a cut for all who see the source, and a faulty sender must not make them one after the other."""
LEAP = 1.0
"""Seconds that a timestamp may outrun the time between two packets before it is led back to the clock."""
STALL = 0.3
"""Seconds without a packet after which a stream stands still."""
FRAMES = 2.5
"""Or this many frames, if that is longer: a dim camera sends five a second, and one may be late."""
SLOWEST = 1.0
"""Seconds: frames that lie further apart say no more than this of how slow the camera is. It may have paused."""
RARE = 0.4
"""Mean seconds between frames from which on they are those of a shared screen or a slide, sent when it changes. Of such
a stream a sender report says whether anything was sent: a camera that stops is found out sooner."""
REPORTED = 6.0
"""Seconds for which a sender report holds. Browsers send one a second, others every 5 s (RFC 3550 section 6.2)."""
FRAGILE = 0.05
"""Loss of sound that its sender is told of at the least. Opus sends each packet's gist again in the next one (in-band
FEC) only when it is told of losses, and of those on the lines of who listens it would hear nothing. With 5 % lost
there, Chromium made up 4.6 % of the sound without it, and 1.2 % with it."""
RESTARTED = 0.1
"""Seconds, five packets, without sound after which another SSRC may be the same encoder, restarted."""
LEVEL = 0x7F
"""Seven bits of a level; the eighth says whether it is a voice (RFC 6464 section 3)."""


class Intake(ABC, Generic[AnyPacket]):
    """What sound and pictures have in common."""

    packet_type: type[AnyPacket]
    places: int
    """Packets kept for repairs."""
    _read: Callable[[AnyPacket], int]
    """Fills in what the payload tells. Returns the bits of its picture ID, 0 where it has none."""

    def __init__(
        self,
        wire: StreamContext,
        *,
        codecs: Mapping[int, str],
        rate: int,
        ssrc: int | None,
        now: float,
        nack: bool,
    ) -> None:
        """`codecs` by payload type, `rate` in ticks a second; `ssrc` where the offer named one; `nack`: the sender
        answers NACKs."""
        self.codecs = codecs
        self.codec = next(iter(codecs.values()))
        """What it comes in; before the first packet, the first that was agreed on."""
        self.rate = rate
        self.ssrc: int | None = None
        self.heard = now
        """When its last packet with a payload came; before the first, when it was set up."""
        self.began: float | None = None
        """When its first packet came."""
        self.packets = 0
        self.octets = 0
        self.slots: tuple[Subscriber[AnyPacket], ...] = ()
        """Who shows it. Tuples are replaced, never changed: a cut happens while one of them is walked."""
        self.waiting: tuple[Subscriber[AnyPacket], ...] = ()
        """Who shows it as soon as it can begin."""
        self.way = LossWatch()
        """From the sender to here."""
        self._wire = wire
        self._nack = nack
        self._rtt: float | None = None
        """Round trip to the sender in seconds, as last told."""
        self._payload_type = -1
        self._interval = 0.0
        self._sent_more = 0
        """Packets that had been sent and not come, by the sender report before."""
        self._all_here = -math.inf
        """When a sender report came by which all that was sent since the one before is here."""
        self._suspect = -1
        self._lost_before = 0
        self._former: int | None = None
        """The SSRC before this one. Its packets that are still under way must not take the stream back."""
        self._renewal_due = -math.inf
        self._begin_run()
        if ssrc is not None:
            self.adopt(ssrc, now)

    def _begin_run(self) -> None:
        """Forget the sequence so far: what comes next is its first packet."""
        self.ring: Ring[AnyPacket] = Ring(self.places)
        self.missing = Missing()
        self.reception = Reception(self.rate)
        self._timestamp: int | None = None

    # The way of a packet --------------------------------------------------------------------------

    def receive(self, data: bytes, now: float, repaired: bool = False) -> None:
        """Take in one plain RTP packet of this stream; `repaired`: it came in another, because it was asked for."""
        try:
            packet = parse(data, self.packet_type)
            if packet.end - packet.start > PAYLOAD:
                raise Refused("too-large")
            packet.arrival = now
            if packet.payload_type != self._payload_type:
                self._turn(packet)
            bits = self._read(packet)
            self._place(packet, repaired)
            self._take(packet, bits)
        except (MalformedPacket, Refused) as fault:
            self._wire.drop("malformed" if isinstance(fault, MalformedPacket) else str(fault))
            return
        packet.data = b""  # its payload is in `body`; the ring need not keep it twice
        newest = self.ring.newest
        self.ring.put(packet)
        self._note(packet, newest, repaired)
        if packet.body:
            for slot in self.slots:
                slot.forward(packet)
        else:
            for slot in self.slots:
                slot.pad(packet)
        if self.waiting and self._can_begin(packet):
            for slot in self.waiting:
                slot.enter(packet)

    def _turn(self, packet: AnyPacket) -> None:
        """`packet` has another payload type than the one before."""
        if packet.payload_type not in self.codecs:
            raise Refused("payload-type")
        self._payload_type = packet.payload_type

    def _take(self, packet: AnyPacket, bits: int) -> None:
        """Fit a placed packet into the run."""

    def _note_gap(self, first: int, end: int, now: float) -> None:
        """Packets `first` up to `end` were passed over."""
        self.way.note(now)
        if self._nack:
            self.missing.gap(first, end, now)
            self._ask_again(now)

    def _ask_again(self, now: float) -> None:
        """For packets that are missing."""
        lost = self.missing.due(now, self._rtt)
        if lost and self.ssrc is not None:
            self._wire.send(rtcp.nack(self._wire.ssrc, self.ssrc, [index & 0xFFFF for index in lost]))

    @abstractmethod
    def _can_begin(self, packet: AnyPacket) -> bool:
        """Whether a slot can change to this stream with this packet."""

    def _place(self, packet: AnyPacket, repaired: bool) -> None:
        """Give the packet its index (RFC 3550 section A.1)."""
        ring = self.ring
        newest = ring.newest
        packet.index = index = newest + distance16(packet.seq, newest & 0xFFFF)
        if index == newest + 1 and newest >= 0:
            return
        if newest < 0 or index > newest + DROPOUT or not ring.reaches(index):
            if repaired:
                raise Refused("repair: beyond reach")  # it says nothing of where the stream is
            if newest >= 0:
                if packet.seq != self._suspect:
                    self._suspect = (packet.seq + 1) & 0xFFFF
                    raise Refused("out-of-sequence")
                self._restart()
            packet.index = packet.seq + FIRST
        elif index <= newest and ring.get(index) is not None:
            raise Refused("repair: not needed" if repaired else "duplicate")

    def _note(self, packet: AnyPacket, newest: int, repaired: bool) -> None:
        """Keep the books: gaps, leaps, figures. `newest` is the index that was the furthest before."""
        now = packet.arrival
        if packet.index > newest:
            if newest >= 0 and packet.index > newest + 1:
                self._note_gap(newest + 1, packet.index, now)
            if packet.timestamp != self._timestamp:
                self._watch_timestamp(packet, now)
        else:
            self.missing.came(packet.index)
        if packet.body:
            self.heard = now
            self.octets += len(packet.body)
        if self.began is None:
            self.began = now
        self.packets += 1
        if not repaired:
            # To its sender a packet that had to be sent again is lost: it says how good the way is (RFC 4588
            # section 3, and so does libwebrtc). Where repairs come in the stream itself, nothing tells them apart.
            self.reception.came(packet.index, packet.timestamp, now)

    def _watch_timestamp(self, packet: AnyPacket, now: float) -> None:
        """A timestamp may stand still for a while or come in a burst, but not run ahead of time or back."""
        if self._timestamp is not None:
            ahead = distance32(packet.timestamp, self._timestamp)
            if not -LEAP * self.rate <= ahead <= (now - self.heard + LEAP) * self.rate:
                for slot in self.slots:
                    slot.leap(packet)
            elif ahead > 0:
                self._space(min(ahead / self.rate, SLOWEST))
        self._timestamp = packet.timestamp

    def _space(self, seconds: float) -> None:
        """Two frames lie so far apart, by their sender's clock: what the network does to them is not in it."""
        self._interval = self._interval + (seconds - self._interval) / 8 if self._interval else seconds

    # Beginning anew -------------------------------------------------------------------------------

    def adopt(self, ssrc: int, now: float, *, begins: bool = False) -> bool:
        """Whether `ssrc`, if it is nobody's, is now this stream's.

        The first is, and a later one after a silence. One that `begins` a picture or sound anew is so at once, since an
        encoder that restarts takes another SSRC, but not one after the other.
        """
        key = ssrc.to_bytes(4, "big")
        if key in self._wire.routes or (self.ssrc is not None and not self._gives_way(ssrc, now, begins)):
            return False
        if self.ssrc is not None:
            if now - self.heard < SILENCE:
                self._renewal_due = now + RENEWAL_EVERY
            del self._wire.routes[self.ssrc.to_bytes(4, "big")]
            self._wire.clock.forget(self.ssrc)
            self._former = self.ssrc
        self.ssrc = ssrc
        self._wire.routes[key] = self.receive
        if self.ring.newest >= 0:
            self._restart()
        return True

    def _gives_way(self, ssrc: int, now: float, begins: bool) -> bool:
        if now - self.heard >= SILENCE:
            return True
        return begins and ssrc != self._former and now >= self._renewal_due

    @abstractmethod
    def begins_with(self, data: bytes, now: float) -> bool:
        """Whether a sender that has restarted may begin with this plain packet of another SSRC."""

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
    def patience(self) -> float:
        """Seconds without a packet after which it stands still, by how often its frames come."""
        return max(STALL, FRAMES * self._interval)

    def is_silent(self, now: float) -> bool:
        """Whether it stands still: nothing comes, and not because its sender has nothing new to show."""
        return now - self.heard > self.patience and not self._is_idle(now)

    def is_still(self, now: float) -> bool:
        """Whether its last picture stands for a while now, since nothing came that would change it."""
        return now - self.heard > SLOWEST and not self.is_silent(now)

    def note_sent(self, packets: int, now: float) -> None:
        """A sender report came: so many packets were sent in all."""
        more = (packets - self.packets) & 0xFFFF_FFFF
        self._all_here = now if more == self._sent_more else -math.inf
        self._sent_more = more

    def _is_idle(self, now: float) -> bool:
        is_rare = self._interval >= RARE or not self._interval  # or there has been one frame so far
        return is_rare and self._all_here >= self.heard and now - self._all_here <= REPORTED

    @property
    def lost(self) -> int:
        """Packets lost on their way since the stream was set up, whether they came in a repair or not."""
        return self._lost_before + max(0, self.reception.lost)

    def request_keyframe(self, now: float) -> None:
        """Ask for a packet that a slot can begin with; with sound, any will do."""

    def tick(self, now: float, rtt: float | None) -> None:
        """Send what the sender is to be asked for; `rtt` in seconds."""
        self._rtt = rtt
        self._ask_again(now)

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

    def __init__(
        self,
        wire: StreamContext,
        *,
        codecs: Mapping[int, str],
        rate: int,
        ssrc: int | None,
        now: float,
        nack: bool = False,
        level: int | None = None,
    ) -> None:
        """`level`: id of the header extension that tells how loud a packet is (RFC 6464)."""
        self._loudest: int | None = None
        self._level = level
        self._read = self._read_sound
        super().__init__(wire, codecs=codecs, rate=rate, ssrc=ssrc, now=now, nack=nack)

    def take_level(self) -> float | None:
        """The loudest level since last asked, in dBov (0 to -127); None if no packet told one."""
        loudest, self._loudest = self._loudest, None
        return None if loudest is None else float(loudest)

    def _read_sound(self, packet: Packet) -> int:
        packet.body = packet.data[packet.start : packet.end]
        value = packet.extension(self._level) if self._level is not None else None
        packet.level = level = -(value[0] & LEVEL) if value else None
        if level is not None and (self._loudest is None or level > self._loudest):
            self._loudest = level
        return 0

    def _can_begin(self, packet: Packet) -> bool:
        return bool(packet.body)

    def begins_with(self, data: bytes, now: float) -> bool:
        """Any packet is one to begin with, so a pause tells a restart from a second microphone."""
        return now - self.heard >= RESTARTED

    def report(self, now: float) -> ReportBlock | None:
        block = super().report(now)
        return block and block._replace(fraction_lost=max(block.fraction_lost, FRAGILE))

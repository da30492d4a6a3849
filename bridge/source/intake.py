"""One incoming stream of a source: each packet is parsed, ordered and stored once, then forwarded to every slot.

`Intake.receive` is on the path of every packet through the bridge. It is synchronous, without tasks or queues. An
unusable packet is counted by reason and goes no further.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic

from bridge.rtp import rtcp
from bridge.rtp.header import AnyPacket, MalformedPacket, parse
from bridge.rtp.losswatch import LossWatch
from bridge.rtp.nack import NackGenerator
from bridge.rtp.reception import ReceptionStats
from bridge.rtp.ring import Ring
from bridge.rtp.rtcp import ReportBlock
from bridge.rtp.serial import distance16, distance32
from bridge.source.context import PacketDropped, RtpParameters, StreamContext, Subscriber
from bridge.source.stall import StallDetector

MAX_PAYLOAD_BYTES = 1488
"""What a datagram of 1500 bytes can hold behind an RTP header. `bridge.net.srtp` has room for what a copy's header, RTX
and SRTP add. If the copy then exceeds the path's MTU, IP fragments it."""
MAX_DROPOUT = 3000
"""Packets that a sequence may jump (RFC 3550 section A.1). Two in a row beyond that begin a new sequence."""
FIRST_CYCLE = 0x1_0000
"""Added to the first sequence number of a run, so that packets it has overtaken have positive indexes."""
SSRC_TIMEOUT_S = 1.0
"""Seconds without a packet after which any other SSRC may replace the stream's."""
SSRC_CHANGE_INTERVAL_S = 5.0
"""Seconds between two replacements without that timeout. An encoder restarts once. Each change is a cut for all slots,
and a faulty sender must not cause a series of them."""
MAX_TIMESTAMP_JUMP_S = 1.0
"""Seconds that a timestamp may be ahead of elapsed time before it is realigned with the clock."""


class Intake(ABC, Generic[AnyPacket]):
    """What sound and pictures have in common."""

    packet_type: type[AnyPacket]
    ring_size: int
    _parse_payload: Callable[[AnyPacket], int]
    """Fills in the packet's fields. Returns the length of its picture ID in bits, 0 without one."""

    def __init__(self, context: StreamContext, parameters: RtpParameters, now: float) -> None:
        self.codecs = parameters.codecs
        """By payload type."""
        self.codec = next(iter(self.codecs.values()))
        """What it comes in; before the first packet, the first that was agreed on."""
        self.clock_rate = parameters.clock_rate
        self.ssrc: int | None = None
        self.first_packet_at: float | None = None
        self.packets = 0
        self.octets = 0
        self.subscribers: tuple[Subscriber[AnyPacket], ...] = ()
        """The slots that show it. Tuples are replaced, not changed: a cut may happen during iteration."""
        self.waiting: tuple[Subscriber[AnyPacket], ...] = ()
        """The slots that will show it from a switch point on."""
        self.stall = StallDetector(now)
        self.losses = LossWatch()
        """On the path from the sender."""
        self._context = context
        self._nack = parameters.nack
        self._rtt: float | None = None
        """Round trip to the sender in seconds."""
        self._payload_type = -1
        self._next_after_jump = -1
        """The sequence number that would confirm a jump."""
        self._lost_before = 0
        self._previous_ssrc: int | None = None
        """Its packets that are still on their way must not take the stream back."""
        self._ssrc_change_due = -math.inf
        self._begin_run()

    def _begin_run(self) -> None:
        """The next packet is the first of a sequence."""
        self.ring: Ring[AnyPacket] = Ring(self.ring_size)
        self.nacks = NackGenerator()
        self.reception = ReceptionStats(self.clock_rate)
        self._timestamp: int | None = None

    # Slots ----------------------------------------------------------------------------------------

    def await_switch_point(self, slot: Subscriber[AnyPacket]) -> None:
        """Call `slot.on_switch_point` for each packet that it can begin with, until it subscribes or unsubscribes."""
        self.waiting = (*self.waiting, slot)

    def subscribe(self, slot: Subscriber[AnyPacket]) -> None:
        """Forward every packet to `slot` from the next one on."""
        self.unsubscribe(slot)
        self.subscribers = (*self.subscribers, slot)

    def unsubscribe(self, slot: Subscriber[AnyPacket]) -> None:
        """Neither forward packets to `slot` nor report switch points."""
        self.subscribers = tuple(other for other in self.subscribers if other is not slot)
        self.waiting = tuple(other for other in self.waiting if other is not slot)

    def close(self) -> None:
        """End the stream for every slot."""
        self._for_each((*self.subscribers, *self.waiting), lambda slot: slot.on_stream_closed(self))
        self.subscribers = self.waiting = ()

    # The path of a packet -------------------------------------------------------------------------

    def receive(self, data: bytes, now: float, is_retransmission: bool = False) -> None:
        """Take in one plain RTP packet of this stream; `is_retransmission`: it came by RTX."""
        try:
            packet = parse(data, self.packet_type)
            if packet.end - packet.start > MAX_PAYLOAD_BYTES:
                raise PacketDropped("too-large")
            packet.arrival = now
            if packet.payload_type != self._payload_type:
                self._change_payload_type(packet)
            picture_id_bits = self._parse_payload(packet)
            self._assign_index(packet, is_retransmission)
            self._process(packet, picture_id_bits)
        except (MalformedPacket, PacketDropped) as fault:
            self._context.drop("malformed" if isinstance(fault, MalformedPacket) else str(fault))
            return
        packet.data = b""  # the payload is in `body`; the ring need not store it twice
        newest = self.ring.newest
        self.ring.put(packet)
        self._record(packet, newest, is_retransmission)
        if packet.body:
            for slot in self.subscribers:
                try:
                    slot.forward(packet)
                except Exception:  # noqa: BLE001 - a bug of one receiver, which logs it, must not end the sender
                    self._fail(slot)
        else:
            self._for_each(self.subscribers, lambda slot: slot.on_padding(packet))
        if self.waiting and self._may_be_switch_point(packet):
            self._for_each(self.waiting, lambda slot: slot.on_switch_point(packet))

    def _change_payload_type(self, packet: AnyPacket) -> None:
        """`packet` has another payload type than the one before."""
        if packet.payload_type not in self.codecs:
            raise PacketDropped("payload-type")
        self._payload_type = packet.payload_type

    def _process(self, packet: AnyPacket, picture_id_bits: int) -> None:
        """Check a packet with its index against the run."""

    @abstractmethod
    def _may_be_switch_point(self, packet: AnyPacket) -> bool:
        """Whether a slot may be able to begin with this stream now that `packet` has come."""

    def _assign_index(self, packet: AnyPacket, is_retransmission: bool) -> None:
        """Unwrap the sequence number (RFC 3550 section A.1)."""
        ring = self.ring
        newest = ring.newest
        packet.index = index = newest + distance16(packet.seq, newest & 0xFFFF)
        if index == newest + 1 and newest >= 0:
            return
        if newest < 0 or index > newest + MAX_DROPOUT or not ring.has_place_for(index):
            if is_retransmission:
                raise PacketDropped("rtx: out of reach")  # it does not say where the sequence is now
            if newest >= 0:
                if packet.seq != self._next_after_jump:
                    self._next_after_jump = (packet.seq + 1) & 0xFFFF
                    raise PacketDropped("out-of-sequence")
                self._restart()
            packet.index = packet.seq + FIRST_CYCLE
        elif index <= newest and ring.get(index) is not None:
            raise PacketDropped("rtx: not needed" if is_retransmission else "duplicate")

    def _record(self, packet: AnyPacket, newest: int, is_retransmission: bool) -> None:
        """Update gaps, timestamps and statistics. `newest` is the highest index before this packet."""
        now = packet.arrival
        if packet.index > newest:
            if newest >= 0 and packet.index > newest + 1:
                self._on_gap(newest + 1, packet.index, now)
            if packet.timestamp != self._timestamp:
                self._check_timestamp(packet, now)
        else:
            self.nacks.on_late_packet(packet.index)
        if packet.body:
            self.stall.last_packet_at = now
            self.octets += len(packet.body)
        if self.first_packet_at is None:
            self.first_packet_at = now
        self.packets += 1
        if not is_retransmission:
            # A retransmitted packet is reported as lost, since the report is on the quality of the path (RFC 4588
            # section 3; libwebrtc does the same). Without RTX a retransmission cannot be told from the original.
            self.reception.on_packet(packet.index, packet.timestamp, now)

    def _on_gap(self, first: int, end: int, now: float) -> None:
        """Packets `first` up to `end`, exclusive, are missing."""
        self.losses.on_loss(now)
        if self._nack:
            self.nacks.on_gap(first, end, now)
            self._send_nack(now)

    def _send_nack(self, now: float) -> None:
        lost = self.nacks.take_due(now, self._rtt)
        if lost and self.ssrc is not None:
            self._context.send(rtcp.nack(self._context.ssrc, self.ssrc, [index & 0xFFFF for index in lost]))

    def _check_timestamp(self, packet: AnyPacket, now: float) -> None:
        """Timestamps may pause or come in a burst, but not run ahead of elapsed time or jump back."""
        if self._timestamp is not None:
            ahead = distance32(packet.timestamp, self._timestamp) / self.clock_rate
            elapsed = now - self.stall.last_packet_at
            if not -MAX_TIMESTAMP_JUMP_S <= ahead <= elapsed + MAX_TIMESTAMP_JUMP_S:
                self._for_each(self.subscribers, lambda slot: slot.on_timestamp_jump(packet))
            elif ahead > 0:
                self.stall.on_frame(ahead)
        self._timestamp = packet.timestamp

    # A new sequence -------------------------------------------------------------------------------

    def bind_ssrc(self, ssrc: int, now: float, *, is_restart: bool = False) -> bool:
        """Take `ssrc` as this stream's, unless it is another's; whether it did.

        The first SSRC is taken, and another one after a timeout. An encoder that restarts takes another SSRC: with
        `is_restart` (its packet begins sound or a picture anew) it is taken at once, limited in rate.
        """
        key = ssrc.to_bytes(4, "big")
        if key in self._context.handlers:
            return False
        if self.ssrc is not None:
            silence = now - self.stall.last_packet_at
            if silence < SSRC_TIMEOUT_S:
                if not is_restart or ssrc == self._previous_ssrc or now < self._ssrc_change_due:
                    return False
                self._ssrc_change_due = now + SSRC_CHANGE_INTERVAL_S
            del self._context.handlers[self.ssrc.to_bytes(4, "big")]
            self._context.clock.forget(self.ssrc)
            self._previous_ssrc = self.ssrc
        self.ssrc = ssrc
        self._context.handlers[key] = self.receive
        if self.ring.newest >= 0:
            self._restart()
        return True

    @abstractmethod
    def can_restart_with(self, data: bytes, now: float) -> bool:
        """Whether a restarted encoder may begin with this plain packet of another SSRC."""

    def _restart(self) -> None:
        """The sender began a new sequence: slots switch to it as to another source."""
        self._lost_before = self.lost
        self._begin_run()
        self._for_each(self.subscribers, lambda slot: slot.on_restart())

    def _for_each(
        self, slots: tuple[Subscriber[AnyPacket], ...], notify: Callable[[Subscriber[AnyPacket]], None]
    ) -> None:
        for slot in slots:
            try:
                notify(slot)
            except Exception:  # noqa: BLE001 - as in `receive`
                self._fail(slot)

    def _fail(self, slot: Subscriber[AnyPacket]) -> None:
        """End the peer of a slot that has raised. The exception is being handled."""
        try:
            slot.fail()
        except Exception:  # noqa: BLE001 - not even that may end the sender
            self._context.drop("receiver-fault")

    # Clock and reports ----------------------------------------------------------------------------

    def reported_arrival(self, packet: AnyPacket) -> float | None:
        """When `packet` should have arrived by the sender reports, in monotonic seconds; None if they do not say."""
        return self._context.clock.expected_arrival(
            packet.ssrc, packet.timestamp, self.clock_rate, packet.arrival
        )

    def expected_arrival(self, packet: AnyPacket) -> float:
        """The same, or its actual arrival."""
        reported = self.reported_arrival(packet)
        return packet.arrival if reported is None else reported

    def on_sender_report(self, ntp: int, timestamp: int, packets: int, now: float) -> None:
        """A sender report of this stream came: 64 bits NTP, RTP timestamp, packets sent in all."""
        if self.ssrc is not None:
            self._context.clock.on_sender_report(self.ssrc, ntp, timestamp, now)
        self.reception.on_sender_report(ntp >> 16 & 0xFFFF_FFFF, now)
        self.stall.on_sender_report(packets, self.packets, now)

    @property
    def lost(self) -> int:
        """Packets lost on the path since the stream was set up, also if RTX recovered them."""
        return self._lost_before + max(0, self.reception.lost)

    def request_keyframe(self, now: float) -> None:
        """Request a packet that a slot can begin with; with sound any packet is one."""

    def tick(self, now: float, rtt: float | None) -> None:
        """Send what is due to the sender; `rtt` in seconds."""
        self._rtt = rtt
        self._send_nack(now)

    def build_report(self, now: float) -> ReportBlock | None:
        """The receiver report block, once there is something to report."""
        return self.reception.build_report(self.ssrc, now) if self.ssrc is not None and self.packets else None

"""A slot: one stream that a peer receives from join to leave, whichever source it shows.

A slot shows one intake and may wait for another. Until that one can begin, the old one runs on, so a cut has neither
black nor a frozen frame. `bridge.destination.slots` has what differs between sound and pictures.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import AnyPacket
from bridge.rtp.largeloss import LARGE_PACKET_BYTES
from bridge.rtp.retransmission import RetransmissionLog
from bridge.rtp.rewriter import Rewriter
from bridge.source.intake import Intake

MAX_DRIFT_S = 0.05
"""Seconds that timestamps may differ from the clock: half of what an eye notices between lips and voice. With a smaller
limit they would jump whenever a busy sender is late."""

AnyIntake = TypeVar("AnyIntake", bound=Intake[Any])


def _discard(data: bytes) -> None:
    """Takes the packets of a slot that is not connected."""


def _ignore() -> None:
    """Takes the faults of a slot that is not connected."""


class Slot(ABC, Generic[AnyPacket, AnyIntake]):
    """What sound and pictures have in common."""

    def __init__(self, name: str, ssrc: int, clock_rate: int, rewriter: Rewriter[AnyPacket]) -> None:
        self.name = name
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.source: str | None = None
        """The source routed to it, present or not."""
        self.current: AnyIntake | None = None
        """The intake it shows."""
        self.target: AnyIntake | None = None
        """The intake it will show from its next switch point on."""
        self.packets = 0
        self.octets = 0
        self.large_packets = 0
        """Of these packets, those above `LARGE_PACKET_BYTES`."""
        self.retransmissions = 0
        self._rewriter = rewriter
        self._write = rewriter.write
        self._send: Callable[[bytes], object] = _discard
        self._clock = ProgramClock(0.0, 0.0)
        self.fail: Callable[[], None] = _ignore
        """See `Subscriber.fail`."""
        self._retransmission_log = RetransmissionLog()

    @property
    def is_busy(self) -> bool:
        """Whether it shows an intake or waits for one."""
        return self.current is not None or self.target is not None

    def connect(
        self, send: Callable[[bytes], object], clock: ProgramClock, on_fault: Callable[[], None] = _ignore
    ) -> None:
        """Set the function that sends its packets, the clock of its timestamps, and what a bug in it calls."""
        self._send, self._clock, self.fail = send, clock, on_fault

    # Called by its intakes (`Subscriber`) ---------------------------------------------------------

    def forward(self, packet: AnyPacket) -> None:
        """Send on a packet of the current intake."""
        data = self._write(packet)
        if data is not None:
            self._send_one(data)

    def on_padding(self, packet: AnyPacket) -> None:
        """A packet without a payload came on the current intake."""
        data = self._rewriter.write_padding(packet)
        if data is not None:
            self._send_one(data)

    def on_switch_point(self, packet: AnyPacket) -> None:
        """The target can begin with `packet`: switch to it."""
        target = self.target
        payload_type = self._payload_type(target) if target is not None else None
        if target is None or payload_type is None:
            return
        timestamp = self._timestamp(target.expected_arrival(packet))
        low_delay = self._wants_low_delay(target, packet.arrival)
        copies = self._rewriter.switch(target.ring, packet, timestamp, payload_type, low_delay=low_delay)
        if copies:
            self._switch_to_target(copies)

    def on_timestamp_jump(self, packet: AnyPacket) -> None:
        """The timestamp of `packet`, which is forwarded next, has left the clock."""
        if self.current is not None:
            self._rewriter.realign(packet, self._timestamp(self.current.expected_arrival(packet)))

    def on_restart(self) -> None:
        """The current intake begins a new sequence: switch to it as to another one."""
        current = self.current
        self._leave_current()
        if self.target is None and current is not None:
            self._set_target(current)

    def on_stream_closed(self, intake: object) -> None:
        """`intake` has ended; its packets can still be retransmitted."""
        if self.target is intake:
            self._clear_target()
        if self.current is intake:
            self._leave_current()

    # Called by its destination --------------------------------------------------------------------

    def show(self, intake: AnyIntake | None, now: float) -> None:
        """Switch to `intake` as soon as it can begin; None stops at once."""
        if intake is None:
            self.stop()
            return
        if intake is (self.target or self.current):
            return
        self._clear_target()
        if intake is not self.current:
            self._set_target(intake)
            self._request_switch_point(intake, now)

    def stop(self) -> None:
        """Show nothing; the outgoing stream stays where it is."""
        self._clear_target()
        self._leave_current()

    def retransmit(self, seq: int, now: float, rtt: float | None) -> int:
        """Retransmit the packet of that sequence number, if it is stored and was not just retransmitted.

        Returns:
            The bytes sent, or 0.
        """
        if not self._retransmission_log.allows(seq, now, rtt):
            return 0
        data = self._rewriter.rebuild(seq)
        if data is None:
            return 0
        data = self._wrap_retransmission(data, now)
        self._retransmission_log.record(seq, now)
        self.retransmissions += 1
        self._send(data)
        return len(data)

    def on_keyframe_request(self, now: float) -> None:
        """The receiver requests a keyframe; sound needs none."""

    def tick(self, now: float) -> None:
        """Request a switch point while there is a target, and keep timestamps at the clock."""
        if self.target is not None:
            self._request_switch_point(self.target, now)
        last = self._rewriter.last
        reported = self.current.reported_arrival(last) if last is not None and self.current else None
        if reported is not None:
            lag = self._rewriter.lag(self._timestamp(reported))
            self._rewriter.correct(lag if abs(lag) > MAX_DRIFT_S * self.clock_rate else 0)

    def sender_report(self, now: float, cname: str) -> bytes | None:
        """SR and SDES by the program clock, linear across cuts; None before the first packet."""
        if not self.packets:
            return None
        return rtcp.sender_report(
            self.ssrc,
            self._clock.ntp(now),
            self._timestamp(now),
            self.packets,
            self.octets - self._rewriter.header_size * self.packets,  # RFC 3550 counts payload only
            cname,
        )

    # Inside ---------------------------------------------------------------------------------------

    @abstractmethod
    def _payload_type(self, intake: AnyIntake) -> int | None:
        """The outgoing payload type for `intake`; None if its codec was not negotiated."""

    def _wants_low_delay(self, target: AnyIntake, now: float) -> bool:
        """Whether the receiver shall show the first packets of `target` without playout delay."""
        return True

    def _request_switch_point(self, target: AnyIntake, now: float) -> None:
        """Make `target` begin."""
        target.request_keyframe(now)

    def _wrap_retransmission(self, data: bytes, now: float) -> bytes:
        """The packet in which `data` is retransmitted."""
        return data

    def _send_one(self, data: bytes) -> None:
        self.packets += 1
        size = len(data)
        self.octets += size
        if size > LARGE_PACKET_BYTES:
            self.large_packets += 1
        self._send(data)

    def _timestamp(self, t: float) -> int:
        return self._clock.timestamp(t, self.clock_rate)

    def _switch_to_target(self, copies: Iterable[bytes]) -> None:
        """Show the target, which begins with `copies`. The rewriter has switched already."""
        self._unsubscribe_current()
        target, self.target = self.target, None
        if target is not None:
            self.current = target
            target.subscribe(self)
        for data in copies:
            self._send_one(data)

    def _set_target(self, intake: AnyIntake) -> None:
        self.target = intake
        intake.await_switch_point(self)

    def _clear_target(self) -> None:
        if self.target is not None:
            self.target.unsubscribe(self)
            self.target = None

    def _leave_current(self) -> None:
        self._rewriter.end_run()
        self._unsubscribe_current()

    def _unsubscribe_current(self) -> None:
        if self.current is not None:
            self.current.unsubscribe(self)
            self.current = None

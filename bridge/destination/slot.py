"""What every slot is: one stream that a peer receives from join to leave, whichever source is behind it.

A slot shows one intake and may wait for another: until that one can begin the old one runs on, so a cut shows neither
black nor a frozen frame. What that takes with sound and with pictures is in `bridge.destination.slots`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import AnyPacket
from bridge.rtp.retransmission import RetransmissionLog
from bridge.rtp.rewriter import Rewriter
from bridge.source.intake import Intake

DRIFT = 0.05
"""Seconds that timestamps may leave the clock: half of what an eye notices between lips and voice. A browser keeps the
one back until the other is there, but a smaller limit would have timestamps leap whenever a busy sender is late."""

AnyIntake = TypeVar("AnyIntake", bound=Intake[Any])


def _nowhere(data: bytes) -> None:
    """Where packets of a slot go that has no destination yet."""


class Slot(ABC, Generic[AnyPacket, AnyIntake]):
    """What sound and pictures have in common."""

    def __init__(self, name: str, ssrc: int, clock_rate: int, rewriter: Rewriter[AnyPacket]) -> None:
        self.name = name
        self.ssrc = ssrc
        self.clock_rate = clock_rate
        self.wanted: str | None = None
        """The source routed to it, there or not."""
        self.current: AnyIntake | None = None
        """What it shows."""
        self.target: AnyIntake | None = None
        """What it is to show as soon as that can begin."""
        self.packets = 0
        self.octets = 0
        self.repairs = 0
        """Packets sent again."""
        self._rewriter = rewriter
        self._write = rewriter.write
        self._send: Callable[[bytes], object] = _nowhere
        self._clock = ProgramClock(0.0, 0.0)
        self._answers = RetransmissionLog()

    def connect(self, send: Callable[[bytes], object], clock: ProgramClock) -> None:
        """Say where packets go, and by which clock."""
        self._send, self._clock = send, clock

    # What its intake calls --------------------------------------------------------------------

    def forward(self, packet: AnyPacket) -> None:
        """A packet of the stream it shows."""
        data = self._write(packet)
        if data is not None:
            self.packets += 1
            self.octets += len(data)
            self._send(data)

    def pad(self, packet: AnyPacket) -> None:
        """A packet without a payload of the stream it shows."""
        data = self._rewriter.pad(packet)
        if data is not None:
            self._emit([data])

    def enter(self, packet: AnyPacket) -> None:
        """A packet with which the stream it waits for can begin: cut."""
        target = self.target
        payload_type = self._payload_type(target) if target is not None else None
        if target is None or payload_type is None:
            return
        due = self._timestamp(target.due(packet))
        haste = self._hurries(target, packet.arrival)
        copies = self._rewriter.begin(target.ring, packet, due, payload_type, haste=haste)
        if copies:
            self._change_over(copies)

    def leap(self, packet: AnyPacket) -> None:
        """The timestamp of `packet`, which comes next, has left the clock."""
        if self.current is not None:
            self._rewriter.realign(packet, self._timestamp(self.current.due(packet)))

    def restart(self) -> None:
        """The stream it shows begins anew."""
        current = self.current
        self._leave()
        if self.target is None and current is not None:
            self._wait_for(current)

    def lose(self, intake: object) -> None:
        """That intake is gone; what was sent of it can still be sent again."""
        if self.target is intake:
            self._unwait()
        if self.current is intake:
            self._leave()

    # What its destination calls ----------------------------------------------------------------

    def show(self, intake: AnyIntake | None, now: float) -> None:
        """Change to `intake` as soon as it can begin; None stops at once."""
        if intake is None:
            self.stop()
            return
        if intake is (self.target or self.current):
            return
        self._unwait()
        if intake is not self.current:
            self._wait_for(intake)
            self._ask(intake, now)

    def stop(self) -> None:
        """Show nothing; the stream stays where it is."""
        self._unwait()
        self._leave()

    def again(self, seq: int, now: float, rtt: float | None) -> int:
        """Send the packet of that sequence number again, if there is one and it was not just sent.

        Returns:
            The bytes it took; 0 if nothing was sent.
        """
        if not self._answers.may(seq, now, rtt):
            return 0
        data = self._rewriter.again(seq)
        if data is None:
            return 0
        data = self._repair(data, now)
        self._answers.note(seq, now)
        self.repairs += 1
        self._send(data)
        return len(data)

    def lose_picture(self, now: float) -> None:
        """The receiver cannot go on without a keyframe; with sound it always can."""

    def tick(self, now: float) -> None:
        """Ask anew for what is waited for, and keep timestamps by the clock."""
        if self.target is not None:
            self._ask(self.target, now)
        last = self._rewriter.last
        due = self.current.believed(last) if last is not None and self.current is not None else None
        if due is not None:
            drift = self._rewriter.drift(self._timestamp(due))
            self._rewriter.correct(drift if abs(drift) > DRIFT * self.clock_rate else 0)

    def sender_report(self, now: float, cname: str) -> bytes | None:
        """SR and SDES on the program's clock, which no cut bends; None before the first packet."""
        if not self.packets:
            return None
        return rtcp.sender_report(
            self.ssrc,
            self._clock.ntp(now),
            self._timestamp(now),
            self.packets,
            self.octets - self._rewriter.head * self.packets,  # RFC 3550 counts payload only
            cname,
        )

    # Inside --------------------------------------------------------------------------------------

    @abstractmethod
    def _payload_type(self, intake: AnyIntake) -> int | None:
        """With which payload type `intake` is sent on; None if it was not agreed on."""

    def _hurries(self, target: AnyIntake, now: float) -> bool:
        """Whether the receiver is to show the beginning of `target` at once."""
        return True

    def _ask(self, target: AnyIntake, now: float) -> None:
        """Do what it takes for `target` to begin."""
        target.request_keyframe(now)

    def _repair(self, data: bytes, now: float) -> bytes:
        """The packet in which `data` is sent again."""
        return data

    def _emit(self, copies: Iterable[bytes]) -> None:
        for data in copies:
            self.packets += 1
            self.octets += len(data)
            self._send(data)

    def _timestamp(self, t: float) -> int:
        return self._clock.timestamp(t, self.clock_rate)

    def _change_over(self, copies: Iterable[bytes]) -> None:
        """From what it shows to what it waited for, which begins with `copies`."""
        target = self.target
        self._leave_current()
        self._unwait()
        if target is not None:
            self.current = target
            target.slots = (*target.slots, self)
        self._emit(copies)

    def _wait_for(self, intake: AnyIntake) -> None:
        self.target = intake
        intake.waiting = (*intake.waiting, self)

    def _unwait(self) -> None:
        if self.target is not None:
            self.target.waiting = tuple(slot for slot in self.target.waiting if slot is not self)
            self.target = None

    def _leave(self) -> None:
        self._rewriter.leave()
        self._leave_current()

    def _leave_current(self) -> None:
        if self.current is not None:
            self.current.slots = tuple(slot for slot in self.current.slots if slot is not self)
            self.current = None

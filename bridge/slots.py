"""A slot: one stream that a peer receives from join to leave, whichever source is behind it.

A slot shows one intake and may wait for another: until that one can begin (a picture with a keyframe, sound
at once) the old one runs on, so a cut shows neither black nor a frozen frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Generic

from bridge.intake import Intake
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.header import AnyPacket, Packet
from bridge.rtp.payload import AudioRewriter, VideoRewriter
from bridge.rtp.rewriter import Rewriter
from bridge.rtp.vp8 import VideoPacket

DRIFT = 0.05
"""Seconds that timestamps may leave the clock: half of what an eye notices between lips and voice."""
ANSWERS = 3
"""How often one packet is sent again."""
SOONEST = 0.02
"""Seconds between two answers for one packet, or a round trip if that is longer: the last may still be on its
way."""
REMEMBERED = 2048
"""Answers noted at most."""
FORGOTTEN = 10.0
"""Seconds after which an answer says nothing any more: the sequence number may be of the next wrap."""


def _nowhere(data: bytes) -> None:
    """Where packets of a slot go that has no destination yet."""


class Slot(Generic[AnyPacket]):
    """What sound and pictures have in common."""

    def __init__(
        self,
        name: str,
        ssrc: int,
        payload_type: int,
        clock_rate: int,
        rewriter: Rewriter[AnyPacket],
        *,
        overlap: bool,
    ) -> None:
        self.name = name
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.clock_rate = clock_rate
        self.wanted: str | None = None
        """The source routed to it, there or not."""
        self.current: Intake[AnyPacket] | None = None
        """What it shows."""
        self.target: Intake[AnyPacket] | None = None
        """What it is to show as soon as that can begin."""
        self.packets = 0
        self.octets = 0
        self.repairs = 0
        self._overlap = overlap
        self._rewriter = rewriter
        self._write = rewriter.write
        self._send: Callable[[bytes], object] = _nowhere
        self._clock = ProgramClock(0.0, 0.0)
        self._answers: dict[int, tuple[int, float]] = {}

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
            self._emit(data)

    def enter(self, packet: AnyPacket) -> None:
        """A packet with which the stream it waits for can begin: cut."""
        target = self.target
        if target is None:
            return
        copies = self._rewriter.begin(target.ring, packet, self._timestamp(target.due(packet)))
        if not copies:
            return
        self._leave_current()
        self._unwait()
        self.current = target
        target.slots = (*target.slots, self)
        for data in copies:
            self._emit(data)

    def leap(self, packet: AnyPacket) -> None:
        """The timestamp of `packet`, which comes next, has left the clock."""
        if self.current is not None:
            self._rewriter.realign(packet, self._timestamp(self.current.due(packet)))

    def restart(self) -> None:
        """The stream it shows begins anew."""
        current = self.current
        self._rewriter.leave()
        self._leave_current()
        if self.target is None and current is not None:
            self._wait_for(current)

    def lose(self, intake: object) -> None:
        """That intake is gone; what was sent of it can still be sent again."""
        if self.target is intake:
            self._unwait()
        if self.current is intake:
            self._rewriter.leave()
            self._leave_current()

    # What its destination calls ----------------------------------------------------------------

    def show(self, intake: Intake[AnyPacket] | None, now: float) -> None:
        """Change to `intake` as soon as it can begin; None stops at once."""
        if intake is None:
            self.stop()
            return
        if intake is (self.target or self.current):
            return
        self._unwait()
        if intake is self.current:
            return
        if not self._overlap:
            self.stop()
        self._wait_for(intake)
        intake.request_keyframe(now)

    def stop(self) -> None:
        """Show nothing; the stream stays where it is."""
        self._unwait()
        self._rewriter.leave()
        self._leave_current()

    def again(self, seq: int, now: float, rtt: float | None) -> bool:
        """Send the packet of that sequence number again, if there is one and it was not just sent."""
        count, when = self._answers.get(seq, (0, -math.inf))
        if now - when >= FORGOTTEN:
            count = 0
        elif count >= ANSWERS or now - when < max(SOONEST, rtt or 0.0):
            return False
        data = self._rewriter.again(seq)
        if data is None:
            return False
        self._note_answer(seq, count + 1, now)
        self.repairs += 1
        self._send(data)
        return True

    def tick(self, now: float) -> None:
        """Ask anew for what is waited for, and keep timestamps by the clock."""
        if self.target is not None:
            self.target.request_keyframe(now)
        last = self._rewriter.last
        due = self.current.believed(last) if last is not None and self.current is not None else None
        if due is not None:
            drift = self._rewriter.drift(self._timestamp(due))
            self._rewriter.correct(drift if abs(drift) > DRIFT * self.clock_rate else 0)

    def request_keyframe(self, now: float) -> None:
        """The receiver cannot go on."""
        shown = self.current or self.target
        if shown is not None:
            shown.request_keyframe(now)

    def sender_report(self, now: float, cname: str) -> bytes | None:
        """SR and SDES on the program's clock, which no cut bends; None before the first packet."""
        if not self.packets:
            return None
        return rtcp.sender_report(
            self.ssrc,
            self._clock.ntp(now),
            self._timestamp(now),
            self.packets,
            self.octets - 12 * self.packets,  # RFC 3550 counts payload only
            cname,
        )

    # Inside --------------------------------------------------------------------------------------

    def _emit(self, data: bytes) -> None:
        self.packets += 1
        self.octets += len(data)
        self._send(data)

    def _timestamp(self, t: float) -> int:
        return self._clock.timestamp(t, self.clock_rate)

    def _wait_for(self, intake: Intake[AnyPacket]) -> None:
        self.target = intake
        intake.waiting = (*intake.waiting, self)

    def _unwait(self) -> None:
        if self.target is not None:
            self.target.waiting = tuple(slot for slot in self.target.waiting if slot is not self)
            self.target = None

    def _leave_current(self) -> None:
        if self.current is not None:
            self.current.slots = tuple(slot for slot in self.current.slots if slot is not self)
            self.current = None

    def _note_answer(self, seq: int, count: int, now: float) -> None:
        if len(self._answers) >= REMEMBERED:
            self._answers.clear()
        self._answers[seq] = (count, now)


class VideoSlot(Slot[VideoPacket]):
    """A receiving m-line with pictures: `program`, `second` or `view:<source>`."""

    def __init__(
        self, name: str, ssrc: int, payload_type: int, first_seq: int, clock_rate: int = 90_000
    ) -> None:
        """`first_seq`: a random number below 32768, see `Rewriter`."""
        rewriter = VideoRewriter(ssrc, payload_type, first_seq)
        super().__init__(name, ssrc, payload_type, clock_rate, rewriter, overlap=True)


class AudioSlot(Slot[Packet]):
    """A receiving m-line with sound: `mic1` to `mic4` or `talkback`."""

    def __init__(
        self, name: str, ssrc: int, payload_type: int, first_seq: int, clock_rate: int = 48_000
    ) -> None:
        """`first_seq`: a random number below 32768, see `Rewriter`."""
        rewriter = AudioRewriter(ssrc, payload_type, first_seq)
        super().__init__(name, ssrc, payload_type, clock_rate, rewriter, overlap=False)

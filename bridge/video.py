"""The picture of a source: it begins with keyframes, which are asked for, and what is lost is asked for again."""

from __future__ import annotations

import math

from bridge.intake import FIRST, Intake, Wire
from bridge.rtp import rtcp, vp8
from bridge.rtp.ring import VIDEO
from bridge.rtp.vp8 import VideoPacket

KEYFRAME_PAUSE = 0.3
"""Seconds between two keyframe requests to one source, however many ask."""
KEYFRAME_PATIENCE = 1.0
"""Seconds at most until a request that brought no keyframe is made again."""


class VideoIntake(Intake[VideoPacket]):
    """VP8. A request for a keyframe is one, however many make it, and stands until the keyframe comes."""

    packet_type = VideoPacket
    places = VIDEO

    def __init__(self, wire: Wire, *, rate: int, ssrc: int | None, repairs: bool, now: float) -> None:
        """`repairs`: the sender answers NACKs."""
        self.keyframes = 0
        self.keyframe_requests = 0
        self.size: tuple[int, int] | None = None
        """Width and height of the last keyframe."""
        self._repairs = repairs
        self._repaired_before = 0
        self._wanted = False
        self._tries = 0
        self._asked = -math.inf
        super().__init__(wire, rate=rate, ssrc=ssrc, now=now)

    def _begin_run(self) -> None:
        super()._begin_run()
        self._picture: int | None = None
        """The picture ID of the newest packet, unrolled; None before there is one."""
        self._bits: int | None = None
        """Bits of its picture IDs; None before the first packet."""
        self._keyframe = -1
        """Index of the last keyframe's first packet."""

    def _restart(self) -> None:
        self._repaired_before = self.repaired
        super()._restart()

    @property
    def repaired(self) -> int:
        """Packets that came because they were asked for."""
        return self._repaired_before + self.missing.repaired

    def _read(self, packet: VideoPacket) -> int:
        return vp8.read(packet)

    def _can_begin(self, packet: VideoPacket) -> bool:
        return packet.is_keyframe

    def _note_gap(self, first: int, end: int, now: float) -> None:
        if self._repairs:
            self.missing.gap(first, end, now)

    def _take(self, packet: VideoPacket, bits: int) -> str | None:
        if not packet.body:
            return None
        if self._bits is not None and bool(bits) != bool(self._bits):
            # Pictures with IDs and without have no common order but from a keyframe on.
            if not packet.is_keyframe:
                return "picture-id"
            self._restart()
            packet.index = packet.seq + FIRST
        self._bits = bits
        if bits:
            self._unroll(packet, (1 << bits) - 1)
        if packet.is_keyframe:
            self._wanted = False
            self._keyframe = max(self._keyframe, packet.index)
            self.keyframes += 1
            self.size = packet.size or self.size
        return None

    def _unroll(self, packet: VideoPacket, mask: int) -> None:
        """Count the wraps of the picture ID: with 7 bits it wraps every 4 s, and receivers get 15.

        IDs only grow with the sequence, so whatever was lost between, a newer packet's lies ahead.
        """
        if self._picture is None:
            self._picture = packet.picture
        elif packet.index > self.ring.newest:
            self._picture = packet.picture = self._picture + ((packet.picture - self._picture) & mask)
        else:
            packet.picture = self._picture - ((self._picture - packet.picture) & mask)

    def request_keyframe(self, now: float) -> None:
        """Ask at once, or when the pause since the last request is over, and again until a keyframe comes."""
        if not self._wanted:
            self._wanted, self._tries = True, 0
            self._ask(now, KEYFRAME_PAUSE)

    def tick(self, now: float, rtt: float | None) -> None:
        lost = self.missing.due(now, rtt)
        if lost and self.ssrc is not None:
            self._wire.send(rtcp.nack(self._wire.ssrc, self.ssrc, [index & 0xFFFF for index in lost]))
        if self.missing.hopeless > self._keyframe or (self.packets and not self.keyframes):
            self.request_keyframe(now)
        patience = min(max(KEYFRAME_PAUSE, 2 * (rtt or 0.0)), KEYFRAME_PATIENCE)
        self._ask(now, patience if self._tries else KEYFRAME_PAUSE)

    def _ask(self, now: float, pause: float) -> None:
        if self._wanted and self.ssrc is not None and now - self._asked >= pause:
            self._asked = now
            self._tries += 1
            self.keyframe_requests += 1
            self._wire.send(rtcp.picture_loss(self._wire.ssrc, self.ssrc))

"""aiortc's jitter buffer for pictures, without its unlimited wait for a packet that does not come.

aiortc waits until 512 packets have come; with a still picture that takes half a minute. But some numbers are never
sent: after an incomplete frame the bridge skips one, so that a receiver does not join the frames of two sources. Others
are lost with their retransmissions, since aiortc requests each only once.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.rtp import RtpPacket
from aiortc.utils import uint16_add

MAX_HOLE_S = 0.4
"""Seconds for which a missing packet is awaited: a retransmission from the far side of the world takes 0.3 s."""
CAPACITY = 512
"""Packets, as in aiortc."""


class PictureBuffer(JitterBuffer):
    """Continues after a missing packet that has not come within `MAX_HOLE_S`, with the next frame."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__(capacity=CAPACITY, is_video=True)
        self._now = now
        self._newest: int | None = None
        """Sequence number of the newest packet."""
        self._hole_at: int | None = None
        """Sequence number of the first missing packet."""
        self._hole_since = 0.0

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        """Take a packet. Returns whether a keyframe is needed, and a frame that is complete now."""
        needs_keyframe, frame = super().add(packet)
        number = packet.sequence_number
        if self._newest is None or uint16_add(number, -self._newest) < 0x8000:
            self._newest = number
        hole = self._first_missing()
        if hole is None or hole != self._hole_at:
            self._hole_at, self._hole_since = hole, self._now()
        elif self._now() - self._hole_since >= MAX_HOLE_S:
            assert self._origin is not None
            # With the rest of an incomplete frame.
            if self.smart_remove(uint16_add(hole, -self._origin) + 1):
                # All are gone, and this packet may be a late one.
                self._origin = uint16_add(self._newest, 1)
            self._hole_at = None
            return True, frame or self._remove_frame(number)
        return needs_keyframe, frame

    def _first_missing(self) -> int | None:
        """The number of the first packet that is missing before the newest; None without one."""
        assert self._origin is not None
        assert self._newest is not None
        ahead = uint16_add(self._newest, -self._origin)
        for place in range(ahead if ahead < self._capacity else 0):
            number = uint16_add(self._origin, place)
            if self._packets[number % self._capacity] is None:
                return number
        return None

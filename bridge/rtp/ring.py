"""The last packets of one incoming stream by index, kept for retransmission."""

from __future__ import annotations

from typing import Generic

from bridge.rtp.header import AnyPacket

VIDEO_RING_PACKETS = 1024
"""2 to 3 s of a 720p picture; no receiver waits longer for a retransmission."""
AUDIO_RING_PACKETS = 256
"""5 s of Opus at 20 ms."""


class Ring(Generic[AnyPacket]):
    """The packets of one run of a stream: from where a sequence begins to where it ends.

    A stream that begins a new sequence (another SSRC, a jump) gets a new ring. So a ring also identifies the run that
    an index belongs to.
    """

    __slots__ = ("_mask", "_places", "newest")

    def __init__(self, size: int) -> None:
        """`size` is a power of two."""
        if size & (size - 1):
            raise ValueError(f"a ring's size is a power of two, not {size}")
        self._mask = size - 1
        self._places: list[AnyPacket | None] = [None] * size
        self.newest = -1
        """The highest index put in."""

    def put(self, packet: AnyPacket) -> None:
        """Store `packet` in place of the one `size` indexes before it."""
        self._places[packet.index & self._mask] = packet
        if packet.index > self.newest:
            self.newest = packet.index

    def get(self, index: int) -> AnyPacket | None:
        """The packet of that index, if it came and is still stored."""
        packet = self._places[index & self._mask]
        return packet if packet is not None and packet.index == index else None

    def has_place_for(self, index: int) -> bool:
        """Whether a packet of that index would not overwrite a newer one."""
        return index > self.newest - len(self._places)

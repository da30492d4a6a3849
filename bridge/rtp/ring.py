"""The last packets of one stream by index: what a receiver has lost is made again from here."""

from __future__ import annotations

from typing import Generic

from bridge.rtp.header import AnyPacket

VIDEO = 1024
"""Packets: 2 to 3 s of a 720p picture, longer than any receiver waits for a repair."""
AUDIO = 256
"""Packets: 5 s of Opus at 20 ms."""


class Ring(Generic[AnyPacket]):
    """One run of a stream: from where a sequence begins to where it is given up for another.

    A stream that begins anew (another SSRC, a jump in its sequence) gets a new ring, so a ring also says
    *which* run an index belongs to.
    """

    __slots__ = ("_mask", "_places", "newest")

    def __init__(self, size: int) -> None:
        """`size` is a power of two."""
        if size & (size - 1):
            raise ValueError(f"a ring has a power of two of places, not {size}")
        self._mask = size - 1
        self._places: list[AnyPacket | None] = [None] * size
        self.newest = -1
        """The highest index put in."""

    def put(self, packet: AnyPacket) -> None:
        """Keep `packet` in place of the one a ring's length before it."""
        self._places[packet.index & self._mask] = packet
        if packet.index > self.newest:
            self.newest = packet.index

    def get(self, index: int) -> AnyPacket | None:
        """The packet of that index, if it came and is still here."""
        packet = self._places[index & self._mask]
        return packet if packet is not None and packet.index == index else None

    def reaches(self, index: int) -> bool:
        """Whether a packet of that index, coming now, would still find its place."""
        return index > self.newest - len(self._places)

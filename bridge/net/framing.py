"""Packets on a TCP connection (RFC 4571): each is preceded by its length in two bytes. Pure."""

from __future__ import annotations

import struct

MAX_FRAME_BYTES = 1500
"""Of one packet, as on the UDP port. A length field above it ends the connection: what follows cannot be trusted."""

_LENGTH = struct.Struct("!H")


class FrameError(ValueError):
    """The bytes are not frames. The connection cannot go on."""


def frame(packet: bytes) -> bytes:
    """`packet` with its length before it. It has at most 65535 bytes."""
    return _LENGTH.pack(len(packet)) + packet


class FrameReader:
    """The frames of one connection. It keeps at most one unfinished frame."""

    __slots__ = ("_rest",)

    def __init__(self) -> None:
        self._rest = b""

    @property
    def waiting(self) -> int:
        """Bytes of the unfinished frame."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that are complete with `data`. Empty ones are left out (null packets, RFC 4571 section 2).

        Raises:
            FrameError: a packet is longer than `MAX_FRAME_BYTES`.
        """
        data = self._rest + data
        packets: list[bytes] = []
        at, size = 0, len(data)
        while at + 2 <= size:
            end = at + 2 + (data[at] << 8 | data[at + 1])
            if end - at - 2 > MAX_FRAME_BYTES:
                raise FrameError("a frame is larger than 1500 bytes")
            if end > size:
                break
            if end > at + 2:
                packets.append(data[at + 2 : end])
            at = end
        self._rest = data[at:]
        return packets

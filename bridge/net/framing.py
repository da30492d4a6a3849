"""Packets on a TCP connection (RFC 4571): each is preceded by its length in two bytes. Pure."""

from __future__ import annotations

import struct

MAX_DATAGRAM_BYTES = 1500
"""Of one packet, over UDP and in a frame alike. An Ethernet path carries less without fragmentation (1472 with IPv4,
1452 with IPv6). pylibsrtp's buffer ends here, and a larger packet could not be forwarded without fragmentation. A frame
whose length field is above it ends the connection: what follows cannot be trusted."""

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
            FrameError: a packet is longer than `MAX_DATAGRAM_BYTES`.
        """
        data = self._rest + data
        packets: list[bytes] = []
        at, size = 0, len(data)
        while at + 2 <= size:
            end = at + 2 + (data[at] << 8 | data[at + 1])
            if end - at - 2 > MAX_DATAGRAM_BYTES:
                raise FrameError(f"a frame is larger than {MAX_DATAGRAM_BYTES} bytes")
            if end > size:
                break
            if end > at + 2:
                packets.append(data[at + 2 : end])
            at = end
        self._rest = data[at:]
        return packets

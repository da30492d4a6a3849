"""The RTP packet as it comes in (RFC 3550 section 5.1): read once, kept as it is.

Header extensions (RFC 8285) are only looked at on request; nothing of them is sent on, since the far end
negotiated its own.
"""

from __future__ import annotations

from struct import Struct
from typing import TypeVar

FIXED = Struct("!BBHLL")
"""Version and flags, marker and payload type, sequence number, timestamp, SSRC."""
HEADER = Struct("!HHLL")
"""The same without CSRCs or extensions, as we write it: the first two bytes in one."""

ONE_BYTE = 0xBEDE
TWO_BYTE = 0x1000


class MalformedPacket(ValueError):
    """Bytes that are not the packet they should be. The text says where they go wrong."""


class Packet:
    """One RTP packet of a source.

    `start` and `end` bound the payload in `data`, padding left out. What is below them is filled in by
    whoever knows the stream: `index` is the sequence number with its wraps counted, `arrival` monotonic
    seconds, `body` the payload as it is sent on, `lead` the first two header bytes of the copy without
    its payload type, and `level`, of sound only, how loud it is in dBov, 0 to -127, or None.
    """

    __slots__ = (
        "_extension",
        "arrival",
        "body",
        "data",
        "end",
        "index",
        "lead",
        "level",
        "marker",
        "payload_type",
        "seq",
        "ssrc",
        "start",
        "timestamp",
    )

    level: int | None

    def __init__(
        self,
        data: bytes,
        payload_type: int,
        marker: bool,
        seq: int,
        timestamp: int,
        ssrc: int,
        extension: int,
        start: int,
        end: int,
    ) -> None:
        self.data = data
        self.payload_type = payload_type
        self.marker = marker
        self.seq = seq
        self.timestamp = timestamp
        self.ssrc = ssrc
        self._extension = extension
        self.start = start
        self.end = end
        self.index = seq
        self.arrival = 0.0
        self.body = b""
        self.lead = 0x8080 if marker else 0x8000

    def extension(self, number: int) -> bytes | None:
        """The header extension with that id, in one-byte or two-byte form; None without one, or if it is cut off."""
        return extension(self.data, number) if self._extension else None


AnyPacket = TypeVar("AnyPacket", bound=Packet)


def parse(data: bytes, kind: type[AnyPacket]) -> AnyPacket:
    """Read one plain RTP packet into a packet of `kind`.

    Raises:
        MalformedPacket: a length in it points beyond its end, or it is not RTP version 2.
    """
    size = len(data)
    if size < 12:
        raise MalformedPacket(f"an RTP header has 12 bytes, this packet {size}")
    flags, second, seq, timestamp, ssrc = FIXED.unpack_from(data)
    if flags & 0xC0 != 0x80:
        raise MalformedPacket(f"RTP version {flags >> 6}, expected 2")
    start = 12 + 4 * (flags & 0x0F)
    extension = 0
    if flags & 0x10:
        extension = start
        if start + 4 > size:
            raise MalformedPacket("the header extension begins beyond the packet's end")
        start += 4 + 4 * ((data[start + 2] << 8) | data[start + 3])
    end = size
    if flags & 0x20:
        padding = data[-1]
        if not padding:
            raise MalformedPacket("padding of 0 bytes")
        end -= padding
    if start > end:
        raise MalformedPacket(f"header and padding need {start + size - end} bytes, the packet has {size}")
    return kind(data, second & 0x7F, second > 0x7F, seq, timestamp, ssrc, extension, start, end)


def extension(data: bytes, number: int) -> bytes | None:
    """The header extension with that id (1 to 14) of a packet that `parse` has read; None if there is none, or it is
    cut off. No generator and no list: some are looked for in every packet."""
    if not data[0] & 0x10:
        return None
    at = 12 + 4 * (data[0] & 0x0F)
    profile = data[at] << 8 | data[at + 1]
    end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3])
    if profile == ONE_BYTE:
        return _one_byte(data, number, at + 4, end)
    if profile & 0xFFF0 == TWO_BYTE:
        return _two_byte(data, number, at + 4, end)
    return None


def _one_byte(data: bytes, number: int, at: int, end: int) -> bytes | None:
    """RFC 8285 section 4.2: four bits of id, four of length less one; id 0 is padding, 15 ends the list."""
    while at < end:
        head = data[at]
        at += 1
        if head < 0x10:
            continue
        after = at + (head & 0x0F) + 1
        if head >= 0xF0 or after > end:
            return None
        if head >> 4 == number:
            return data[at:after]
        at = after
    return None


def _two_byte(data: bytes, number: int, at: int, end: int) -> bytes | None:
    """RFC 8285 section 4.3: a byte of id, a byte of length; id 0 is padding."""
    while at + 1 < end:
        if data[at] == 0:
            at += 1
            continue
        after = at + 2 + data[at + 1]
        if after > end:
            return None
        if data[at] == number:
            return data[at + 2 : after]
        at = after
    return None

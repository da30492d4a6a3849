"""An incoming RTP packet (RFC 3550 section 5.1), parsed once.

Header extensions (RFC 8285) are read on request only. They are not sent on: the receiver negotiated its own.
"""

from __future__ import annotations

from struct import Struct
from typing import TypeVar

FIXED_HEADER = Struct("!BBHLL")
"""Version and flags, marker and payload type, sequence number, timestamp, SSRC."""
HEADER = Struct("!HHLL")
"""The same for writing: the first two bytes as one number."""

ONE_BYTE_PROFILE = 0xBEDE
TWO_BYTE_PROFILE = 0x1000


class MalformedPacket(ValueError):
    """The bytes are not a packet of the expected format. The text says where they differ."""


class Packet:
    """One RTP packet of a source. The stream fills in `index`, `arrival`, `body` and `audio_level`."""

    __slots__ = (
        *("_has_extensions", "arrival", "audio_level", "body", "data", "end", "flags", "index", "marker"),
        *("payload_type", "seq", "ssrc", "start", "timestamp"),
    )

    audio_level: int | None
    """In dBov, 0 to -127; None if unknown. Set for sound only."""

    def __init__(
        self,
        data: bytes,
        payload_type: int,
        marker: bool,
        seq: int,
        timestamp: int,
        ssrc: int,
        has_extensions: bool,
        start: int,
        end: int,
    ) -> None:
        """`start` and `end` bound the payload in `data`, without padding."""
        self.data = data
        self.payload_type = payload_type
        self.marker = marker
        self.seq = seq
        self.timestamp = timestamp
        self.ssrc = ssrc
        self._has_extensions = has_extensions
        self.start = start
        self.end = end
        self.index = seq
        """The sequence number with its wraps counted (RFC 3711 section 3.3.1)."""
        self.arrival = 0.0
        """Monotonic seconds."""
        self.body = b""
        """The payload, as it is sent on."""
        self.flags = 0x8080 if marker else 0x8000
        """The first two header bytes of a copy, without its payload type."""

    def extension(self, ext_id: int) -> bytes | None:
        """The header extension with that id; None if it is absent or truncated."""
        return find_extension(self.data, ext_id) if self._has_extensions else None


AnyPacket = TypeVar("AnyPacket", bound=Packet)


def parse(data: bytes, kind: type[AnyPacket]) -> AnyPacket:
    """Parse one plain RTP packet into a packet of `kind`.

    Raises:
        MalformedPacket: a length in it points beyond its end, or it is not RTP version 2.
    """
    size = len(data)
    if size < 12:
        raise MalformedPacket(f"an RTP header has 12 bytes, this packet {size}")
    flags, second, seq, timestamp, ssrc = FIXED_HEADER.unpack_from(data)
    if flags & 0xC0 != 0x80:
        raise MalformedPacket(f"RTP version {flags >> 6}, expected 2")
    start = 12 + 4 * (flags & 0x0F)
    if flags & 0x10:
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
    return kind(data, second & 0x7F, second > 0x7F, seq, timestamp, ssrc, bool(flags & 0x10), start, end)


def find_extension(data: bytes, ext_id: int) -> bytes | None:
    """The header extension with that id (1 to 14) in a packet; None if absent or truncated. No input makes it raise.

    No generator and no list: this runs for every packet.
    """
    size = len(data)
    if size < 16 or not data[0] & 0x10:
        return None
    at = 12 + 4 * (data[0] & 0x0F)
    if at + 4 > size:
        return None
    profile = data[at] << 8 | data[at + 1]
    end = at + 4 + 4 * (data[at + 2] << 8 | data[at + 3])
    if end > size:
        return None
    if profile == ONE_BYTE_PROFILE:
        return _one_byte(data, ext_id, at + 4, end)
    if profile & 0xFFF0 == TWO_BYTE_PROFILE:
        return _two_byte(data, ext_id, at + 4, end)
    return None


def _one_byte(data: bytes, ext_id: int, at: int, end: int) -> bytes | None:
    """RFC 8285 section 4.2: four bits id, four bits length minus one; id 0 is padding, 15 ends the list."""
    while at < end:
        head = data[at]
        at += 1
        if head < 0x10:
            continue
        after = at + (head & 0x0F) + 1
        if head >= 0xF0 or after > end:
            return None
        if head >> 4 == ext_id:
            return data[at:after]
        at = after
    return None


def _two_byte(data: bytes, ext_id: int, at: int, end: int) -> bytes | None:
    """RFC 8285 section 4.3: one byte id, one byte length; id 0 is padding."""
    while at + 1 < end:
        if data[at] == 0:
            at += 1
            continue
        after = at + 2 + data[at + 1]
        if after > end:
            return None
        if data[at] == ext_id:
            return data[at + 2 : after]
        at = after
    return None

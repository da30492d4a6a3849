"""The VP8 payload descriptor (RFC 7741 section 4.2): read once a packet, written anew once a receiver.

What changes from source to source and must look unbroken to a receiver is the picture ID and, with temporal
layers, TL0PICIDX and KEYIDX. The rest of the packet is kept in one piece, so that a copy for a receiver is
one `pack` and one concatenation. Picture IDs go out with 15 bits, whatever they came in with.
"""

from __future__ import annotations

from struct import Struct

from bridge.rtp.header import MalformedPacket, Packet

NO_PICTURE_ID = -1

FLAT = Struct("!HHLLHH")
"""RTP header, then a descriptor with a picture ID and nothing else."""
LAYERED = Struct("!HHLLHHBB")
"""The same with TL0PICIDX and the TID/Y/KEYIDX byte."""


class VideoPacket(Packet):
    """A packet with its VP8 descriptor, which `read` fills in; of H.264, `h264.read` does, and there is none.

    `body` is what follows the fields that are rewritten: the VP8 bytes. Without a picture ID it is the whole
    payload, passed on as it is.
    """

    __slots__ = ("descriptor", "is_keyframe", "is_layered", "picture", "temporal", "tl0")

    descriptor: int
    """The first two bytes, with I set: what precedes the picture ID."""
    picture: int
    """The picture ID as it came, or unrolled by who knows the stream; NO_PICTURE_ID."""
    tl0: int
    """TL0PICIDX, 8 bits."""
    temporal: int
    """The byte TID, Y, KEYIDX."""
    is_layered: bool
    """It has the last two."""
    is_keyframe: bool
    """It is the first packet of a keyframe."""


def read(packet: VideoPacket) -> int:
    """Read the descriptor at the packet's payload and fill in its fields and `body`.

    Returns:
        How many bits its picture ID has: 0, 7 or 15.

    Raises:
        MalformedPacket: the descriptor is longer than the payload, or nothing follows it.
    """
    data, at, end = packet.data, packet.start, packet.end
    if at == end:  # padding
        packet.picture, packet.is_keyframe, packet.is_layered = NO_PICTURE_ID, False, False
        return 0
    first = data[at] if at < end else 0
    flags = data[at + 1] if first & 0x80 and at + 1 < end else 0
    bits = layers = 0
    at += 1
    if first & 0x80:
        at += 1
        if flags & 0x80:
            bits = 15 if at < end and data[at] & 0x80 else 7
        layers = flags & 0x70
    after = at + (bits + 1) // 8 + (layers & 0x40) // 0x40 + (1 if layers & 0x30 else 0)
    if after >= end:
        raise MalformedPacket(f"a VP8 payload of {packet.end - packet.start} bytes holds no picture")
    packet.is_keyframe = first & 0x17 == 0x10 and not data[after] & 1
    _fill(packet, first, flags, bits, at, after)
    return bits


def _fill(packet: VideoPacket, first: int, flags: int, bits: int, at: int, after: int) -> None:
    """Set what the rewriting needs."""
    data = packet.data
    layered = flags & 0x40 and flags & 0x30
    packet.is_layered = bool(bits and layered)
    if not bits:
        packet.picture = NO_PICTURE_ID
        packet.descriptor = packet.tl0 = packet.temporal = 0
        packet.body = data[packet.start : packet.end]
        return
    packet.picture = ((data[at] & 0x7F) << 8) | data[at + 1] if bits == 15 else data[at]
    if layered:
        packet.tl0, packet.temporal = data[after - 2], data[after - 1]
        packet.descriptor = first << 8 | flags
        packet.body = data[after : packet.end]
        return
    # TL0PICIDX without a TID names no layer, and a TID alone no dependency: neither is of use to a receiver
    # by itself, so they are passed on as they came.
    packet.tl0 = packet.temporal = 0
    packet.descriptor = first << 8 | flags
    packet.body = data[at + (bits + 1) // 8 : packet.end]

"""The VP8 payload descriptor (RFC 7741 section 4.2): parsed once per packet, written once per receiver.

Picture ID, TL0PICIDX and KEYIDX differ from source to source and must run on unbroken for a receiver. The rest of the
payload stays in one piece, so a copy is one `pack` and one concatenation. Outgoing picture IDs have 15 bits.
"""

from __future__ import annotations

from struct import Struct

from bridge.rtp.header import MalformedPacket, Packet

NO_PICTURE_ID = -1

VP8_HEADER = Struct("!HHLLHH")
"""RTP header, then a descriptor with a picture ID and nothing else."""
VP8_LAYERED_HEADER = Struct("!HHLLHHBB")
"""The same with TL0PICIDX and the TID/Y/KEYIDX byte."""


class VideoPacket(Packet):
    """A packet with its VP8 descriptor, which `parse_payload` fills in; `h264.parse_payload` leaves it empty.

    `body` begins after the fields that are rewritten. Without a picture ID it is the whole payload.
    """

    __slots__ = ("descriptor", "has_layers", "is_keyframe", "picture_id", "tid_y_keyidx", "tl0picidx")

    descriptor: int
    """The first two bytes, with I set, which precede the picture ID."""
    picture_id: int
    """As received, or unwrapped by the stream; or NO_PICTURE_ID."""
    tl0picidx: int
    """8 bits."""
    tid_y_keyidx: int
    """The byte with these three fields."""
    has_layers: bool
    """The last two fields are present."""
    is_keyframe: bool
    """This is the first packet of a keyframe."""


def parse_payload(packet: VideoPacket) -> int:
    """Parse the payload descriptor into the packet's fields and `body`.

    Returns:
        The length of its picture ID in bits: 0, 7 or 15.

    Raises:
        MalformedPacket: the descriptor is longer than the payload, or nothing follows it.
    """
    data, at, end = packet.data, packet.start, packet.end
    if at == end:  # padding
        packet.picture_id, packet.is_keyframe, packet.has_layers = NO_PICTURE_ID, False, False
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
    data = packet.data
    layered = flags & 0x40 and flags & 0x30
    packet.has_layers = bool(bits and layered)
    if not bits:
        packet.picture_id = NO_PICTURE_ID
        packet.descriptor = packet.tl0picidx = packet.tid_y_keyidx = 0
        packet.body = data[packet.start : packet.end]
        return
    packet.picture_id = ((data[at] & 0x7F) << 8) | data[at + 1] if bits == 15 else data[at]
    packet.descriptor = first << 8 | flags
    if layered:
        packet.tl0picidx, packet.tid_y_keyidx = data[after - 2], data[after - 1]
        packet.body = data[after : packet.end]
        return
    # TL0PICIDX without a TID names no layer, and a TID alone no dependency. A receiver can use neither, so they stay.
    packet.tl0picidx = packet.tid_y_keyidx = 0
    packet.body = data[at + (bits + 1) // 8 : packet.end]

"""H.264 over RTP (RFC 6184, packetization-mode 1): where a keyframe begins. The payload itself is passed on as it is.

A keyframe is an access unit with an IDR picture, and to a receiver that has seen nothing before it begins with the
sequence parameter set. Encoders put the two into one packet or several: parameter sets in packets of their own, in one
STAP-A, or in one with the picture.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.rtp.header import MalformedPacket
from bridge.rtp.vp8 import NO_PICTURE_ID, VideoPacket

IDR, SPS, STAP_A, FU_A = 5, 7, 24, 28
_OF_KEYFRAMES = (IDR, SPS)


def read(packet: VideoPacket) -> int:
    """Fill in the packet's fields and `body`.

    `is_keyframe` says that an IDR picture or a sequence parameter set starts in it. Whether it is the first of its
    access unit, `begins` says.

    Returns:
        0: it has no picture ID.

    Raises:
        MalformedPacket: a fragment without its header.
    """
    packet.picture = NO_PICTURE_ID
    packet.is_layered = False
    packet.descriptor = packet.tl0 = packet.temporal = 0
    packet.body = body = packet.data[packet.start : packet.end]
    packet.is_keyframe = _starts(body, _OF_KEYFRAMES)
    return 0


def begins(packet: VideoPacket, before: VideoPacket | None) -> bool:
    """Whether a keyframe begins with `packet`, in which a part of one starts; `before` is the packet before it, if it
    has come.

    Without a parameter set in it, it begins one only if nothing of the same picture is before it. While that is not
    known, it does not: the parameter sets may be late, and a receiver that begins without them sees nothing.
    """
    if before is not None and before.timestamp != packet.timestamp:
        return True
    return _starts(packet.body, (SPS,))


def _starts(body: bytes, kinds: Collection[int]) -> bool:
    """Whether a NAL unit of one of these types starts in a packet."""
    if not body:
        return False
    kind = body[0] & 0x1F
    if kind == FU_A:
        if len(body) < 3:
            raise MalformedPacket(f"an H.264 fragment of {len(body)} bytes holds nothing")
        return body[1] > 0x7F and body[1] & 0x1F in kinds
    if kind != STAP_A:
        return kind in kinds
    at = 1
    while at + 2 < len(body):
        if body[at + 2] & 0x1F in kinds:
            return True
        at += 2 + (body[at] << 8 | body[at + 1])
    return False

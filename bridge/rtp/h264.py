"""H.264 over RTP (RFC 6184, packetization-mode 1): where a keyframe begins. The payload is sent on unchanged.

A keyframe is an access unit with an IDR picture. For a receiver that has nothing yet it begins with the sequence
parameter set. Encoders put both into one packet or several: parameter sets in packets of their own, in one STAP-A, or
in one STAP-A with the picture.
"""

from __future__ import annotations

from collections.abc import Collection

from bridge.rtp.header import MalformedPacket
from bridge.rtp.vp8 import NO_PICTURE_ID, VideoPacket

IDR, SPS, STAP_A, FU_A = 5, 7, 24, 28
_KEYFRAME_NAL_TYPES = (IDR, SPS)


def parse_payload(packet: VideoPacket) -> int:
    """Fill in the packet's fields and `body`.

    `is_keyframe` says that an IDR picture or a sequence parameter set starts in it. `starts_keyframe` says whether it
    is the first packet of its access unit.

    Returns:
        0: H.264 has no picture ID.

    Raises:
        MalformedPacket: a fragment without its header.
    """
    packet.picture_id = NO_PICTURE_ID
    packet.has_layers = False
    packet.descriptor = packet.tl0picidx = packet.tid_y_keyidx = 0
    packet.body = body = packet.data[packet.start : packet.end]
    packet.is_keyframe = _has_nal_start(body, _KEYFRAME_NAL_TYPES)
    return 0


def starts_keyframe(packet: VideoPacket, previous: VideoPacket | None) -> bool:
    """Whether a keyframe begins with `packet`, for which `parse_payload` has set `is_keyframe`.

    `previous` is the packet before it, if that has come. Without a parameter set, `packet` begins a keyframe only if
    `previous` belongs to another picture. While `previous` is missing it does not: the parameter sets may be late, and
    a receiver can decode nothing without them.
    """
    if previous is not None and previous.timestamp != packet.timestamp:
        return True
    return _has_nal_start(packet.body, (SPS,))


def _has_nal_start(body: bytes, types: Collection[int]) -> bool:
    """Whether a NAL unit of one of these types starts in a packet."""
    if not body:
        return False
    nal_type = body[0] & 0x1F
    if nal_type == FU_A:
        if len(body) < 3:
            raise MalformedPacket(f"an H.264 fragment of {len(body)} bytes holds nothing")
        return body[1] > 0x7F and body[1] & 0x1F in types
    if nal_type != STAP_A:
        return nal_type in types
    at = 1
    while at + 2 < len(body):
        if body[at + 2] & 0x1F in types:
            return True
        at += 2 + (body[at] << 8 | body[at + 1])
    return False

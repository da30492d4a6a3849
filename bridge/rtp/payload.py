"""What sound and pictures each add to the seam: their frames, and how a copy of a packet is put together."""

from __future__ import annotations

from bridge.rtp.header import HEADER, Packet
from bridge.rtp.rewriter import Rewriter
from bridge.rtp.segment import Segment
from bridge.rtp.vp8 import FLAT, LAYERED, NO_PICTURE_ID, VideoPacket


class AudioRewriter(Rewriter[Packet]):
    """Opus at 48 kHz: every packet is a frame, so a run begins with any."""

    __slots__ = ()

    frame = 960
    squeeze = 960

    def _copy(self, packet: Packet, segment: Segment[Packet]) -> bytes:
        lead = packet.lead | segment.lead
        return (
            HEADER.pack(
                lead | 0x80 if packet.index == segment.mark else lead,
                (packet.index + segment.seq) & 0xFFFF,
                (packet.timestamp + segment.timestamp) & 0xFFFF_FFFF,
                segment.ssrc,
            )
            + packet.body
        )

    def _is_whole(self, packet: Packet | None) -> bool:
        return True

    def _count_on(self, packet: Packet, segment: Segment[Packet]) -> None:
        # The marker says "after a silence" (RFC 7587 section 4.1): a receiver may set its buffer anew at a
        # cut.
        segment.mark = packet.index


class VideoRewriter(Rewriter[VideoPacket]):
    """VP8 (or any payload without picture IDs, whose bytes stay as they are) at 90 kHz."""

    __slots__ = ("_key", "_picture", "_tl0")

    frame = 3000
    squeeze = 450

    def __init__(self, ssrc: int, payload_type: int, first_seq: int) -> None:
        super().__init__(ssrc, payload_type, first_seq)
        self._picture = self._tl0 = self._key = -1

    def _copy(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> bytes:
        lead = packet.lead | segment.lead
        seq = (packet.index + segment.seq) & 0xFFFF
        timestamp = (packet.timestamp + segment.timestamp) & 0xFFFF_FFFF
        if packet.picture == NO_PICTURE_ID:
            return HEADER.pack(lead, seq, timestamp, segment.ssrc) + packet.body
        picture = (packet.picture + segment.picture) & 0x7FFF | 0x8000
        if not packet.is_layered:
            return FLAT.pack(lead, seq, timestamp, segment.ssrc, packet.descriptor, picture) + packet.body
        return (
            LAYERED.pack(
                lead,
                seq,
                timestamp,
                segment.ssrc,
                packet.descriptor,
                picture,
                (packet.tl0 + segment.tl0) & 0xFF,
                packet.temporal & 0xE0 | (packet.temporal + segment.key) & 0x1F,
            )
            + packet.body
        )

    def _is_whole(self, packet: VideoPacket | None) -> bool:
        return packet is not None and packet.marker

    def _count_on(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture != NO_PICTURE_ID:
            segment.picture = self._picture + 1 - packet.picture
        segment.tl0 = self._tl0 + 1 - packet.tl0
        segment.key = self._key + 1 - packet.temporal

    def _remember(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture != NO_PICTURE_ID:
            self._picture = packet.picture + segment.picture
        if packet.is_layered:
            self._tl0 = packet.tl0 + segment.tl0
            self._key = packet.temporal + segment.key

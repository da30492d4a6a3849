"""What sound and pictures each add to the seam: their frames, and how a copy of a packet is put together."""

from __future__ import annotations

from struct import Struct

from bridge.rtp.header import HEADER, Packet
from bridge.rtp.rewriter import Rewriter
from bridge.rtp.segment import EASE, SENT_UNIT, Segment
from bridge.rtp.vp8 import FLAT, LAYERED, NO_PICTURE_ID, VideoPacket

EXTENDED = 0x1000
"""The bit that announces header extensions, in the first two bytes."""
TWO_WORDS = 0xBEDE_0002
"""One-byte header extensions (RFC 8285 section 4.2), two words of them."""
UNLIMITED = 0xFFF
"""The longest playout delay that can be said, in units of 10 ms: 40.95 s. Under that a receiver does as it thinks
right, which keeps a picture back until its sound is there."""
EASE_STEPS = 10
"""Units of it by which a limit rises in a second: 100 ms, as fast as libwebrtc itself lets its delay grow."""
QUIET = -45.0
"""dBov. Between words a microphone in a hall is below that, speech above."""
HARSH = 2400
"""Ticks, 50 ms: a lag of sound that is caught up in the middle of a word, where it is heard. Less waits for a pause."""
TIMED = Struct("!HHLLLLL")
"""RTP header with two words of header extensions; then as in `vp8`."""
TIMED_FLAT = Struct("!HHLLLLLHH")
TIMED_LAYERED = Struct("!HHLLLLLHHBB")


class AudioRewriter(Rewriter[Packet]):
    """Opus at 48 kHz: every packet is a frame, so a run begins with any."""

    __slots__ = ()

    squeeze = stride = 960

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

    def _correct(self, packet: Packet, segment: Segment[Packet]) -> Segment[Packet] | None:
        """Sound has no gaps to be squeezed: to fall back it leaves a packet out, in a quiet moment."""
        if not is_quiet(packet):
            return super()._correct(packet, segment) if self._slew > HARSH else segment
        if self._slew > 0:
            return super()._correct(packet, segment)
        if self._slew <= -self.squeeze:
            self._slew += self.squeeze
            self._leave_out(packet, segment, self.squeeze)
            return None
        self._slew = 0
        return segment

    def _count_on(self, packet: Packet, segment: Segment[Packet]) -> None:
        # The marker says "after a silence" (RFC 7587 section 4.1): a receiver may set its buffer anew at a
        # cut.
        segment.mark = packet.index


def is_quiet(packet: Packet) -> bool:
    """Or there is no telling."""
    return packet.level is None or packet.level <= QUIET


class VideoRewriter(Rewriter[VideoPacket]):
    """VP8 (or any payload without picture IDs, whose bytes stay as they are) at 90 kHz."""

    __slots__ = ("_key", "_picture", "_tl0")

    squeeze = 450
    stride = 9

    def __init__(self, ssrc: int, first_seq: int) -> None:
        super().__init__(ssrc, first_seq)
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


class TimedVideoRewriter(VideoRewriter):
    """The same with abs-send-time, without which browsers tell no estimate (REMB).

    A packet goes on in the moment in which it comes, so the time of its arrival is that of its sending, and a repeat of
    it is the same bytes. A replay is sent long after its packets came and bears its own moment, one for all: libwebrtc
    takes what was sent at once for one group and judges the way by the time between groups; of a packet that claims to
    be older than the group before it makes nothing, and after thirty packets without the extension it throws its
    estimate away.

    And with the playout delay, by which a cut shows at once: a browser keeps pictures back until their sound is there,
    some 50 ms, and would do so with the first picture of another place as well. That is limited to nothing at the cut,
    and to more and more in the seconds after it: a limit that ended all at once would leave a gap.
    """

    __slots__ = ("_limits", "_number", "_unlimited")

    head = TIMED.size

    def __init__(self, ssrc: int, first_seq: int, number: int, delay: int | None = None) -> None:
        """`number` and `delay` are the extensions' ids, 1 to 14; the latter is None where it was not agreed on."""
        super().__init__(ssrc, first_seq)
        self._number = number << 28 | 2 << 24
        # Without an id it is four bytes of padding.
        *self._limits, self._unlimited = (
            0 if delay is None else delay << 28 | 2 << 24 | most
            for most in (*range(int(EASE * EASE_STEPS) + 1), UNLIMITED)
        )

    def _copy(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> bytes:
        lead = packet.lead | segment.lead
        seq = (packet.index + segment.seq) & 0xFFFF
        timestamp = (packet.timestamp + segment.timestamp) & 0xFFFF_FFFF
        sent = self._number | (int(packet.arrival * SENT_UNIT) + segment.sent) & 0xFF_FFFF
        delay = self._unlimited if packet.arrival >= segment.eased else self._limit(packet, segment)
        if packet.picture == NO_PICTURE_ID:
            return (
                TIMED.pack(lead | EXTENDED, seq, timestamp, segment.ssrc, TWO_WORDS, sent, delay)
                + packet.body
            )
        picture = (packet.picture + segment.picture) & 0x7FFF | 0x8000
        if not packet.is_layered:
            return (
                TIMED_FLAT.pack(
                    lead | EXTENDED,
                    seq,
                    timestamp,
                    segment.ssrc,
                    TWO_WORDS,
                    sent,
                    delay,
                    packet.descriptor,
                    picture,
                )
                + packet.body
            )
        return (
            TIMED_LAYERED.pack(
                lead | EXTENDED,
                seq,
                timestamp,
                segment.ssrc,
                TWO_WORDS,
                sent,
                delay,
                packet.descriptor,
                picture,
                (packet.tl0 + segment.tl0) & 0xFF,
                packet.temporal & 0xE0 | (packet.temporal + segment.key) & 0x1F,
            )
            + packet.body
        )

    def _limit(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> int:
        """Soon after a cut; what came before it, and is sent again in a replay, is to be shown at once."""
        since = packet.arrival - (segment.eased - EASE)
        return self._limits[max(0, int(since * EASE_STEPS))]

"""The rewriters of sound and of pictures: their frames, and the layout of a copy."""

from __future__ import annotations

from struct import Struct

from bridge.rtp.header import HEADER, Packet
from bridge.rtp.rewriter import Rewriter
from bridge.rtp.segment import ABS_SEND_TIME_HZ, DELAY_RAMP_S, Segment
from bridge.rtp.vp8 import NO_PICTURE_ID, VP8_HEADER, VP8_LAYERED_HEADER, VideoPacket

EXTENSION_BIT = 0x1000
"""X, in the first two bytes of the header."""
TWO_WORD_EXTENSION = 0xBEDE_0002
"""One-byte header extensions (RFC 8285 section 4.2), two words of them."""
MAX_PLAYOUT_DELAY = 0xFFF
"""The largest limit of the playout delay, in units of 10 ms: 40.95 s. It leaves the delay to the receiver, which keeps
a picture back until its sound has arrived."""
DELAY_STEPS_PER_S = 10
"""Units of 10 ms by which the limit rises in a second: 100 ms, as fast as libwebrtc lets its own delay grow."""
QUIET_DBOV = -45.0
"""Between words a microphone in a hall is below that, speech above."""
MAX_SOUND_LAG_TICKS = 2400
"""50 ms at 48 kHz. A larger lag of sound is corrected in the middle of a word, audibly; a smaller one in a pause."""
EXTENDED_HEADER = Struct("!HHLLLLL")
"""RTP header with two words of header extensions; the next two are followed by a descriptor as in `vp8`."""
EXTENDED_VP8_HEADER = Struct("!HHLLLLLHH")
EXTENDED_VP8_LAYERED_HEADER = Struct("!HHLLLLLHHBB")


class AudioRewriter(Rewriter[Packet]):
    """Opus at 48 kHz: every packet is a frame, so a run may begin with any."""

    __slots__ = ()

    min_step = replay_step = 960

    def _copy(self, packet: Packet, segment: Segment[Packet]) -> bytes:
        flags = packet.flags | segment.payload_type
        return (
            HEADER.pack(
                flags | 0x80 if packet.index == segment.marker_index else flags,
                (packet.index + segment.seq_offset) & 0xFFFF,
                (packet.timestamp + segment.timestamp_offset) & 0xFFFF_FFFF,
                segment.ssrc,
            )
            + packet.body
        )

    def _ends_frame(self, packet: Packet | None) -> bool:
        return True

    def _apply_correction(self, packet: Packet, segment: Segment[Packet]) -> Segment[Packet] | None:
        """Sound has no room between frames. To move back, a packet is left out in a quiet moment."""
        if not is_quiet(packet):
            if self._correction > MAX_SOUND_LAG_TICKS:
                return super()._apply_correction(packet, segment)
            return segment
        if self._correction > 0:
            return super()._apply_correction(packet, segment)
        if self._correction <= -self.min_step:
            self._correction += self.min_step
            self._skip(packet, segment, self.min_step)
            return None
        self._correction = 0
        return segment

    def _set_payload_offsets(self, packet: Packet, segment: Segment[Packet]) -> None:
        # The marker means "after a silence" (RFC 7587 section 4.1): a receiver may reset its buffer there.
        segment.marker_index = packet.index


def is_quiet(packet: Packet) -> bool:
    """Also true if its level is unknown."""
    return packet.audio_level is None or packet.audio_level <= QUIET_DBOV


class VideoRewriter(Rewriter[VideoPacket]):
    """VP8 at 90 kHz, or any payload without picture IDs, whose bytes stay unchanged."""

    __slots__ = ("_keyidx", "_picture_id", "_tl0picidx")

    min_step = 450
    replay_step = 9

    def __init__(self, ssrc: int, first_seq: int) -> None:
        super().__init__(ssrc, first_seq)
        self._picture_id = self._tl0picidx = self._keyidx = -1

    def _copy(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> bytes:
        flags = packet.flags | segment.payload_type
        seq = (packet.index + segment.seq_offset) & 0xFFFF
        timestamp = (packet.timestamp + segment.timestamp_offset) & 0xFFFF_FFFF
        if packet.picture_id == NO_PICTURE_ID:
            return HEADER.pack(flags, seq, timestamp, segment.ssrc) + packet.body
        picture_id = (packet.picture_id + segment.picture_id_offset) & 0x7FFF | 0x8000
        if not packet.has_layers:
            return (
                VP8_HEADER.pack(flags, seq, timestamp, segment.ssrc, packet.descriptor, picture_id)
                + packet.body
            )
        return (
            VP8_LAYERED_HEADER.pack(
                flags,
                seq,
                timestamp,
                segment.ssrc,
                packet.descriptor,
                picture_id,
                (packet.tl0picidx + segment.tl0picidx_offset) & 0xFF,
                packet.tid_y_keyidx & 0xE0 | (packet.tid_y_keyidx + segment.keyidx_offset) & 0x1F,
            )
            + packet.body
        )

    def _ends_frame(self, packet: VideoPacket | None) -> bool:
        return packet is not None and packet.marker

    def _set_payload_offsets(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture_id != NO_PICTURE_ID:
            segment.picture_id_offset = self._picture_id + 1 - packet.picture_id
        segment.tl0picidx_offset = self._tl0picidx + 1 - packet.tl0picidx
        segment.keyidx_offset = self._keyidx + 1 - packet.tid_y_keyidx

    def _save_payload_counters(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> None:
        if packet.picture_id != NO_PICTURE_ID:
            self._picture_id = packet.picture_id + segment.picture_id_offset
        if packet.has_layers:
            self._tl0picidx = packet.tl0picidx + segment.tl0picidx_offset
            self._keyidx = packet.tid_y_keyidx + segment.keyidx_offset


class ExtendedVideoRewriter(VideoRewriter):
    """The same with two header extensions: abs-send-time and the playout delay.

    Without abs-send-time browsers send no estimate (REMB). A packet is sent in the moment of its arrival, so its
    arrival is its send time, and a retransmission has the same bytes. All packets of a replay carry the time of the
    replay. libwebrtc measures the time between groups of packets that were sent together; it ignores packets that
    claim to be older than the last group, and resets its estimate after thirty packets without the extension.

    The playout delay makes a cut visible at once. A browser delays pictures by some 50 ms until their sound arrives,
    also the first picture of another place. The limit is 0 at the cut and rises over the following seconds: a limit
    that ended abruptly would leave a gap.
    """

    __slots__ = ("_abs_send_time", "_delay_limits", "_max_delay")

    header_size = EXTENDED_HEADER.size

    def __init__(
        self, ssrc: int, first_seq: int, abs_send_time_id: int, playout_delay_id: int | None = None
    ) -> None:
        """The ids are 1 to 14; that of the playout delay is None if it was not negotiated."""
        super().__init__(ssrc, first_seq)
        self._abs_send_time = abs_send_time_id << 28 | 2 << 24
        # Without an id these are four bytes of padding.
        *self._delay_limits, self._max_delay = (
            0 if playout_delay_id is None else playout_delay_id << 28 | 2 << 24 | limit
            for limit in (*range(int(DELAY_RAMP_S * DELAY_STEPS_PER_S) + 1), MAX_PLAYOUT_DELAY)
        )

    def _copy(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> bytes:
        flags = packet.flags | segment.payload_type | EXTENSION_BIT
        seq = (packet.index + segment.seq_offset) & 0xFFFF
        timestamp = (packet.timestamp + segment.timestamp_offset) & 0xFFFF_FFFF
        send_time = (
            self._abs_send_time
            | (int(packet.arrival * ABS_SEND_TIME_HZ) + segment.send_time_offset) & 0xFF_FFFF
        )
        delay = (
            self._max_delay
            if packet.arrival >= segment.delay_limited_until
            else self._delay_limit(packet, segment)
        )
        if packet.picture_id == NO_PICTURE_ID:
            return (
                EXTENDED_HEADER.pack(
                    flags, seq, timestamp, segment.ssrc, TWO_WORD_EXTENSION, send_time, delay
                )
                + packet.body
            )
        picture_id = (packet.picture_id + segment.picture_id_offset) & 0x7FFF | 0x8000
        if not packet.has_layers:
            return (
                EXTENDED_VP8_HEADER.pack(
                    flags,
                    seq,
                    timestamp,
                    segment.ssrc,
                    TWO_WORD_EXTENSION,
                    send_time,
                    delay,
                    packet.descriptor,
                    picture_id,
                )
                + packet.body
            )
        return (
            EXTENDED_VP8_LAYERED_HEADER.pack(
                flags,
                seq,
                timestamp,
                segment.ssrc,
                TWO_WORD_EXTENSION,
                send_time,
                delay,
                packet.descriptor,
                picture_id,
                (packet.tl0picidx + segment.tl0picidx_offset) & 0xFF,
                packet.tid_y_keyidx & 0xE0 | (packet.tid_y_keyidx + segment.keyidx_offset) & 0x1F,
            )
            + packet.body
        )

    def _delay_limit(self, packet: VideoPacket, segment: Segment[VideoPacket]) -> int:
        """By the time since the cut; 0 for the packets of a replay, which came before it."""
        since_cut = packet.arrival - (segment.delay_limited_until - DELAY_RAMP_S)
        return self._delay_limits[max(0, int(since_cut * DELAY_STEPS_PER_S))]

"""One layer of a source's picture: its keyframes, picture IDs and RTX, and the requests for keyframes."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence

from bridge.rtp import h264, rtcp, rtx, vp8
from bridge.rtp.header import MalformedPacket, parse
from bridge.rtp.reception import BitrateMeter
from bridge.rtp.ring import VIDEO_RING_PACKETS
from bridge.rtp.serial import distance16, distance32
from bridge.rtp.vp8 import VideoPacket
from bridge.source.context import PacketDropped, RtpParameters, StreamContext
from bridge.source.intake import FIRST_CYCLE, Intake

PAYLOAD_PARSERS: Mapping[str, Callable[[VideoPacket], int]] = {
    "vp8": vp8.parse_payload,
    "h264": h264.parse_payload,
}
KEYFRAME_REQUEST_INTERVAL_S = 0.3
"""Seconds between two keyframe requests to one source, however many receivers ask."""
MAX_KEYFRAME_RETRY_S = 1.0
"""The most seconds until an unanswered request is repeated."""
NO_KEYFRAME_S = 2.0
"""Seconds of packets after a keyframe request without a keyframe, after which the layer counts as having none."""
MAX_KEYFRAME_INTERVAL_S = 12.0
"""Seconds since the last keyframe before which a layer does not count as having none. Encoders that ignore requests,
such as OBS, send a keyframe every 250 frames by default; a picture that runs must not be taken off for that."""


class VideoIntake(Intake[VideoPacket]):
    """VP8 or H.264. However many ask for a keyframe, one request is pending until it comes."""

    packet_type = VideoPacket
    ring_size = VIDEO_RING_PACKETS

    def __init__(
        self, context: StreamContext, parameters: RtpParameters, now: float, *, rid: str = ""
    ) -> None:
        super().__init__(context, parameters, now)
        self.rid = rid
        rids = parameters.rids or (rid,)
        self.larger = rids.index(rid)
        """How many layers of the source are larger."""
        self.smaller = len(rids) - 1 - self.larger
        """How many are smaller."""
        self.keyframes = 0
        self.keyframe_requests = 0
        self.keyframe_at = -math.inf
        """When the first packet of the last keyframe came."""
        self.rtx_ssrc: int | None = None
        """Of its RTX stream, once known."""
        self._rtx_payload_types = parameters.rtx_payload_types
        self._recovered_before = 0
        self._keyframe_wanted_since: float | None = None
        """Since when packets come, but not the keyframe that was requested."""
        self._requests_pending = 0
        self._requested_at = -math.inf
        self._parse_payload = PAYLOAD_PARSERS[self.codec]
        self._meter = BitrateMeter(now)
        self._reset_pictures()

    def _reset_pictures(self) -> None:
        self._picture_id: int | None = None
        """Of the newest packet, unwrapped; None before the first."""
        self._picture_id_bits: int | None = None
        self._keyframe = self._previous_keyframe = -1
        """Indexes of the first packets of the last two keyframes."""
        self._replays: dict[float, tuple[int, list[VideoPacket]]] = {}
        """Results of `since_keyframe` by its argument, with the packet count then. 160 slots may ask at each frame."""

    def _restart(self) -> None:
        self._recovered_before = self.recovered
        self._reset_pictures()
        super()._restart()

    # For slots ------------------------------------------------------------------------------------

    def is_showable(self, now: float) -> bool:
        """Whether packets come, a keyframe among them."""
        return self._keyframe >= 0 and not self.stall.is_stalled(now) and not self.lacks_keyframes(now)

    def bitrate(self, now: float) -> int:
        """Bits a second over the last second; 0 until it is measured."""
        return round(self._meter.read(self.octets, now) * 1000)

    def has_codec_in(self, codecs: Collection[str]) -> bool:
        """Whether it comes in one of these codecs; before its first packet, whether it may."""
        return self.codec in codecs if self.packets else not set(codecs).isdisjoint(self.codecs.values())

    def since_keyframe(self, max_seconds: float = math.inf) -> Sequence[VideoPacket]:
        """The packets from a keyframe's first to the newest, in order; empty if one of them is missing.

        A picture can begin with them at once: the keyframe is the last complete one. Empty if they span more than
        `max_seconds`, or more packets than the ring holds.
        """
        packets, found = self._replays.get(max_seconds, (-1, []))
        if packets != self.packets:
            found = self._find_since_keyframe(max_seconds)
            self._replays[max_seconds] = self.packets, found
        return found

    def _find_since_keyframe(self, max_seconds: float) -> list[VideoPacket]:
        newest = self.ring.get(self.ring.newest)
        for index in (self._keyframe, self._previous_keyframe):
            first = self.ring.get(index)
            if first is None or newest is None:
                continue
            ticks = distance32(newest.timestamp, first.timestamp)
            if ticks <= max_seconds * self.clock_rate and self._is_keyframe_complete(first):
                found = [self.ring.get(i) for i in range(index, newest.index + 1)]
                packets = [packet for packet in found if packet is not None]
                return packets if len(packets) == len(found) else []
        return []

    def is_keyframe_arriving(self, now: float) -> bool:
        """Whether a keyframe is incomplete so far, so that no request is needed. It may take several frames' time."""
        first = self.ring.get(self._keyframe)
        return (
            first is not None
            and self.nacks.last_given_up < first.index
            and now - self.keyframe_at < MAX_KEYFRAME_RETRY_S
            and not self._is_keyframe_complete(first)
        )

    def _is_keyframe_complete(self, first: VideoPacket) -> bool:
        """Whether all packets of the keyframe that begins with `first` have come."""
        packet: VideoPacket | None = first
        while packet is not None and not packet.marker and packet.timestamp == first.timestamp:
            packet = self.ring.get(packet.index + 1)
        return packet is not None

    def lacks_keyframes(self, now: float) -> bool:
        """Whether keyframe requests are not answered, so that no picture can begin."""
        since = self._keyframe_wanted_since
        return (
            since is not None
            and self.stall.last_packet_at - since >= NO_KEYFRAME_S
            and now - self.keyframe_at >= MAX_KEYFRAME_INTERVAL_S
        )

    @property
    def recovered(self) -> int:
        """Packets that came after a NACK."""
        return self._recovered_before + self.nacks.recovered

    # RTX and SSRCs --------------------------------------------------------------------------------

    def receive_rtx(self, data: bytes, now: float) -> None:
        """Take in one plain packet of its RTX stream."""
        try:
            original = rtx.unwrap(data, self._rtx_payload_types, self.ssrc or 0)
        except MalformedPacket:
            self._context.drop("rtx: malformed")
            return
        if original is None:
            self._context.drop("rtx: padding")
        else:
            self.receive(original, now, True)

    def bind_rtx_ssrc(self, ssrc: int) -> None:
        """Take `ssrc`, which has no handler, as that of its RTX stream."""
        self._unbind_rtx_ssrc()
        self.rtx_ssrc = ssrc
        self._context.handlers[ssrc.to_bytes(4, "big")] = self.receive_rtx

    def bind_ssrc(self, ssrc: int, now: float, *, is_restart: bool = False) -> bool:
        is_bound = super().bind_ssrc(ssrc, now, is_restart=is_restart)
        if is_bound:
            self._unbind_rtx_ssrc()
        return is_bound

    def can_restart_with(self, data: bytes, now: float) -> bool:
        """Whether it is a keyframe's first packet."""
        try:
            packet = parse(data, VideoPacket)
            codec = self.codecs[packet.payload_type]
            PAYLOAD_PARSERS[codec](packet)
        except MalformedPacket:
            return False
        return bool(packet.body) and _starts_keyframe(packet, codec, None)

    def _unbind_rtx_ssrc(self) -> None:
        if self.rtx_ssrc is not None:
            del self._context.handlers[self.rtx_ssrc.to_bytes(4, "big")]
            self.rtx_ssrc = None

    # The path of a packet -------------------------------------------------------------------------

    def _change_payload_type(self, packet: VideoPacket) -> None:
        """A sender may change its codec. It does so with a keyframe, and a new run begins there."""
        codec = self.codecs.get(packet.payload_type)
        if codec is None:
            raise PacketDropped("payload-type")
        if codec != self.codec and self.ring.newest >= 0:
            if distance16(packet.seq, self.ring.newest & 0xFFFF) <= 0:
                raise PacketDropped("codec")  # it is late: the change has overtaken it
            PAYLOAD_PARSERS[codec](packet)
            if not _starts_keyframe(packet, codec, None):
                self._want_keyframe(packet.arrival)
                raise PacketDropped("codec")
            self.codec = codec
            self._restart()
        self.codec, self._parse_payload = codec, PAYLOAD_PARSERS[codec]
        self._payload_type = packet.payload_type

    def _may_be_switch_point(self, packet: VideoPacket) -> bool:
        """The first packet of a keyframe, or one that may have completed it: its last, or one that was missing."""
        return packet.is_keyframe or packet.marker or packet.index < self.ring.newest

    def _process(self, packet: VideoPacket, picture_id_bits: int) -> None:
        if not packet.body:
            return
        if picture_id_bits:
            if self._picture_id_bits == 0:
                self._begin_run_at_keyframe(packet)
            self._unwrap_picture_id(packet, (1 << picture_id_bits) - 1)
        elif self._picture_id_bits:
            self._begin_run_at_keyframe(packet)
        self._picture_id_bits = picture_id_bits
        if packet.is_keyframe:
            packet.is_keyframe = _starts_keyframe(packet, self.codec, self.ring.get(packet.index - 1))
            if packet.is_keyframe:
                self._on_keyframe(packet)

    def _begin_run_at_keyframe(self, packet: VideoPacket) -> None:
        """Picture IDs appear or disappear. Pictures with and without one have a common order only across a keyframe."""
        if not packet.is_keyframe:
            raise PacketDropped("picture-id")
        self._restart()
        packet.index = packet.seq + FIRST_CYCLE

    def _on_keyframe(self, packet: VideoPacket) -> None:
        self._keyframe_wanted_since = None
        if packet.index > self._keyframe:
            self._previous_keyframe, self._keyframe = self._keyframe, packet.index
        self.keyframe_at = packet.arrival
        self.keyframes += 1

    def _unwrap_picture_id(self, packet: VideoPacket, mask: int) -> None:
        """Count the wraps: an ID of 7 bits wraps every 4 s, and receivers get 15 bits.

        IDs only grow with the sequence, so that of a newer packet lies ahead, whatever was lost in between.
        """
        if self._picture_id is None:
            self._picture_id = packet.picture_id
        elif packet.index > self.ring.newest:
            self._picture_id += (packet.picture_id - self._picture_id) & mask
            packet.picture_id = self._picture_id
        else:
            packet.picture_id = self._picture_id - ((self._picture_id - packet.picture_id) & mask)

    # Keyframe requests ----------------------------------------------------------------------------

    def request_keyframe(self, now: float) -> None:
        """Send a PLI at once, or once the interval since the last has passed, and repeat it until a keyframe comes."""
        if self._want_keyframe(now):
            self._send_pli(now, KEYFRAME_REQUEST_INTERVAL_S)

    def tick(self, now: float, rtt: float | None) -> None:
        super().tick(now, rtt)
        if self.nacks.last_given_up > self._keyframe or (self.ring.newest >= 0 and self._keyframe < 0):
            self._want_keyframe(now)
        if self._keyframe_wanted_since is not None:
            if self.stall.is_stalled(now):
                self._keyframe_wanted_since = now  # no packets at all is another fault
            retry = min(max(KEYFRAME_REQUEST_INTERVAL_S, 2 * (rtt or 0.0)), MAX_KEYFRAME_RETRY_S)
            self._send_pli(now, retry if self._requests_pending else KEYFRAME_REQUEST_INTERVAL_S)

    def _want_keyframe(self, now: float) -> bool:
        """Note that a keyframe is needed; whether that is new."""
        if self._keyframe_wanted_since is not None:
            return False
        self._keyframe_wanted_since, self._requests_pending = now, 0
        return True

    def _send_pli(self, now: float, interval: float) -> None:
        if self.ssrc is not None and now - self._requested_at >= interval:
            self._requested_at = now
            self._requests_pending += 1
            self.keyframe_requests += 1
            self._context.send(rtcp.pli(self._context.ssrc, self.ssrc))


def _starts_keyframe(packet: VideoPacket, codec: str, previous: VideoPacket | None) -> bool:
    """Whether a keyframe begins with `packet`; `previous` is the packet before it, if it has come."""
    return packet.is_keyframe and (codec != "h264" or h264.starts_keyframe(packet, previous))

"""One layer of a source's picture: it begins with keyframes, and these and what is lost are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence

from bridge.rtp import h264, rtcp, vp8
from bridge.rtp.header import MalformedPacket, parse
from bridge.rtp.repair import restore
from bridge.rtp.ring import VIDEO
from bridge.rtp.serial import distance16, distance32
from bridge.rtp.vp8 import VideoPacket
from bridge.source.context import Refused, StreamContext
from bridge.source.intake import FIRST, Intake

READERS: Mapping[str, Callable[[VideoPacket], int]] = {"vp8": vp8.read, "h264": h264.read}
KEYFRAME_PAUSE = 0.3
"""Seconds between two keyframe requests to one source, however many ask."""
KEYFRAME_PATIENCE = 1.0
"""Seconds at most until a request that brought no keyframe is made again."""
IN_VAIN = 2.0
"""Seconds of packets, after a keyframe was asked for, without one before it is said that none comes."""
RHYTHM = 12.0
"""Seconds since the last keyframe before which that is not said. Encoders that heed no request, such as OBS, send one
in a rhythm of their own, every 250 frames if nobody has set it; a picture that runs is not to be taken off for that."""


class VideoIntake(Intake[VideoPacket]):
    """VP8 or H.264. A request for a keyframe is one, however many make it, and stands until the keyframe comes."""

    packet_type = VideoPacket
    places = VIDEO

    def __init__(
        self,
        wire: StreamContext,
        *,
        codecs: Mapping[int, str],
        rate: int,
        ssrc: int | None,
        now: float,
        nack: bool = True,
        rid: str = "",
        repairs: Mapping[int, int] | None = None,
    ) -> None:
        """`nack`: the sender answers NACKs. `repairs`: payload types of its repair stream, see `repair.restore`."""
        self.rid = rid
        self.keyframes = 0
        self.keyframe_requests = 0
        self.keyframe_at = -math.inf
        """When the last one began to come."""
        self.repair_ssrc: int | None = None
        """Of its repair stream, once that is known."""
        self._repairs = repairs or {}
        self._repaired_before = 0
        self._wanted_since: float | None = None
        """Since when a keyframe is asked for and none has come, while packets do."""
        self._tries = 0
        self._asked = -math.inf
        super().__init__(wire, codecs=codecs, rate=rate, ssrc=ssrc, now=now, nack=nack)
        self._read = READERS[self.codec]

    def _begin_run(self) -> None:
        super()._begin_run()
        self._picture: int | None = None
        """The picture ID of the newest packet, unrolled; None before there is one."""
        self._bits: int | None = None
        """Bits of its picture IDs; None before the first packet."""
        self._keyframe = self._keyframe_before = -1
        """Indexes of the first packets of the last two keyframes."""
        self._kept: dict[float, tuple[int, list[VideoPacket]]] = {}
        """What `since_keyframe` found for so many seconds, and after which packet. 160 slots may ask at each frame."""

    def _restart(self) -> None:
        self._repaired_before = self.repaired
        super()._restart()

    # What those who show it may know --------------------------------------------------------------

    def flows(self, now: float) -> bool:
        """Whether it can be shown: packets come, and a keyframe is among them."""
        return self._keyframe >= 0 and not self.is_silent(now) and not self.is_barren(now)

    def can_be(self, codecs: Collection[str]) -> bool:
        """Whether it comes in one of these codecs, or may when it begins."""
        return self.codec in codecs if self.packets else not set(codecs).isdisjoint(self.codecs.values())

    def since_keyframe(self, longest: float = math.inf) -> Sequence[VideoPacket]:
        """The packets from the first of a keyframe to the newest, in order; none if one of them is missing.

        With them a picture can begin at once: the keyframe is the last that has come whole. They are here as long as
        there are not more of them than the ring holds, and if they are pictures of no more than `longest` seconds.
        """
        packets, found = self._kept.get(longest, (-1, []))
        if packets != self.packets:
            found = self._find_kept(longest)
            self._kept[longest] = self.packets, found
        return found

    def _find_kept(self, longest: float) -> list[VideoPacket]:
        newest = self.ring.get(self.ring.newest)
        for first in (self._keyframe, self._keyframe_before):
            begin = self.ring.get(first)
            if begin is None or newest is None:
                continue
            if distance32(newest.timestamp, begin.timestamp) <= longest * self.rate and self._is_whole(begin):
                found = [self.ring.get(index) for index in range(first, newest.index + 1)]
                kept = [packet for packet in found if packet is not None]
                return kept if len(kept) == len(found) else []
        return []

    def is_beginning(self, now: float) -> bool:
        """Whether a keyframe is coming in, which may take its sender several frames' time; none need be asked for."""
        begin = self.ring.get(self._keyframe)
        return (
            begin is not None
            and self.missing.hopeless < begin.index
            and now - self.keyframe_at < KEYFRAME_PATIENCE
            and not self._is_whole(begin)
        )

    def _is_whole(self, begin: VideoPacket) -> bool:
        """Whether all packets of the keyframe that begins with this one have come."""
        packet: VideoPacket | None = begin
        while packet is not None and not packet.marker and packet.timestamp == begin.timestamp:
            packet = self.ring.get(packet.index + 1)
        return packet is not None

    def is_barren(self, now: float) -> bool:
        """Whether keyframes are asked for in vain: no picture can begin with what comes."""
        since = self._wanted_since
        return since is not None and self.heard - since >= IN_VAIN and now - self.keyframe_at >= RHYTHM

    @property
    def repaired(self) -> int:
        """Packets that came because they were asked for."""
        return self._repaired_before + self.missing.repaired

    # The way of a packet --------------------------------------------------------------------------

    def repair(self, data: bytes, now: float) -> None:
        """Take in one plain packet of its repair stream."""
        try:
            original = restore(data, self._repairs, self.ssrc or 0)
        except MalformedPacket:
            self._wire.drop("repair: malformed")
            return
        if original is None:
            self._wire.drop("repair: padding")
        else:
            self.receive(original, now, True)

    def adopt_repair(self, ssrc: int) -> None:
        """Its repair stream has this SSRC, which is nobody's, from now on."""
        self._forget_repair()
        self.repair_ssrc = ssrc
        self._wire.routes[ssrc.to_bytes(4, "big")] = self.repair

    def adopt(self, ssrc: int, now: float, *, begins: bool = False) -> bool:
        adopted = super().adopt(ssrc, now, begins=begins)
        if adopted:
            self._forget_repair()
        return adopted

    def begins_with(self, data: bytes, now: float) -> bool:
        """With a keyframe."""
        try:
            packet = parse(data, VideoPacket)
            codec = self.codecs[packet.payload_type]
            READERS[codec](packet)
        except MalformedPacket:
            return False
        return bool(packet.body) and self._begins(packet, codec, None)

    def _forget_repair(self) -> None:
        if self.repair_ssrc is not None:
            del self._wire.routes[self.repair_ssrc.to_bytes(4, "big")]
            self.repair_ssrc = None

    def _turn(self, packet: VideoPacket) -> None:
        """A sender may change its codec. Between the two lies a keyframe, and a run begins with it."""
        codec = self.codecs.get(packet.payload_type)
        if codec is None:
            raise Refused("payload-type")
        if codec != self.codec and self.ring.newest >= 0:
            if distance16(packet.seq, self.ring.newest & 0xFFFF) <= 0:
                raise Refused("codec")  # it was overtaken by the change
            READERS[codec](packet)
            if not self._begins(packet, codec, None):
                self._want(packet.arrival)
                raise Refused("codec")
            self.codec = codec
            self._restart()
        self.codec, self._read = codec, READERS[codec]
        self._payload_type = packet.payload_type

    def _begins(self, packet: VideoPacket, codec: str, before: VideoPacket | None) -> bool:
        """Whether a keyframe begins with it; `before` is the packet before it, if it has come."""
        return packet.is_keyframe and (codec != "h264" or h264.begins(packet, before))

    def _can_begin(self, packet: VideoPacket) -> bool:
        """With a keyframe's first packet; or with its last, or one that was missing, once it is whole."""
        return packet.is_keyframe or packet.marker or packet.index < self.ring.newest

    def _take(self, packet: VideoPacket, bits: int) -> None:
        if not packet.body:
            return
        if bits:
            if self._bits == 0:
                self._change_ids(packet)
            self._unroll(packet, (1 << bits) - 1)
        elif self._bits:
            self._change_ids(packet)
        self._bits = bits
        if packet.is_keyframe:
            packet.is_keyframe = self._begins(packet, self.codec, self.ring.get(packet.index - 1))
            if packet.is_keyframe:
                self._take_keyframe(packet)

    def _change_ids(self, packet: VideoPacket) -> None:
        """Pictures with IDs and without have no common order but from a keyframe on."""
        if not packet.is_keyframe:
            raise Refused("picture-id")
        self._restart()
        packet.index = packet.seq + FIRST

    def _take_keyframe(self, packet: VideoPacket) -> None:
        self._wanted_since = None
        if packet.index > self._keyframe:
            self._keyframe_before, self._keyframe = self._keyframe, packet.index
        self.keyframe_at = packet.arrival
        self.keyframes += 1

    def _unroll(self, packet: VideoPacket, mask: int) -> None:
        """Count the wraps of the picture ID: with 7 bits it wraps every 4 s, and receivers get 15.

        IDs only grow with the sequence, so whatever was lost between, a newer packet's lies ahead.
        """
        if self._picture is None:
            self._picture = packet.picture
        elif packet.index > self.ring.newest:
            self._picture = packet.picture = self._picture + ((packet.picture - self._picture) & mask)
        else:
            packet.picture = self._picture - ((self._picture - packet.picture) & mask)

    # Asking ---------------------------------------------------------------------------------------

    def request_keyframe(self, now: float) -> None:
        """Ask at once, or when the pause since the last request is over, and again until a keyframe comes."""
        if self._want(now):
            self._ask(now, KEYFRAME_PAUSE)

    def tick(self, now: float, rtt: float | None) -> None:
        super().tick(now, rtt)
        if self.missing.hopeless > self._keyframe or (self.ring.newest >= 0 and self._keyframe < 0):
            self._want(now)
        if self._wanted_since is not None:
            if self.is_silent(now):
                self._wanted_since = now  # nothing comes at all: that is another fault
            patience = min(max(KEYFRAME_PAUSE, 2 * (rtt or 0.0)), KEYFRAME_PATIENCE)
            self._ask(now, patience if self._tries else KEYFRAME_PAUSE)

    def _want(self, now: float) -> bool:
        """Whether nobody wanted a keyframe before."""
        if self._wanted_since is not None:
            return False
        self._wanted_since, self._tries = now, 0
        return True

    def _ask(self, now: float, pause: float) -> None:
        if self.ssrc is not None and now - self._asked >= pause:
            self._asked = now
            self._tries += 1
            self.keyframe_requests += 1
            self._wire.send(rtcp.picture_loss(self._wire.ssrc, self.ssrc))

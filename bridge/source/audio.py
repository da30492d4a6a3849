"""The sound of a source."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.rtp.header import Packet
from bridge.rtp.ring import AUDIO_RING_PACKETS
from bridge.rtp.rtcp import ReportBlock
from bridge.rtp.serial import distance32
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.intake import Intake
from bridge.source.voice import VoiceActivity

MIN_REPORTED_LOSS = 0.05
"""The least loss of sound reported to its sender. Opus repeats each packet's essence in the next one (in-band FEC) only
if losses are reported, and the sender cannot know of those on the listeners' paths. With 5 % lost there, Chromium
concealed 4.6 % of the sound without FEC, and 1.2 % with it."""
PAUSE_S = 0.15
"""Seconds by which a timestamp must be ahead of the packet before it to be a pause. A packet of Opus has at
most 120 ms (RFC 6716 section 2.1.4), and those of DTX are 400 ms apart."""
RESTART_GAP_S = 0.1
"""Seconds, five packets, without sound after which another SSRC may be the same encoder, restarted."""
MAX_TAKEN_PACKETS = 50
"""Packets whose levels are taken at once: more than a second nobody needs."""
LEVEL_MASK = 0x7F
"""The eighth bit says whether it is a voice (RFC 6464 section 3)."""


class AudioIntake(Intake[Packet]):
    """Opus: a slot can begin with any packet."""

    packet_type = Packet
    ring_size = AUDIO_RING_PACKETS

    def __init__(self, context: StreamContext, parameters: RtpParameters, now: float) -> None:
        super().__init__(context, parameters, now)
        self.pauses = False
        """Its sender sends no packets in a pause of speech (DTX)."""
        self._loudest: int | None = None
        self._voice = VoiceActivity()
        self._voice_ring = self.ring
        self._voice_index = -1
        """Of the newest packet that it has heard."""
        self._levels_ring = self.ring
        self._levels_index = self.ring.newest
        """Of the newest packet whose level was taken."""
        self._level_id = parameters.audio_level_id
        self._parse_payload = self._read_level

    def take_level(self) -> float | None:
        """The loudest level since the last call, in dBov (0 to -127); None if no packet had one."""
        loudest, self._loudest = self._loudest, None
        return None if loudest is None else float(loudest)

    def voice(self) -> VoiceActivity:
        """Whether somebody speaks, up to the newest packet.

        The levels are in the ring, and are read when this is called. So it costs nothing where nobody asks.
        """
        ring = self.ring
        if ring is not self._voice_ring:
            self._voice, self._voice_ring, self._voice_index = VoiceActivity(), ring, -1
        if ring.newest != self._voice_index:
            for index in range(max(self._voice_index, ring.newest - AUDIO_RING_PACKETS) + 1, ring.newest + 1):
                packet = ring.get(index)
                if packet is not None and packet.body:
                    self._voice.hear(packet.audio_level, packet.arrival)
            self._voice_index = ring.newest
        return self._voice

    def take_packet_levels(self) -> Sequence[tuple[float, float]]:
        """The levels of the packets since the last call, the last second's at most: when each was due by its sender's
        clock, in monotonic seconds, and its level in dBov. Read from the ring, so it costs a packet nothing."""
        ring = self.ring
        if ring is not self._levels_ring:
            self._levels_ring, self._levels_index = ring, -1
        begin = max(self._levels_index, ring.newest - MAX_TAKEN_PACKETS) + 1
        self._levels_index = ring.newest
        packets = (ring.get(index) for index in range(begin, ring.newest + 1))
        return [
            (self.expected_arrival(packet), float(packet.audio_level))
            for packet in packets
            if packet is not None and packet.body and packet.audio_level is not None
        ]

    def first_since(self, begin: float) -> Packet | None:
        """The oldest stored packet that came at `begin` or later, in monotonic seconds; None if there is none."""
        found, index = None, self.ring.newest
        while (packet := self.ring.get(index)) is not None and packet.arrival >= begin:
            found = packet if packet.body else found
            index -= 1
        return found

    def _read_level(self, packet: Packet) -> int:
        packet.body = packet.data[packet.start : packet.end]
        value = packet.extension(self._level_id) if self._level_id is not None else None
        packet.audio_level = level = -(value[0] & LEVEL_MASK) if value else None
        if level is not None and (self._loudest is None or level > self._loudest):
            self._loudest = level
        return 0

    def _check_timestamp(self, packet: Packet, now: float) -> None:
        if not self.pauses:
            before = self.ring.get(packet.index - 1)
            if before is not None:
                self.pauses = distance32(packet.timestamp, before.timestamp) > PAUSE_S * self.clock_rate
        super()._check_timestamp(packet, now)

    def _may_be_switch_point(self, packet: Packet) -> bool:
        return bool(packet.body)

    def can_restart_with(self, data: bytes, now: float) -> bool:
        """Any packet can begin, so a gap distinguishes a restart from a second microphone."""
        return now - self.stall.last_packet_at >= RESTART_GAP_S

    def build_report(self, now: float) -> ReportBlock | None:
        block = super().build_report(now)
        return block and block._replace(fraction_lost=max(block.fraction_lost, MIN_REPORTED_LOSS))

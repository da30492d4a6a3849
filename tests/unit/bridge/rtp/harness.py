"""A rewriter between cameras and a receiver."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from bridge.rtp import h264, vp8
from bridge.rtp.header import parse
from bridge.rtp.rewriters import ExtendedVideoRewriter, VideoRewriter
from bridge.rtp.ring import VIDEO_RING_PACKETS, Ring
from bridge.rtp.vp8 import VideoPacket
from tests.unit.bridge.rtp.camera import Camera, H264Camera, SentPacket
from tests.unit.bridge.rtp.receiver import (
    ABS_SEND_TIME_ID,
    H264,
    PLAYOUT_DELAY_ID,
    VP8,
    Copy,
    ReceivedStream,
    read,
)

SSRC = 0x5EED
RATE = 90_000


def packet_of(sent: SentPacket, before: VideoPacket | None = None) -> VideoPacket:
    """The packet as an intake passes it on; `before` is the one before it, if it has come."""
    packet = parse(sent.data, VideoPacket)
    if packet.payload_type == H264Camera.payload_type:
        h264.parse_payload(packet)
        packet.is_keyframe = packet.is_keyframe and h264.starts_keyframe(packet, before)
    else:
        vp8.parse_payload(packet)
    packet.index = sent.index
    if sent.picture >= 0:
        packet.picture_id = sent.picture
    return packet


class RewriterHarness:
    """A rewriter, the rings of its cameras, and a receiver that verifies the stream."""

    def __init__(self, first_seq: int = 100, *, extended: bool = False) -> None:
        self.rewriter: VideoRewriter = (
            ExtendedVideoRewriter(SSRC, first_seq, ABS_SEND_TIME_ID, PLAYOUT_DELAY_ID)
            if extended
            else VideoRewriter(SSRC, first_seq)
        )
        self.stream = ReceivedStream()
        self.rings: dict[int, Ring[VideoPacket]] = {}
        self.keyframes: dict[int, int] = {}
        """Index of the first packet of each camera's last keyframe."""
        self.current: int | None = None
        self.target: int | None = None
        self.runs = 0
        self.now = 0
        """The clock, in ticks."""
        self.age = 0
        """Ticks by which the newest frame of a replay should have arrived before now."""

    def feed(self, sent: SentPacket) -> list[bytes]:
        """One packet arrives from a camera; the copies that go out for it."""
        packet = packet_of(sent)
        ring = self.rings.setdefault(packet.ssrc, Ring(VIDEO_RING_PACKETS))
        packet = packet_of(sent, ring.get(sent.index - 1))
        packet.arrival = self.now / RATE
        ring.put(packet)
        copies: list[bytes] = []
        if packet.ssrc == self.current:
            copy = self.rewriter.write(packet) if packet.body else self.rewriter.write_padding(packet)
            copies = [copy] if copy is not None else []
        if packet.is_keyframe:
            self.keyframes[packet.ssrc] = max(packet.index, self.keyframes.get(packet.ssrc, -1))
            if packet.ssrc == self.target:
                due, payload_type = self.now & 0xFFFF_FFFF, outgoing(packet)
                copies += self._change(packet, self.rewriter.switch(ring, packet, due, payload_type))
        return self._take(copies)

    def replay(self, ssrc: int) -> list[bytes]:
        """Cut to that camera with a replay since its last keyframe; nothing if a packet is missing."""
        ring, first = self.rings.get(ssrc), self.keyframes.get(ssrc)
        if ring is None or first is None or first <= ring.newest - VIDEO_RING_PACKETS:
            return []
        found = [ring.get(index) for index in range(first, ring.newest + 1)]
        run = [packet for packet in found if packet is not None]
        if len(run) < len(found):
            return []
        now, payload_type = self.now & 0xFFFF_FFFF, outgoing(run[0])
        copies = self.rewriter.replay(ring, run, now, now - self.age, self.now / RATE, payload_type)
        return self._take(self._change(run[0], copies))

    def _change(self, packet: VideoPacket, copies: list[bytes]) -> list[bytes]:
        if copies:
            self.runs += 1
            self.current, self.target = packet.ssrc, None
        return copies

    def _take(self, copies: list[bytes]) -> list[bytes]:
        for copy in copies:
            self.stream.take(copy, self.runs)
        return copies

    def feed_all(self, packets: Iterable[SentPacket]) -> list[Copy]:
        copies = [read(data) for sent in packets for data in self.feed(sent)]
        return [copy for copy in copies if copy is not None]


def outgoing(packet: VideoPacket) -> int:
    """Its outgoing payload type."""
    return H264 if packet.payload_type == H264Camera.payload_type else VP8


def random_camera(ssrc: int, rng: Random) -> Camera:
    """A camera whose counters are all about to wrap."""
    if rng.random() < 0.25:
        return H264Camera(
            ssrc, index=0x1_0000 + 0xFFFF - rng.randrange(400), timestamp=0xFFFF_FFFF - rng.randrange(200_000)
        )
    return Camera(
        ssrc,
        index=0x1_0000 + 0xFFFF - rng.randrange(400),
        timestamp=0xFFFF_FFFF - rng.randrange(200_000),
        picture=0x7FFF - rng.randrange(100),
        tl0=0xFF - rng.randrange(20),
        key=0x1F - rng.randrange(4),
        bits=rng.choice([15, 15, 7, 0]),
        layered=rng.random() < 0.5,
        padding=rng.randrange(40),
    )


def frames_with_padding(camera: Camera, rng: Random) -> list[SentPacket]:
    """A keyframe and some frames; some are truncated, and padding comes in between."""
    sent: list[SentPacket] = []
    for number in range(rng.randrange(2, 9)):
        frame = camera.frame(rng.randrange(1, 7), keyframe=number == 0, ticks=rng.choice([1500, 3000, 3003]))
        if rng.random() < 0.1:
            frame = frame[: rng.randrange(len(frame)) + 1]
        sent += frame
        sent += [camera.padding_only() for _ in range(rng.choice([0, 0, 0, 1, 3]))]
    return sent


def interleaved(stretches: list[list[SentPacket]]) -> list[SentPacket]:
    """The packets of several cameras, interleaved."""
    placed = [(place / len(sent), packet) for sent in stretches for place, packet in enumerate(sent)]
    return [packet for _, packet in sorted(placed, key=lambda pair: pair[0])]

"""An incoming stream, and a slot that records the stream's calls."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.rtp.vp8 import VideoPacket
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.video import VideoIntake
from tests.unit.bridge.peers import BRIDGE_SSRC, H264, NOW, VP8, VP8_RTX
from tests.unit.bridge.rtp.camera import Camera, SentPacket


class RecordingSlot:
    """A slot that records the packets and events of its stream."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.packets: list[VideoPacket] = []

    def forward(self, packet: VideoPacket) -> None:
        self.packets.append(packet)

    def on_padding(self, packet: VideoPacket) -> None:
        self.events.append("padding")

    def on_timestamp_jump(self, packet: VideoPacket) -> None:
        self.events.append("timestamp-jump")

    def on_switch_point(self, packet: VideoPacket) -> None:
        self.events.append("keyframe" if packet.is_keyframe else "other")

    def on_restart(self) -> None:
        self.events.append("restart")

    def on_stream_closed(self, intake: object) -> None:
        self.events.append("closed")

    def fail(self) -> None:
        self.events.append("failed")


def intake_of(camera: Camera, *, shown: bool = True) -> tuple[VideoIntake, RecordingSlot, StreamContext]:
    """A stream after its first keyframe, and a slot that shows it."""
    context = StreamContext(lambda data: None, BRIDGE_SSRC)
    parameters = RtpParameters({VP8: "vp8", H264: "h264"}, 90_000, rtx_payload_types={VP8_RTX: VP8})
    intake = VideoIntake(context, parameters, NOW)
    intake.bind_ssrc(camera.ssrc, NOW)
    slot = RecordingSlot()
    receive(intake, camera.frame(keyframe=True))
    if shown:
        intake.subscribe(slot)
    return intake, slot, context


def receive(intake: VideoIntake, sent: Iterable[SentPacket], now: float = NOW) -> None:
    """The packets arrive."""
    for packet in sent:
        intake.receive(packet.data, now)

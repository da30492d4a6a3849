"""An incoming stream, and a slot that writes down what the stream tells it."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.rtp.vp8 import VideoPacket
from bridge.source.context import RtpParameters, StreamContext
from bridge.source.video import VideoIntake
from tests.unit.bridge.peers import H264, NOW, OURS, VP8, VP8_RTX
from tests.unit.bridge.rtp.camera import Camera, Sent


class LayerSelector:
    """A slot that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.packets: list[VideoPacket] = []

    def forward(self, packet: VideoPacket) -> None:
        self.packets.append(packet)

    def on_padding(self, packet: VideoPacket) -> None:
        self.told.append("pad")

    def on_timestamp_jump(self, packet: VideoPacket) -> None:
        self.told.append("leap")

    def on_switch_point(self, packet: VideoPacket) -> None:
        self.told.append("enter" if packet.is_keyframe else "perhaps")

    def on_restart(self) -> None:
        self.told.append("restart")

    def on_stream_closed(self, intake: object) -> None:
        self.told.append("closed")


def intake_of(camera: Camera, *, shown: bool = True) -> tuple[VideoIntake, LayerSelector, StreamContext]:
    """A stream that a screen shows, after its first keyframe."""
    wire = StreamContext(lambda data: None, OURS)
    parameters = RtpParameters({VP8: "vp8", H264: "h264"}, 90_000, rtx_payload_types={VP8_RTX: VP8})
    intake = VideoIntake(wire, parameters, NOW)
    intake.bind_ssrc(camera.ssrc, NOW)
    screen = LayerSelector()
    receive(intake, camera.frame(keyframe=True))
    if shown:
        intake.subscribe(screen)
    return intake, screen, wire


def receive(intake: VideoIntake, sent: Iterable[Sent], now: float = NOW) -> None:
    """They arrive."""
    for packet in sent:
        intake.receive(packet.data, now)

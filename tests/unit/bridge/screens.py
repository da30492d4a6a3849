"""An incoming stream, and a slot that writes down what the stream tells it."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.rtp.vp8 import VideoPacket
from bridge.source.context import StreamContext
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

    def pad(self, packet: VideoPacket) -> None:
        self.told.append("pad")

    def leap(self, packet: VideoPacket) -> None:
        self.told.append("leap")

    def enter(self, packet: VideoPacket) -> None:
        self.told.append("enter" if packet.is_keyframe else "perhaps")

    def restart(self) -> None:
        self.told.append("restart")

    def lose(self, intake: object) -> None:
        self.told.append("lose")


def intake_of(camera: Camera, *, shown: bool = True) -> tuple[VideoIntake, LayerSelector, StreamContext]:
    """A stream that a screen shows, after its first keyframe."""
    wire = StreamContext(lambda data: None, OURS)
    codecs = {VP8: "vp8", H264: "h264"}
    intake = VideoIntake(wire, codecs=codecs, rate=90_000, ssrc=camera.ssrc, now=NOW, repairs={VP8_RTX: VP8})
    screen = LayerSelector()
    receive(intake, camera.frame(keyframe=True))
    if shown:
        intake.slots = (screen,)
    return intake, screen, wire


def receive(intake: VideoIntake, sent: Iterable[Sent], now: float = NOW) -> None:
    """They arrive."""
    for packet in sent:
        intake.receive(packet.data, now)

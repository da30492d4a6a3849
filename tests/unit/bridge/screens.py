"""An incoming stream, and a slot that writes down what the stream tells it."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.intake import Wire
from bridge.rtp.vp8 import VideoPacket
from bridge.video import VideoIntake
from tests.unit.bridge.peers import NOW, OURS
from tests.unit.rtp.camera import Camera, Sent


class Screen:
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
        self.told.append("enter")

    def restart(self) -> None:
        self.told.append("restart")

    def lose(self, intake: object) -> None:
        self.told.append("lose")


def intake_of(camera: Camera, *, shown: bool = True) -> tuple[VideoIntake, Screen, Wire]:
    """A stream that a screen shows, after its first keyframe."""
    wire = Wire(lambda data: None, OURS)
    intake = VideoIntake(wire, rate=90_000, ssrc=None, repairs=True, now=NOW)
    screen = Screen()
    receive(intake, camera.frame(keyframe=True))
    if shown:
        intake.slots = (screen,)
    return intake, screen, wire


def receive(intake: VideoIntake, sent: Iterable[Sent], now: float = NOW) -> None:
    """They arrive."""
    for packet in sent:
        intake.receive(packet.data, now)

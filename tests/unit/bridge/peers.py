"""The far ends that sources and destinations speak to, kept in memory."""

from __future__ import annotations

import struct
from typing import TypeVar

from bridge.destination import AudioSlot, Destination, VideoSlot
from bridge.engine import MICS, PROGRAM, SECOND, TALKBACK, multiview
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import Message
from bridge.source import Source, Stream
from tests.unit.rtp.camera import Camera, Sent
from tests.unit.rtp.receiver import Copy, read

NOW = 1000.0
"""When everything begins, in monotonic seconds."""
NTP = 3_900_000_000.0
"""The same instant by NTP."""
OURS = 0xB81D6E

AnyMessage = TypeVar("AnyMessage", bound=Message)


class Far:
    """A peer's end of a connection: what it was sent."""

    def __init__(self) -> None:
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    def send_rtp(self, data: bytes) -> None:
        """As `Downlink`."""
        self.rtp.append(data)

    def send_rtcp(self, data: bytes) -> None:
        """As `Uplink` and `Downlink`."""
        self.rtcp.append(data)

    def heard(self, kind: type[AnyMessage]) -> list[AnyMessage]:
        """RTCP messages of that kind, and forgets all so far."""
        parsed = [rtcp.parse(data) for data in self.rtcp]
        assert not any(compound.broken for compound in parsed)
        self.rtcp.clear()
        return [message for compound in parsed for message in compound.messages if isinstance(message, kind)]

    def copies(self, ssrc: int | None = None) -> list[Copy]:
        """Pictures received, and forgets all RTP so far."""
        found = [copy for data in self.rtp if (copy := read(data)) is not None]
        self.rtp.clear()
        return [copy for copy in found if ssrc in (None, copy.ssrc)]


class Room:
    """A source with its camera, its microphone and its peer's end."""

    def __init__(
        self, name: str, ssrc: int, *, video: bool = True, audio: bool = True, nack: bool = True
    ) -> None:
        self.far = Far()
        self.camera = Camera(ssrc, index=ssrc * 1000)
        self.source = Source(
            name,
            self.far,
            video=Stream(96, 90_000, nack=nack) if video else None,
            audio=Stream(111, 48_000) if audio else None,
            ssrc=OURS,
            cname="bridge",
            now=NOW,
        )
        self._spoken = 0

    def send(self, sent: list[Sent] | Sent, now: float) -> None:
        """Packets of its camera arrive."""
        for packet in sent if isinstance(sent, list) else [sent]:
            self.source.on_rtp(packet.data, now)

    def frame(self, now: float, packets: int = 1, *, keyframe: bool = False) -> list[Sent]:
        """The camera's next frame arrives."""
        sent = self.camera.frame(packets, keyframe=keyframe)
        self.send(sent, now)
        return sent

    def speak(self, now: float) -> None:
        """20 ms of sound arrive."""
        self._spoken += 1
        head = struct.pack("!BBHLL", 0x80, 111, self._spoken, self._spoken * 960, self.camera.ssrc + 1)
        self.source.on_rtp(head + b"voice of " + self.source.name.encode(), now)


def destination(
    far: Far, *, own: str | None = None, views: tuple[str, ...] = (), mics: int = 4
) -> tuple[Destination, dict[str, VideoSlot | AudioSlot]]:
    """A peer with the usual slots, by name; SSRCs count from 1."""
    video = [PROGRAM, SECOND, *map(multiview, views)]
    audio = [*MICS[:mics], TALKBACK]
    slots: dict[str, VideoSlot | AudioSlot] = {}
    for name in video:
        slots[name] = VideoSlot(name, len(slots) + 1, 100, 500)
    for name in audio:
        slots[name] = AudioSlot(name, len(slots) + 1, 109, 500)
    made = Destination(
        "peer", far, ProgramClock(NOW, NTP, 7), list(slots.values()), cname="bridge", now=NOW, source=own
    )
    return made, slots

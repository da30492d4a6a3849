"""A fake peer, a fake venue that sends a source, and a destination, in memory."""

from __future__ import annotations

import struct
from typing import TypeVar

from bridge.destination.destination import Destination
from bridge.destination.slots import AudioSlot, VideoSlot
from bridge.engine import INTERPRETATION, MICS, PICTURES, TALKBACK, multiview
from bridge.rtp import rtcp
from bridge.rtp.clock import ProgramClock
from bridge.rtp.rtcp import RtcpMessage
from bridge.source.context import RtpParameters
from bridge.source.source import Source
from bridge.source.video import VideoIntake
from tests.unit.bridge.rtp import receiver
from tests.unit.bridge.rtp.camera import Camera, H264Camera, SentPacket
from tests.unit.bridge.rtp.receiver import Copy, read

NOW = 1000.0
"""The start of every test, in monotonic seconds."""
NTP = 3_900_000_000.0
"""The same instant by NTP."""
BRIDGE_SSRC = 0xB81D6E

AnyMessage = TypeVar("AnyMessage", bound=RtcpMessage)


class FakePeer:
    """The packets that a peer was sent."""

    def __init__(self) -> None:
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []
        self.faults = 0
        self.is_dropping = self.is_drained = False
        """As over a TCP connection that is too slow, and whether that has sent what waited."""

    def resume(self) -> bool:
        """As `Downlink`."""
        self.is_dropping = self.is_dropping and not self.is_drained
        return not self.is_dropping

    def fail(self) -> None:
        """As `Downlink`."""
        self.faults += 1

    def send_rtp(self, data: bytes) -> None:
        """As `Downlink`."""
        self.rtp.append(data)

    def send_rtcp(self, data: bytes) -> None:
        """As `Uplink` and `Downlink`."""
        self.rtcp.append(data)

    def take_rtcp(self, kind: type[AnyMessage]) -> list[AnyMessage]:
        """The RTCP messages of that kind; all messages so far are discarded."""
        parsed = [rtcp.parse(data) for data in self.rtcp]
        assert not any(compound.malformed for compound in parsed)
        self.rtcp.clear()
        return [message for compound in parsed for message in compound.messages if isinstance(message, kind)]

    def take_copies(self, ssrc: int | None = None) -> list[Copy]:
        """The packets with pictures; all RTP so far is discarded."""
        found = [copy for data in self.rtp if (copy := read(data)) is not None]
        self.rtp.clear()
        return [copy for copy in found if ssrc in (None, copy.ssrc)]


RID_ID, REPAIRED_RID_ID, AUDIO_LEVEL_ID, TWCC_ID = 1, 2, 3, 4
"""Ids of header extensions."""
VP8, H264, OPUS, VP8_RTX, H264_RTX = 96, 102, 111, 97, 103
"""Payload types."""
SLOT_PAYLOAD_TYPES = {"vp8": 100, "h264": receiver.H264}
"""Payload types by codec of the slots."""


class FakeVenue:
    """A source, its camera, its microphone and its peer."""

    def __init__(
        self,
        name: str,
        ssrc: int,
        *,
        video: bool = True,
        audio: bool = True,
        nack: bool = True,
        layers: tuple[str, ...] = (),
        camera: type[Camera] = Camera,
        number: int | None = None,
        is_screen: bool = False,
    ) -> None:
        """`camera`: `Camera` sends VP8, `H264Camera` H.264. With `layers` each has its camera, whose packets carry the
        rid; their SSRCs are `ssrc` plus 100 each."""
        self.peer = FakePeer()
        self.cameras = {
            rid: camera(
                ssrc + 100 * number,
                index=ssrc * 1000 + number,
                extensions={RID_ID: rid.encode()} if rid else {},
                payload_type=H264 if camera is H264Camera else VP8,
            )
            for number, rid in enumerate(layers or ("",))
        }
        """By rid."""
        self.camera = next(iter(self.cameras.values()))
        """The best layer's, or the only one."""
        self.source = Source(
            name,
            self.peer,
            video=video_stream(nack=nack, layers=layers, number=number) if video else None,
            audio=RtpParameters({OPUS: "opus"}, 48_000, audio_level_id=AUDIO_LEVEL_ID, nack=nack)
            if audio
            else None,
            ssrc=BRIDGE_SSRC,
            cname="bridge",
            now=NOW,
            is_screen=is_screen,
        )
        self._spoken = self._stamp = 0

    @property
    def video(self) -> VideoIntake:
        """Its only layer, or the best."""
        return next(iter(self.source.layers.values()))

    def send(self, sent: list[SentPacket] | SentPacket, now: float) -> None:
        """Packets of its camera arrive."""
        for packet in sent if isinstance(sent, list) else [sent]:
            self.source.on_rtp(packet.data, now)

    def frame(
        self, now: float, packets: int = 1, *, keyframe: bool = False, layer: str | None = None
    ) -> list[SentPacket]:
        """The next frame of a layer arrives, by default of the best."""
        sent = (self.camera if layer is None else self.cameras[layer]).frame(packets, keyframe=keyframe)
        self.send(sent, now)
        return sent

    def lose(self, packets: int) -> None:
        """That many packets of sound are lost on their path."""
        self._spoken += packets
        self._stamp += 960 * packets

    def speak(self, now: float, *, level: int | None = None, pause: int = 0) -> None:
        """20 ms of sound arrive, `level` dB below full scale, after `pause` times 20 ms of DTX."""
        self._spoken += 1
        self._stamp += 960 * (1 + pause)
        extended = level is not None
        head = struct.pack(
            "!BBHLL", 0x90 if extended else 0x80, OPUS, self._spoken, self._stamp, self.camera.ssrc + 1
        )
        if level is not None:
            head += struct.pack("!HHBBH", 0xBEDE, 1, AUDIO_LEVEL_ID << 4, 0x80 | level, 0)
        self.source.on_rtp(head + b"voice of " + self.source.name.encode(), now)


def video_stream(
    *, nack: bool = True, layers: tuple[str, ...] = (), number: int | None = None
) -> RtpParameters:
    """The parameters of a browser's camera; `number`: the id of the transport-wide sequence number."""
    return RtpParameters(
        {VP8: "vp8", H264: "h264"},
        90_000,
        rtx_payload_types={VP8_RTX: VP8, H264_RTX: H264},
        rids=layers,
        rid_id=RID_ID,
        repaired_rid_id=REPAIRED_RID_ID,
        twcc_id=number,
        nack=nack,
    )


def destination(
    peer: FakePeer,
    *,
    own: str | None = None,
    talk: str | None = None,
    views: tuple[str, ...] = (),
    mics: int = 4,
) -> tuple[Destination, dict[str, VideoSlot | AudioSlot]]:
    """A peer with the usual slots, by name; SSRCs count from 1."""
    video = [*PICTURES[:2], *map(multiview, views)]
    audio = [*MICS[:mics], *INTERPRETATION, TALKBACK]
    slots: dict[str, VideoSlot | AudioSlot] = {}
    for name in video:
        slots[name] = VideoSlot(name, len(slots) + 1, SLOT_PAYLOAD_TYPES, 500)
    for name in audio:
        slots[name] = AudioSlot(name, len(slots) + 1, 109, 500)
    made = Destination(
        *("peer", peer, ProgramClock(NOW, NTP, 7), list(slots.values())),
        cname="bridge",
        now=NOW,
        source=own,
        talk=talk,
    )
    return made, slots

"""Rooms with aiortc's own peer connection, as far ends of the bridge.

A room's picture is one grey and its sound one pitch, both by its code, so a receiver can identify them.
"""

from __future__ import annotations

import asyncio
import random
import re
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle, pairwise

import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.codecs import get_capabilities
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from av.video.frame import PictureType

from bridge.engine import Joined, PeerSpec
from bridge.room.tone import PACKET_SAMPLES, SAMPLE_RATE, detect_tones, pitch, sine
from bridge.switchboard import Switchboard
from tests.media.overtcp import FrameTransport, gather_tcp

WIDTH, HEIGHT = 160, 96
TIMEOUT_S = 60.0
"""For each wait of a test."""


CODES = tuple(range(12))
RTX_TYPES = (98, 100, 102)
"""aiortc's payload types of RTX for VP8 and its two kinds of H.264."""


def grey(code: int) -> int:
    """The luma of the picture."""
    return 20 + 19 * code


def all_but_media(data: bytes) -> bool:
    """Whether a datagram is not media, or RTX. Exempts these from loss.

    aiortc sends one NACK for a gap. If the retransmission is lost, it sends another only with the next gap.
    """
    is_rtp = 127 < data[0] < 192 and not 191 < data[1] < 224
    return not is_rtp or data[1] & 0x7F in RTX_TYPES


class Camera(VideoStreamTrack):
    """A picture in the room's grey: 30 frames a second, or every `step`th of them."""

    def __init__(self, code: int, step: int = 1) -> None:
        super().__init__()
        self._step = step
        self._frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(self._frame.planes, (grey(code), 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)

    async def recv(self) -> av.VideoFrame:
        for _ in range(self._step - 1):
            await self.next_timestamp()
        pts, time_base = await self.next_timestamp()
        self._frame.pts, self._frame.time_base = pts, time_base
        self._frame.pict_type = PictureType.NONE  # a keyframe request for the last frame is not for this one
        return self._frame


class MovingCamera(Camera):
    """The same, but all below a strip of the room's grey moves: 0.6 Mb/s, two packets a frame."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        rng, luma = random.Random(code), self._frame.planes[0]
        still = bytes(luma)[: luma.line_size * HEIGHT // 3]
        moving = [rng.choices(range(120, 136), k=luma.buffer_size - len(still)) for _ in range(8)]
        self._pictures = cycle([still + bytes(pixels) for pixels in moving])

    async def recv(self) -> av.VideoFrame:
        self._frame.planes[0].update(next(self._pictures))
        return await super().recv()


class Microphone(AudioStreamTrack):
    """The room's pitch."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.speaks = True
        """Set it to False for silence."""
        self._samples = sine(pitch(code)).tobytes()
        self._began: float | None = None
        self._packets = 0

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._packets * 0.02 - loop.time()))
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET_SAMPLES)
        frame.planes[0].update(self._samples if self.speaks else bytes(len(self._samples)))
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts = self._packets * PACKET_SAMPLES
        self._packets += 1
        return frame


@dataclass(frozen=True)
class Seen:
    """A picture: the room's code (None: an unknown grey), its timestamp and its width."""

    code: int | None
    pts: int
    width: int = WIDTH


class Receiver:
    """Reads one track to its end, so that no queue grows, and lets tests wait for frames."""

    def __init__(self, track: MediaStreamTrack) -> None:
        self.pictures: list[Seen] = []
        self.sounds: list[tuple[int, ...]] = []
        """The codes of the pitches in each packet."""
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._read(track))

    async def until(self, reached: Callable[[Receiver], bool]) -> None:
        async with asyncio.timeout(TIMEOUT_S), self._news:
            await self._news.wait_for(lambda: reached(self))

    async def until_any(self, others: Sequence[Receiver], reached: Callable[[Receiver], bool]) -> None:
        """Wait until one of several satisfies `reached`; this one must receive packets all the time."""
        await self.until(lambda _: any(map(reached, others)))

    async def shows(self, code: int) -> None:
        await self.until(lambda r: bool(r.pictures) and r.pictures[-1].code == code)

    async def more(self, pictures: int) -> None:
        wanted = len(self.pictures) + pictures
        await self.until(lambda r: len(r.pictures) >= wanted)

    async def plays(self, *codes: int) -> None:
        await self.until(lambda r: bool(r.sounds) and r.sounds[-1] == codes)

    @property
    def only_goes_forward(self) -> bool:
        """Whether every picture is later than the one before."""
        return all(a.pts < b.pts for a, b in pairwise(self.pictures))

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    async def _read(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            async with self._news:
                if isinstance(frame, av.VideoFrame):
                    luma = bytes(frame.planes[0])[0]
                    code = next((c for c in CODES if abs(luma - grey(c)) < 9), None)
                    self.pictures.append(Seen(code, frame.pts or 0, frame.width))
                elif isinstance(frame, av.AudioFrame):
                    channels = len(frame.layout.channels)
                    samples = array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])
                    self.sounds.append(detect_tones(samples[::channels], CODES))
                self._news.notify_all()


class Room:
    """A peer of the switchboard."""

    def __init__(
        self,
        spec: PeerSpec,
        pc: RTCPeerConnection,
        joined: Joined,
        receivers: dict[str, Receiver],
        transports: list[FrameTransport],
    ) -> None:
        self.spec = spec
        self.pc = pc
        self.joined = joined
        self.slots = receivers
        self.transports = transports
        """Its TCP connection, if it has one."""

    async def until_state(self, state: str) -> None:
        changed = asyncio.Event()
        self.pc.on("connectionstatechange", changed.set)
        async with asyncio.timeout(TIMEOUT_S):
            while self.pc.connectionState != state:
                changed.clear()
                await changed.wait()


def peer_connection(
    tracks: Sequence[MediaStreamTrack], video: int, audio: int, codec: str | None = None
) -> RTCPeerConnection:
    """A connection that sends `tracks`, video first, and receives in that many m-lines. `codec` ("VP8", "H264") is its
    only video codec, if given."""
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    for track in tracks:
        pc.addTransceiver(track, direction="sendonly")
    for kind, number in (("video", video), ("audio", audio)):
        for _ in range(number):
            pc.addTransceiver(kind, direction="recvonly")
    if codec:
        known = get_capabilities("video").codecs
        wanted = [c for c in known if c.mimeType in (f"video/{codec}", "video/rtx")]
        for line in pc.getTransceivers():
            if line.kind == "video":
                line.setCodecPreferences(wanted)
    return pc


@asynccontextmanager
async def room(
    switchboard: Switchboard,
    peer: str,
    *,
    source: str | None = None,
    code: int | None = None,
    video: int = 1,
    audio: int = 0,
    multiview: Sequence[str] = (),
    port: int | None = None,
    codec: str | None = None,
    camera: MediaStreamTrack | None = None,
    has_camera: bool = True,
    microphone: MediaStreamTrack | None = None,
    talk: int | None = None,
    tcp: int | None = None,
    is_expendable: bool = False,
) -> AsyncIterator[Room]:
    """A room that has joined and is connected. `port` is a relay's, in place of the bridge's. `tcp` is the bridge's TCP
    port: then the room has no UDP.

    `codec` is its only video codec; `camera` replaces the grey picture, `microphone` the steady tone. `talk` is the
    code of its talkback microphone, the source `talk:PEER`.
    """
    tracks: list[MediaStreamTrack] = []
    if code is not None:
        tracks += [camera or Camera(code)] if has_camera else []
        tracks += [microphone or Microphone(code)]
    if talk is not None:
        tracks += [Microphone(talk)]
    pc = peer_connection(tracks, video, audio, codec)
    transports = [] if tcp is None else gather_tcp(pc, tcp)
    receivers: dict[str, Receiver] = {}
    try:
        await pc.setLocalDescription()
        talks = None if talk is None else f"talk:{peer}"
        spec = PeerSpec(peer, source, multiview, talk=talks, is_expendable=is_expendable)
        joined = await switchboard.join(spec, pc.localDescription.sdp)
        answer = joined.sdp.replace(
            f" {switchboard.udp_port} typ host", f" {port or switchboard.udp_port} typ host"
        )
        await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        lines: dict[str, RTCRtpTransceiver] = {line.mid: line for line in pc.getTransceivers() if line.mid}
        for mid, slot in joined.slots.items():
            receivers[slot] = Receiver(lines[mid].receiver.track)
        room = Room(spec, pc, joined, receivers, transports)
        await room.until_state("connected")
        yield room
    finally:
        for receiver in receivers.values():
            await receiver.stop()
        await pc.close()


def found(pattern: str, text: str) -> str:
    """The first match of the pattern's group."""
    match = re.search(pattern, text)
    assert match
    return match[1]

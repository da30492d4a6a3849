"""Rooms on aiortc's own peer connection: the far end of everything in `bridge`.

A room's picture is one grey and its sound one pitch, both by its code, so that whoever receives them can tell whose
they are.
"""

from __future__ import annotations

import asyncio
import re
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fractions import Fraction

import av
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy

from bridge.engine import Joined, PeerSpec
from bridge.switchboard import Switchboard
from bridge.tone import PACKET, RATE, heard, pitch, sine

WIDTH, HEIGHT = 160, 96
PATIENCE = 10.0
"""Seconds after which what is waited for will not come."""


CODES = (0, 1, 2, 3)


def grey(code: int) -> int:
    """The luma of a room's picture."""
    return 40 + 50 * code


class Camera(VideoStreamTrack):
    """30 pictures a second in the room's grey."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self._frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, value in zip(self._frame.planes, (grey(code), 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        self._frame.pts, self._frame.time_base = pts, time_base
        return self._frame


class Microphone(AudioStreamTrack):
    """The room's pitch."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self._samples = sine(pitch(code)).tobytes()
        self._began: float | None = None
        self._packets = 0

    async def recv(self) -> av.AudioFrame:
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._packets * 0.02 - loop.time()))
        frame = av.AudioFrame(format="s16", layout="mono", samples=PACKET)
        frame.planes[0].update(self._samples)
        frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
        frame.pts = self._packets * PACKET
        self._packets += 1
        return frame


@dataclass(frozen=True)
class Seen:
    """A picture: whose it is (None: of nobody's grey), and its timestamp."""

    code: int | None
    pts: int


class Receiver:
    """Reads one track to its end, so that nothing piles up, and lets tests wait for what comes."""

    def __init__(self, track: MediaStreamTrack) -> None:
        self.pictures: list[Seen] = []
        self.sounds: list[tuple[int, ...]] = []
        """Whose pitches were in each packet."""
        self._news = asyncio.Condition()
        self._task = asyncio.create_task(self._read(track))

    async def until(self, reached: Callable[[Receiver], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._news:
            await self._news.wait_for(lambda: reached(self))

    async def shows(self, code: int) -> None:
        await self.until(lambda r: bool(r.pictures) and r.pictures[-1].code == code)

    async def more(self, pictures: int) -> None:
        wanted = len(self.pictures) + pictures
        await self.until(lambda r: len(r.pictures) >= wanted)

    async def plays(self, *codes: int) -> None:
        await self.until(lambda r: bool(r.sounds) and r.sounds[-1] == codes)

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
                    code = next((c for c in CODES if abs(luma - grey(c)) < 10), None)
                    self.pictures.append(Seen(code, frame.pts or 0))
                elif isinstance(frame, av.AudioFrame):
                    channels = len(frame.layout.channels)
                    samples = array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])
                    self.sounds.append(heard(samples[::channels], CODES))
                self._news.notify_all()


class Room:
    """A peer of the switchboard."""

    def __init__(
        self, spec: PeerSpec, pc: RTCPeerConnection, joined: Joined, receivers: dict[str, Receiver]
    ) -> None:
        self.spec = spec
        self.pc = pc
        self.joined = joined
        self.slots = receivers

    async def until_state(self, state: str) -> None:
        changed = asyncio.Event()
        self.pc.on("connectionstatechange", changed.set)
        async with asyncio.timeout(PATIENCE):
            while self.pc.connectionState != state:
                changed.clear()
                await changed.wait()


def peer_connection(code: int | None, video: int, audio: int) -> RTCPeerConnection:
    """A connection that sends the room's picture and sound, and receives in so many lines."""
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    if code is not None:
        pc.addTransceiver(Camera(code), direction="sendonly")
        pc.addTransceiver(Microphone(code), direction="sendonly")
    for kind, number in (("video", video), ("audio", audio)):
        for _ in range(number):
            pc.addTransceiver(kind, direction="recvonly")
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
) -> AsyncIterator[Room]:
    """A room that has joined and is connected; `port` is a relay's, to be used instead of the bridge's."""
    pc = peer_connection(code, video, audio)
    receivers: dict[str, Receiver] = {}
    try:
        await pc.setLocalDescription()
        spec = PeerSpec(peer, source, multiview)
        joined = await switchboard.join(spec, pc.localDescription.sdp)
        answer = joined.sdp.replace(
            f" {switchboard.number} typ host", f" {port or switchboard.number} typ host"
        )
        await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        lines: dict[str, RTCRtpTransceiver] = {line.mid: line for line in pc.getTransceivers() if line.mid}
        for mid, slot in joined.slots.items():
            receivers[slot] = Receiver(lines[mid].receiver.track)
        room = Room(spec, pc, joined, receivers)
        await room.until_state("connected")
        yield room
    finally:
        for receiver in receivers.values():
            await receiver.stop()
        await pc.close()


def found(pattern: str, text: str) -> str:
    """What the pattern's group finds first."""
    match = re.search(pattern, text)
    assert match
    return match[1]

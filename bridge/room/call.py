"""One peer connection of a headless room, from offer to end.

The offer's m-lines stand in the order that the bridge expects: what is published (video, audio), then one line for each
slot in which the room receives. Nothing is renegotiated; a connection that no longer carries is closed, and another one
made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import structlog
from aioice import Candidate
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import get_capabilities
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpsender import RTCEncodedFrame, RTCRtpSender
from aiortc.rtcrtptransceiver import RTCRtpTransceiver

from bridge.engine import MICS, PROGRAM, SECOND, TALKBACK
from bridge.room.inputs import ToneTrack, Tracks

CONNECT_S = 10.0
"""For an answer and for the connection, together. aiortc itself would wait without end."""
CLOSE_S = 5.0
SILENCE_S = 3.0
"""Without a packet from the bridge for this long, the connection is dead. The bridge sends something every 150 ms at
least; the rest is for a machine that has too much to do. aiortc notices by itself only after some 30 s."""
LOOK_EVERY_S = 0.5
LOOPBACK = "127.0.0.1"

_RECEIVED = ((PROGRAM, "video"), (SECOND, "video"), *((mic, "audio") for mic in MICS), (TALKBACK, "audio"))

_REFUSED = (InternalError, InvalidAccessError, InvalidStateError, OperationError)

log = structlog.get_logger(__name__)


class Call:
    """A connection to the bridge.

    Args:
        tracks: what is published; None for a room that only receives. It stops them when it is closed.
        receive: whether it receives in slots.
    """

    def __init__(self, tracks: Tracks | None, *, receive: bool) -> None:
        configuration = RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        self._pc = RTCPeerConnection(configuration)
        self._connected = asyncio.Event()
        self._over = asyncio.Event()
        self._why = ""
        self._tracks = [track for track in tracks or () if track is not None]
        for published in self._tracks:
            published.on("ended", self._on_ended)
        self._slots: dict[str, RTCRtpTransceiver] = {}
        for kind, track in zip(("video", "audio"), tracks or (), strict=False):
            line = self._pc.addTransceiver(track or kind, direction="sendonly")
            _prefer(line, {"video/vp8"})
            if isinstance(track, ToneTrack):
                _tell_level(line.sender, track)
        for slot, kind in _RECEIVED if receive else ():
            self._slots[slot] = self._pc.addTransceiver(kind, direction="recvonly")
            _prefer(self._slots[slot], {"video/vp8", "video/h264"})
        gather_loopback_too(self._pc)
        self._pc.on("connectionstatechange", self._on_state)

    async def connect(self, negotiate: Callable[[str], Awaitable[str]]) -> None:
        """Negotiate and wait until packets can flow.

        Raises:
            ConnectionError: they cannot, or the answer makes no sense.
            TimeoutError: `CONNECT_S` have passed.
            Exception: what `negotiate` raised.
        """
        try:
            async with asyncio.timeout(CONNECT_S):
                await _whole(self._pc.setLocalDescription())
                answer = await negotiate(self._pc.localDescription.sdp)
                await self._take(answer)
                await self._connected.wait()
        except TimeoutError as exc:
            raise TimeoutError(f"no connection to the bridge within {CONNECT_S:.0f} s") from exc
        if self._over.is_set():
            raise ConnectionError(self._why)

    async def _take(self, answer: str) -> None:
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except (
            ValueError,
            LookupError,
            AssertionError,
            *_REFUSED,
        ) as exc:  # aiortc's parser is not a strict one
            raise ConnectionError(
                f"the bridge's answer cannot be used: {str(exc) or type(exc).__name__}"
            ) from exc

    def received(self) -> Mapping[str, MediaStreamTrack]:
        """What is received, by slot: those that the answer has filled."""
        tracks: dict[str, MediaStreamTrack | None]
        tracks = {slot: line.receiver.track for slot, line in self._slots.items()}
        return {slot: track for slot, track in tracks.items() if track is not None}

    async def ended(self) -> str:
        """Wait for the end of the connection; says why it ended."""
        await self._over.wait()
        return self._why

    def end(self, why: str) -> None:
        """It is over; the first reason counts."""
        self._why = self._why or why
        self._over.set()
        self._connected.set()

    async def watchdog(self) -> None:
        """End the connection when the bridge has fallen silent."""
        silent, before = 0.0, -1
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            packets = await self._packets()
            silent = silent + LOOK_EVERY_S if packets == before else 0.0
            before = packets
            if silent >= SILENCE_S:
                self.end(f"nothing heard from the bridge for {SILENCE_S:.0f} s")
                return

    async def close(self) -> None:
        """Let go of everything. Bounded: a connection that cannot be closed in time is left behind."""
        self.end("closed")
        for track in self._tracks:
            track.stop()
        try:
            await _whole(asyncio.wait_for(self._pc.close(), CLOSE_S))
        except TimeoutError:
            log.warning("a connection could not be closed and is left behind", after_s=CLOSE_S)

    async def _packets(self) -> int:
        """Packets received so far."""
        report = await self._pc.getSenders()[0].getStats()
        return sum(entry.packetsReceived for entry in report.values() if entry.type == "transport")

    def _on_ended(self) -> None:
        self.end("what the room publishes has come to an end")

    def _on_state(self) -> None:
        match self._pc.connectionState:
            case "connected":
                self._connected.set()
            case "failed":
                self.end("the connection to the bridge has failed")
            case "closed":
                self.end("the bridge has closed the connection")
            case _:
                pass


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` to its end even if cancelled meanwhile: aiortc leaves sockets open where it is interrupted."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _prefer(line: RTCRtpTransceiver, pictures: set[str]) -> None:
    """Offer these pictures, what repairs them, and Opus. A room sends VP8, which every receiver has, and receives H.264
    too, since an encoder may send nothing else."""
    wanted = pictures | {"video/rtx", "audio/opus"}
    capabilities = get_capabilities(line.kind)
    line.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType.lower() in wanted])


def _tell_level(sender: RTCRtpSender, tone: ToneTrack) -> None:
    """Have the packets of a tone tell how loud it is (RFC 6464). aiortc measures what it encodes itself, and a tone is
    encoded already."""
    next_frame = sender._next_encoded_frame

    async def with_level(codec: RTCRtpCodecParameters) -> RTCEncodedFrame | None:
        frame = await next_frame(codec)
        if frame is not None:
            frame.audio_level = tone.level
        return frame

    sender._next_encoded_frame = with_level  # type: ignore[method-assign]


def gather_loopback_too(pc: RTCPeerConnection) -> None:
    """Make a peer connection that has its transceivers offer an address on the loopback interface, and prefer it.

    aioice leaves 127.0.0.1 out when it gathers, so a room could not reach a server on its own machine that listens
    there alone. Where the server is elsewhere, the checks from that address lead nowhere and do no harm.
    """
    connection = pc.getTransceivers()[0].receiver.transport.transport.iceGatherer._connection
    gather = connection.get_component_candidates

    async def with_loopback(component: int, addresses: list[str]) -> list[Candidate]:
        return await gather(component=component, addresses=[LOOPBACK, *addresses])

    connection.get_component_candidates = with_loopback  # type: ignore[method-assign, assignment]

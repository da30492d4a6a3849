"""One peer connection of a headless room, from the offer to the end.

The offer's m-lines have the order that the bridge expects: the source (video, audio), then one for each slot. Nothing
is renegotiated; a dead connection is closed and replaced.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, Literal

import structlog
from aioice import Candidate, Connection
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import get_capabilities, h264, vpx
from aiortc.exceptions import InternalError, InvalidAccessError, InvalidStateError, OperationError
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.rtcrtpsender import RTCEncodedFrame, RTCRtpSender
from aiortc.rtcrtptransceiver import RTCRtpTransceiver

from bridge.engine import INTERPRETATION, MICS, PICTURES, TALKBACK
from bridge.room.devices.microphone import MicrophoneTrack
from bridge.room.inputs import ToneTrack, Tracks
from bridge.room.jitter import PictureBuffer
from bridge.room.tcp import add_tcp
from bridge.room.turn import turn_servers

CONNECT_TIMEOUT_S = 10.0
"""Seconds for the answer and the connection together: aiortc itself has no timeout."""
CLOSE_TIMEOUT_S = 5.0
"""Seconds after which a closing connection is abandoned: a dead peer answers no close."""
SILENCE_TIMEOUT_S = 3.0
"""Without a packet from the bridge for this long the connection is dead. The bridge sends at least every 150 ms; the
rest is for an overloaded machine. aiortc itself notices after about 30 s."""
CHECK_INTERVAL_S = 0.5
"""Seconds between two checks whether packets still come."""
MAX_PAYLOAD_BYTES = 1160
"""Of a picture's packet. With headers, encryption, UDP and IPv6 it then fits the smallest path (1280 bytes). aiortc's
own 1300 does not."""
MAX_PICTURE_BPS = 2_500_000
"""Of a camera or file, as of a page's large layer; the bridge's estimate may be lower. aiortc's own 1.5 Mb/s blurs a
moving 720p picture. A test card needs less, and gets less."""
TURN_TIMEOUT_S = 3
"""Seconds for which the offer waits for a relay address: five round trips with TLS are 1.5 s across the world."""
LOOPBACK = "127.0.0.1"

_SLOTS = (
    *((picture, "video") for picture in PICTURES),
    *((sound, "audio") for sound in (*MICS, *INTERPRETATION, TALKBACK)),
)

_AIORTC_ERRORS = (InternalError, InvalidAccessError, InvalidStateError, OperationError)

log = structlog.get_logger(__name__)

vpx.PACKET_MAX = h264.PACKET_MAX = MAX_PAYLOAD_BYTES
vpx.MAX_BITRATE = MAX_PICTURE_BPS


class Call:
    """A connection to the bridge.

    Args:
        tracks: the source; None for a room that only receives. `close` stops them.
        receive: whether to offer slots.
        has_camera: whether to offer to send a picture, too. A seat in a booth sends sound alone.
        ice_servers: TURN servers, as in the welcome. One is used where nothing else gets through.
    """

    def __init__(
        self,
        tracks: Tracks | None,
        *,
        receive: bool,
        has_camera: bool = True,
        ice_servers: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        configuration = RTCConfiguration(
            iceServers=turn_servers(ice_servers), bundlePolicy=RTCBundlePolicy.MAX_BUNDLE
        )
        self._pc = RTCPeerConnection(configuration)
        self._connected = asyncio.Event()
        self._ended = asyncio.Event()
        self._reason = ""
        self._tracks = [track for track in tracks or () if track is not None]
        for own in self._tracks:
            own.on("ended", self._on_track_ended)
        self._slots: dict[str, RTCRtpTransceiver] = {}
        for kind, track in zip(("video", "audio"), tracks or (), strict=False):
            if kind == "video" and not has_camera:
                continue
            line = self._pc.addTransceiver(track or kind, direction="sendonly")
            _prefer(line, {"video/vp8"})
            if isinstance(track, ToneTrack | MicrophoneTrack):
                _send_audio_level(line.sender, track)
        for slot, kind in _SLOTS if receive else ():
            self._slots[slot] = self._pc.addTransceiver(kind, direction="recvonly")
            _prefer(self._slots[slot], {"video/vp8", "video/h264"})
            if kind == "video":
                self._slots[slot].receiver._RTCRtpReceiver__jitter_buffer = PictureBuffer()  # type: ignore[attr-defined]
        gather_on_loopback(self._pc)
        add_tcp(ice_connection(self._pc))
        self._pc.on("connectionstatechange", self._on_state)

    async def connect(self, negotiate: Callable[[str], Awaitable[str]]) -> None:
        """Negotiate and wait until media can flow.

        Raises:
            ConnectionError: the connection has failed, or the answer is invalid.
            TimeoutError: `CONNECT_TIMEOUT_S` have passed.
            Exception: any exception of `negotiate`.
        """
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                await _uncancelled(self._pc.setLocalDescription())
                answer = await negotiate(self._pc.localDescription.sdp)
                await self._accept(answer)
                await self._connected.wait()
        except TimeoutError as exc:
            raise TimeoutError(f"no connection to the bridge within {CONNECT_TIMEOUT_S:.0f} s") from exc
        if self._ended.is_set():
            raise ConnectionError(self._reason)

    async def _accept(self, answer: str) -> None:
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        except (
            ValueError,
            LookupError,
            AssertionError,
            *_AIORTC_ERRORS,
        ) as exc:  # aiortc's parser raises whatever the fault leads to
            raise ConnectionError(
                f"the bridge's answer cannot be used: {str(exc) or type(exc).__name__}"
            ) from exc

    def received(self) -> Mapping[str, MediaStreamTrack]:
        """The received tracks by slot, as far as the answer has them."""
        tracks: dict[str, MediaStreamTrack | None]
        tracks = {slot: line.receiver.track for slot, line in self._slots.items()}
        return {slot: track for slot, track in tracks.items() if track is not None}

    async def ended(self) -> str:
        """Wait for the end of the connection. Returns the reason."""
        await self._ended.wait()
        return self._reason

    def end(self, reason: str) -> None:
        """End the connection. The first reason counts."""
        self._reason = self._reason or reason
        self._ended.set()
        self._connected.set()

    async def watchdog(self) -> None:
        """End the connection when the bridge is silent."""
        silence_s, before = 0.0, -1
        while True:
            await asyncio.sleep(CHECK_INTERVAL_S)
            packets = await self._packets()
            silence_s = silence_s + CHECK_INTERVAL_S if packets == before else 0.0
            before = packets
            if silence_s >= SILENCE_TIMEOUT_S:
                self.end(f"nothing received from the bridge for {SILENCE_TIMEOUT_S:.0f} s")
                return

    async def close(self) -> None:
        """Stop the tracks and close the connection, which is abandoned after `CLOSE_TIMEOUT_S`."""
        self.end("closed")
        for track in self._tracks:
            track.stop()
        try:
            await _uncancelled(asyncio.wait_for(self._pc.close(), CLOSE_TIMEOUT_S))
        except TimeoutError:
            log.warning("a connection could not be closed in time", after_s=CLOSE_TIMEOUT_S)

    @property
    def path(self) -> Literal["udp", "tcp", "relay"] | None:
        """How its packets go: to the bridge, or by a TURN server; None without a nominated pair."""
        pair = ice_connection(self._pc)._nominated.get(1)
        if pair is None:
            return None
        if pair.local_candidate.type == "relay":
            return "relay"
        return "tcp" if pair.local_candidate.transport == "tcp" else "udp"

    async def _packets(self) -> int:
        """Packets received so far."""
        report = await self._pc.getSenders()[0].getStats()
        return sum(entry.packetsReceived for entry in report.values() if entry.type == "transport")

    def _on_track_ended(self) -> None:
        self.end("the room's input has ended")

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


async def _uncancelled(work: Coroutine[Any, Any, None]) -> None:
    """Finish `work` even if cancelled: aiortc leaves sockets open if it is interrupted."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _prefer(line: RTCRtpTransceiver, video_types: set[str]) -> None:
    """Offer these video codecs with RTX, and Opus. A room sends VP8, which every receiver has. It also receives H.264,
    since a hardware encoder may send only that."""
    wanted = video_types | {"video/rtx", "audio/opus"}
    capabilities = get_capabilities(line.kind)
    line.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType.lower() in wanted])


def _send_audio_level(sender: RTCRtpSender, encoded: ToneTrack | MicrophoneTrack) -> None:
    """Add the audio level (RFC 6464) to the packets of a track that is encoded already. aiortc measures only what it
    encodes itself."""
    next_frame = sender._next_encoded_frame

    async def with_level(codec: RTCRtpCodecParameters) -> RTCEncodedFrame | None:
        frame = await next_frame(codec)
        if frame is not None:
            frame.audio_level = encoded.level
        return frame

    sender._next_encoded_frame = with_level  # type: ignore[method-assign]


def ice_connection(pc: RTCPeerConnection) -> Connection:
    """aioice's connection of a peer connection with transceivers, which bundles them."""
    return pc.getTransceivers()[0].receiver.transport.transport.iceGatherer._connection


def gather_on_loopback(pc: RTCPeerConnection) -> None:
    """Make a peer connection with transceivers gather a candidate on the loopback interface, and prefer it.

    aioice leaves out 127.0.0.1, so a room could not reach a server on its own machine that listens only there. If the
    server is elsewhere, checks from that address fail without harm.
    """
    connection = ice_connection(pc)
    gather = connection.get_component_candidates

    async def with_loopback(component: int, addresses: list[str]) -> list[Candidate]:
        return await gather(component, [LOOPBACK, *addresses], TURN_TIMEOUT_S)

    connection.get_component_candidates = with_loopback  # type: ignore[method-assign, assignment]

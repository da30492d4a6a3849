"""Behaviour of encoders other than browsers: large packets, a restart with another SSRC, a low frame rate."""

from __future__ import annotations

import secrets
from itertools import groupby

import av
import pytest
from aiortc import RTCDtlsTransport
from aiortc.codecs import vpx
from pylibsrtp import Session

from bridge.engine import Feed
from bridge.net.srtp import make_protect
from tests.media.conftest import Bridge
from tests.media.rooms import Camera, MovingCamera, Room, room

GSTREAMER_PAYLOAD_BYTES = 1400 - 12
"""GStreamer's default: an MTU of 1400, less the header."""


class LargePacketSession:
    """An SRTP session for packets that are too large for pylibsrtp's buffer."""

    def __init__(self, session: Session) -> None:
        self.protect = make_protect(session)
        self.protect_rtcp = session.protect_rtcp


def transport_of(hall: Room) -> RTCDtlsTransport:
    transport: RTCDtlsTransport = hall.pc.getTransceivers()[0].sender.transport
    return transport


@pytest.mark.parametrize("payload", [GSTREAMER_PAYLOAD_BYTES, 1472 - 12 - 12 - 16])
async def test_packets_as_large_as_an_ethernet_frame_are_forwarded(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, payload: int
) -> None:
    """The second fills an Ethernet frame: 12 bytes of header, 12 of extensions, 16 of tag."""
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0, camera=MovingCamera(0)) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        transport = transport_of(hall)
        monkeypatch.setattr(transport, "_tx_srtp", LargePacketSession(transport._tx_srtp))
        monkeypatch.setattr(vpx, "PACKET_MAX", payload)
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await bridge.until("krefeld", "live")
        await viewer.slots["program"].more(15)
        assert largest_of(bridge) > 1330


async def test_packets_that_are_too_large_are_reported(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as from an encoder set to jumbo frames."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0, camera=MovingCamera(0)) as hall:
        send = transport_of(hall).transport._send

        async def padded(data: bytes) -> None:
            await send(
                data + bytes(1501 - len(data)) if 127 < data[0] < 192 and data[1] & 0x7F > 96 else data
            )

        monkeypatch.setattr(transport_of(hall).transport, "_send", padded)
        await bridge.until("krefeld", "stalled", "too-large")


def largest_of(bridge: Bridge) -> int:
    """Bytes of the largest buffered payload of the only source."""
    [source] = bridge.switchboard._sources().values()
    return max(len(p.body) for layer in source.layers.values() for p in layer.ring._places if p is not None)


async def test_an_encoder_that_restarts_with_another_ssrc_stays_on_air(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        program = viewer.slots["program"]
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await program.shows(0)
        await program.more(10)
        sender = hall.pc.getTransceivers()[0].sender
        sender._ssrc = secrets.randbits(31) + 1
        sender._send_keyframe()
        await program.more(30)
        assert [state for state, _ in groupby(bridge.states["krefeld"])] == [
            "connecting",
            "live",
        ]
        assert program.only_goes_forward
        [source] = bridge.switchboard._sources().values()
        assert [layer.ssrc for layer in source.layers.values()] == [sender._ssrc]


class Slides(Camera):
    """A shared screen: one of the camera's frames in five seconds."""

    async def recv(self) -> av.VideoFrame:
        for _ in range(149):
            await super().recv()
        return await super().recv()


async def test_a_shared_screen_that_rarely_changes_stays_live(bridge: Bridge) -> None:
    """A frame in five seconds. Its sender's reports say that nothing is missing."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0, camera=Slides(0)):
        await bridge.until("krefeld", "live")
        [source] = bridge.switchboard._sources().values()
        picture = source.layers[""]
        await bridge.until_reported(lambda: picture.reception.received >= 3)
        start = len(bridge.states["krefeld"])
        await bridge.until_reported(lambda: picture.reception.received >= 5)
        assert bridge.states["krefeld"][start:] == []
        assert bridge.states["krefeld"][-1] == "live"

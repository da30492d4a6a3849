"""What encoders do and browsers do not: large packets, a restart under another SSRC, frames that come rarely."""

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
from tests.media.rooms import Camera, Crowd, Room, room

GSTREAMER = 1400 - 12
"""Bytes of payload that GStreamer puts into a packet unless told otherwise: an MTU of 1400, less the header."""


class Large:
    """An SRTP session that encrypts what pylibsrtp's own has no room for."""

    def __init__(self, session: Session) -> None:
        self.protect = make_protect(session)
        self.protect_rtcp = session.protect_rtcp


def transport_of(hall: Room) -> RTCDtlsTransport:
    transport: RTCDtlsTransport = hall.pc.getTransceivers()[0].sender.transport
    return transport


@pytest.mark.parametrize("payload", [GSTREAMER, 1472 - 12 - 12 - 16])
async def test_packets_as_large_as_a_path_carries_are_sent_on(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch, payload: int
) -> None:
    """The second fills an Ethernet frame: 12 bytes of header, 12 of extensions, 16 of tag."""
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0, camera=Crowd(0)) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        transport = transport_of(hall)
        monkeypatch.setattr(transport, "_tx_srtp", Large(transport._tx_srtp))
        monkeypatch.setattr(vpx, "PACKET_MAX", payload)
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await bridge.until("krefeld", "live")
        await viewer.slots["program"].more(15)
        assert largest_of(bridge) > 1330


async def test_packets_that_are_too_large_are_said_to_be(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as from an encoder set to jumbo frames."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0, camera=Crowd(0)) as hall:
        send = transport_of(hall).transport._send

        async def padded(data: bytes) -> None:
            await send(
                data + bytes(1501 - len(data)) if 127 < data[0] < 192 and data[1] & 0x7F > 96 else data
            )

        monkeypatch.setattr(transport_of(hall).transport, "_send", padded)
        await bridge.until("krefeld", "stalled", "too-large")


def largest_of(bridge: Bridge) -> int:
    """Bytes of the largest payload kept of the only source."""
    [source] = bridge.switchboard._sources().values()
    return max(len(p.body) for layer in source.layers.values() for p in layer.ring._places if p is not None)


async def test_an_encoder_that_restarts_under_another_ssrc_stays_on_air(bridge: Bridge) -> None:
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
        assert [health for health, _ in groupby(bridge.healths["krefeld"])] == [
            "connecting",
            "live",
        ]
        assert program.only_goes_forward
        [source] = bridge.switchboard._sources().values()
        assert [layer.ssrc for layer in source.layers.values()] == [sender._ssrc]


class Slides(Camera):
    """A shared screen: of the camera's 30 pictures a second one in five seconds, and nothing between."""

    async def recv(self) -> av.VideoFrame:
        for _ in range(149):
            await super().recv()
        return await super().recv()


async def test_a_shared_screen_that_rarely_changes_is_neither_stalled_nor_flaps(bridge: Bridge) -> None:
    """A frame in five seconds. Its sender's reports say that nothing is missing."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0, camera=Slides(0)):
        await bridge.until("krefeld", "live")
        [source] = bridge.switchboard._sources().values()
        picture = source.layers[""]
        await bridge.until_told(lambda: picture.reception.received >= 3)
        begun = len(bridge.healths["krefeld"])
        await bridge.until_told(lambda: picture.reception.received >= 5)
        assert bridge.healths["krefeld"][begun:] == []
        assert bridge.healths["krefeld"][-1] == "live"

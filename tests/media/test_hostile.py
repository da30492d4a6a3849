"""Arbitrary bytes on the port, from strangers and from peers with a link: the show goes on without an exception.

The `bridge` fixture fails a test when an exception reaches the loop. Here the log must not contain one either.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterator

import pylibsrtp
import pytest
from aiortc import RTCDtlsTransport

from bridge.engine import Feed, OfferError, PeerSpec
from bridge.net.ice import new_credentials
from bridge.sdp.answer import Credentials
from tests.media.conftest import Bridge
from tests.media.rooms import Room, found, room
from tests.unit.bridge.offers import hall as hall_offer
from tests.unit.bridge.stun import check

CLIENT_HELLO = bytes.fromhex(
    "16feff000000000000000000740100006800000000000000 68fefd5f1d1f6b0f3f0e6b2a5f0b2f6a4b5c1d8e9f0a1b2c3d4e5f60"
    "71829300000002c02b010000 3c000a00080006001d00170018000b00020100000d000c000a05030403020306030806"
    "000e0009000600010008000700 00170000ff01000100"
)
"""Valid enough for OpenSSL to parse it."""
RTP = (
    struct.pack("!BBHLL", 0x90, 96, 7, 1000, 42)
    + bytes.fromhex("bede0001 10aa0000 9080 8123 9d012a")
    + bytes(60)
)
RTCP = (
    struct.pack("!BBHL", 0x81, 201, 7, 42)
    + bytes(24)
    + struct.pack("!BBHLL", 0x81, 205, 3, 42, 43)
    + bytes(4)
)


def mutations(rng: random.Random, seed: bytes, number: int) -> Iterator[bytes]:
    """Variations of `seed`: changed, cut, doubled. The first byte mostly stays."""
    for _ in range(number):
        data = bytearray(seed)
        for _ in range(rng.randint(1, 8)):
            data[rng.randrange(rng.random() < 0.9, len(data))] = rng.randrange(256)
        if rng.random() < 0.3:
            del data[rng.randrange(1, len(data)) :]
        if rng.random() < 0.1:
            data *= 2
        yield bytes(data)


@pytest.fixture
async def show(bridge: Bridge, capsys: pytest.CaptureFixture[str]) -> AsyncIterator[Room]:
    """A hall on air and its viewer, whose picture must go on during the test."""
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "guest": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        yield viewer
        await viewer.slots["program"].more(10)
        assert {picture.code for picture in viewer.slots["program"].pictures} == {0}
        assert not {"hall", "viewer"} & set(bridge.left)
    assert "fault" not in capsys.readouterr().out


async def test_strangers_reach_nothing(bridge: Bridge, show: Room) -> None:
    rng = random.Random(5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for seed in (check(new_credentials()), CLIENT_HELLO, RTP, RTCP, bytes(range(256))):
            for data in mutations(rng, seed, 300):
                stranger.sendto(data, ("127.0.0.1", bridge.switchboard.udp_port))
            await asyncio.sleep(0)
        stranger.setblocking(False)
        await show.slots["program"].more(5)
        with pytest.raises(BlockingIOError):
            stranger.recv(2000)  # no answer at all


async def test_a_hostile_peer_harms_only_itself(bridge: Bridge, show: Room) -> None:
    """Malformed RTP and RTCP, correctly encrypted, and other malformed datagrams from a known address."""
    rng = random.Random(6)
    async with room(bridge.switchboard, "guest", source="uchida", code=1) as guest:
        dtls: RTCDtlsTransport = guest.pc.getTransceivers()[0].receiver.transport
        send, srtp = dtls.transport._send, dtls._tx_srtp
        for data in mutations(rng, RTP, 600):
            if len(data) >= 12:
                await send(encrypted(srtp.protect, data))
        for data in mutations(rng, RTCP, 600):
            if len(data) >= 8:
                await send(encrypted(srtp.protect_rtcp, data))
        await show.slots["program"].more(3)
        for seed in (RTP, RTCP, check(new_credentials()), bytes(range(256))):
            for data in mutations(rng, seed, 200):
                await send(data)
            await show.slots["program"].more(1)
        await guest.slots["program"].more(5)


def encrypted(protect: Callable[[bytes], bytes], data: bytes) -> bytes:
    """The SRTP packet, or the same bytes if SRTP refuses them."""
    try:
        return protect(data)
    except pylibsrtp.Error:
        return data


async def test_a_hostile_handshake_harms_only_itself(
    bridge: Bridge, show: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """A peer with a link passes ICE and then sends malformed DTLS."""
    rng = random.Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as guest:
        guest.bind(("127.0.0.1", 0))
        for attempt in range(12):
            joined = await bridge.switchboard.join(PeerSpec(f"guest{attempt}", "uchida"), hall_offer())
            ours = Credentials(found(r"a=ice-ufrag:(\S+)", joined.sdp), found(r"a=ice-pwd:(\S+)", joined.sdp))
            guest.sendto(check(ours, "gM8+"), ("127.0.0.1", bridge.switchboard.udp_port))
            for data in (CLIENT_HELLO, *mutations(rng, CLIENT_HELLO, 20)):
                guest.sendto(data, ("127.0.0.1", bridge.switchboard.udp_port))
            await show.slots["program"].more(1)
            await bridge.switchboard.leave(f"guest{attempt}")


async def test_hostile_offers_are_refused_and_leave_no_peer(bridge: Bridge, show: Room) -> None:
    rng = random.Random(8)
    text = hall_offer()
    for _ in range(60):
        at, size = rng.randrange(len(text)), rng.randrange(40)
        hostile = (
            text[:at]
            + rng.choice(("", "\r\n", "m=", "9" * size, chr(rng.randrange(0x3000))))
            + text[at + size :]
        )
        try:
            await bridge.switchboard.join(PeerSpec("guest", "uchida"), hostile)
        except OfferError:
            continue
        await bridge.switchboard.leave("guest")
    sources, peers = bridge.switchboard.stats()
    assert set(sources) == {"krefeld"}
    assert set(peers) == {"hall", "viewer"}

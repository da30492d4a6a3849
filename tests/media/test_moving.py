"""Rooms that move or are silent: a blackout, a NAT rebinding, an ICE restart."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import Candidate, Connection
from aiortc import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport

from bridge.engine import Feed, Joined
from tests.media.conftest import Bridge
from tests.media.rooms import Room, found, room
from tests.network.relay import relay


@pytest.fixture(autouse=True)
def checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """aioice checks its path every 5 s; a browser every 2.5 s, and at once in a silence."""
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.5)


async def test_a_hall_in_a_blackout_is_stalled_and_comes_back_with_its_picture(bridge: Bridge) -> None:
    """Dark until the bridge reports it, and a second more. Nothing is renegotiated, and no peer leaves."""
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        path.dark = True
        await bridge.until("krefeld", "stalled")
        await asyncio.sleep(1.0)  # the length of the blackout is part of the case
        path.dark = False
        await bridge.until("krefeld", "live", "flows")
        await viewer.slots["program"].more(10)
        assert viewer.slots["program"].only_goes_forward
        assert bridge.left == []


async def test_a_viewer_in_a_blackout_continues_with_the_present_picture(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=path.port) as viewer,
        room(bridge.switchboard, "other") as other,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "other": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        await other.slots["program"].shows(0)
        path.dark = True
        await other.slots["program"].more(30)
        path.dark = False
        await viewer.slots["program"].more(15)
        assert viewer.slots["program"].only_goes_forward
        assert bridge.states["krefeld"][-1] == "live"
        assert bridge.left == []


@pytest.mark.parametrize("who", ["hall", "viewer"])
async def test_a_nat_rebinding_needs_no_negotiation(bridge: Bridge, who: str) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as up,
        relay(bridge.switchboard.udp_port) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        moved = {"hall": up, "viewer": down}[who]
        for _ in range(2):
            moved.rebind()
            await viewer.slots["program"].more(30)
        assert viewer.slots["program"].only_goes_forward
        assert bridge.left == []
        assert "absent" not in bridge.states["krefeld"]


@pytest.mark.parametrize("who", ["hall", "viewer"])
async def test_an_ice_restart_keeps_the_encryption_and_the_picture(bridge: Bridge, who: str) -> None:
    """The room's address is dead for good; it uses the same port from a new one."""
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(
            bridge.switchboard, "hall", source="krefeld", code=0, port=path.port if who == "hall" else None
        ) as hall,
        room(bridge.switchboard, "viewer", port=path.port if who == "viewer" else None) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        mover = {"hall": hall, "viewer": viewer}[who]
        dtls = mover.pc.getTransceivers()[0].receiver.transport
        path.cut_off()
        async with restarted(bridge, mover, dtls, path.port) as joined:
            await viewer.slots["program"].more(30)
            assert joined.slots == mover.joined.slots
            assert streams(joined.sdp) == streams(mover.joined.sdp)
            assert dtls.state == "connected"
            assert viewer.slots["program"].only_goes_forward
        assert bridge.left == []
        assert "absent" not in bridge.states["krefeld"]


def streams(sdp: str) -> list[str]:
    return re.findall(r"a=ssrc:.*|a=fingerprint.*", sdp)


@asynccontextmanager
async def restarted(bridge: Bridge, mover: Room, dtls: RTCDtlsTransport, port: int) -> AsyncIterator[Joined]:
    """Restart ICE for a room, as a browser does and aiortc cannot: a new ICE connection under the same DTLS."""
    ice: RTCIceTransport = dtls.transport
    old, new = ice._connection, Connection(ice_controlling=True)
    new.remote_is_lite = True
    new._queue = old._queue  # the DTLS transport keeps reading this queue
    await new.gather_candidates()
    offer = mover.pc.localDescription.sdp
    offer = offer.replace(old.local_username, new.local_username).replace(
        old.local_password, new.local_password
    )
    joined = await bridge.switchboard.join(mover.spec, offer)
    new.remote_username = found(r"a=ice-ufrag:(\S+)", joined.sdp)
    new.remote_password = found(r"a=ice-pwd:(\S+)", joined.sdp)
    assert new.remote_username != old.remote_username
    candidate = Candidate.from_sdp(found(r"a=candidate:(.*)", joined.sdp).strip())
    candidate.port = port
    await new.add_remote_candidate(candidate)
    await new.add_remote_candidate(None)
    await new.connect()
    ice._send = new.send
    try:
        yield joined
    finally:
        await new.close()

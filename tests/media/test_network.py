"""Rooms on bad networks: loss, a NAT that rebinds, an ICE restart."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aioice import Candidate, Connection
from aiortc import RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport

from bridge.engine import Feed, Joined
from tests.media.conftest import Bridge
from tests.media.relay import relay
from tests.media.rooms import Room, found, room


async def test_what_is_lost_is_asked_for_and_sent_again_both_ways(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.number, seed=3) as up,
        relay(bridge.switchboard.number, seed=4) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        up.loss = down.loss = 0.05

        def is_repaired(_: object) -> bool:
            sources, peers = bridge.switchboard.stats()
            return sources["krefeld"].repairs > 2 and peers["viewer"].repairs > 2

        await viewer.slots["program"].until(is_repaired)
        assert up.lost > 2
        assert down.lost > 2
        up.loss = down.loss = 0.0
        await viewer.slots["program"].more(15)


async def test_a_nat_that_rebinds_costs_no_negotiation(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next check of the room, signed, tells its new address."""
    monkeypatch.setattr("aioice.ice.CONSENT_INTERVAL", 0.5)  # else 5 s; a browser has 2.5 s
    async with (
        relay(bridge.switchboard.number) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=way.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        way.rebind()
        await viewer.slots["program"].more(30)
        assert bridge.left == []


async def test_an_ice_restart_keeps_the_encryption_and_the_picture(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.number) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", port=way.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        dtls = viewer.pc.getTransceivers()[0].receiver.transport
        async with restarted(bridge, viewer, dtls) as joined:
            way.dark = True  # the old network is gone; the new one leads straight to the bridge
            await viewer.slots["program"].more(30)
            assert joined.slots == viewer.joined.slots
            assert streams(joined.sdp) == streams(viewer.joined.sdp)
            assert dtls.state == "connected"
        assert bridge.left == []


def streams(sdp: str) -> list[str]:
    return re.findall(r"a=ssrc:.*|a=fingerprint.*", sdp)


@asynccontextmanager
async def restarted(bridge: Bridge, viewer: Room, dtls: RTCDtlsTransport) -> AsyncIterator[Joined]:
    """Restart ICE for `viewer`, as a browser does and aiortc cannot: a new ICE connection under its living DTLS."""
    ice: RTCIceTransport = dtls.transport
    old, new = ice._connection, Connection(ice_controlling=True)
    new.remote_is_lite = True
    new._queue = old._queue  # the DTLS transport goes on reading where it reads
    await new.gather_candidates()
    offer = viewer.pc.localDescription.sdp
    offer = offer.replace(old.local_username, new.local_username).replace(
        old.local_password, new.local_password
    )
    joined = await bridge.switchboard.join(viewer.spec, offer)
    new.remote_username = found(r"a=ice-ufrag:(\S+)", joined.sdp)
    new.remote_password = found(r"a=ice-pwd:(\S+)", joined.sdp)
    assert new.remote_username != old.remote_username
    await new.add_remote_candidate(Candidate.from_sdp(found(r"a=candidate:(.*)", joined.sdp).strip()))
    await new.add_remote_candidate(None)
    await new.connect()
    ice._send = new.send
    try:
        yield joined
    finally:
        await new.close()

"""Rooms whose network blocks UDP."""

from __future__ import annotations

import asyncio

from bridge.engine import Feed, MediaPath
from tests.media.conftest import Bridge
from tests.media.overtcp import tcp_port
from tests.media.rooms import MovingCamera, Receiver, room

OVER_TCP = MediaPath("tcp", 4, "127.0.0.1")
OVER_UDP = MediaPath("udp", 4, "127.0.0.1")


async def test_picture_and_sound_pass_over_tcp(bridge: Bridge) -> None:
    async with (
        tcp_port(bridge.switchboard) as port,
        room(bridge.switchboard, "hall", source="krefeld", code=0, tcp=port),
        room(bridge.switchboard, "viewer", audio=1, tcp=port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld", mics=("krefeld",))})
        await viewer.slots["program"].shows(0)
        await viewer.slots["mic1"].plays(0)
        sources, peers = bridge.switchboard.stats()
        assert sources["krefeld"].path == peers["viewer"].path == OVER_TCP


async def test_a_room_with_udp_ignores_the_tcp_candidates(bridge: Bridge) -> None:
    async with (
        tcp_port(bridge.switchboard),
        room(bridge.switchboard, "hall", source="krefeld", code=0) as hall,
    ):
        assert hall.joined.sdp.count("tcptype passive") == hall.joined.sdp.count("m=")
        await bridge.until("krefeld", "live")
        assert bridge.switchboard.stats()[0]["krefeld"].path == OVER_UDP


async def test_a_slow_reader_loses_its_picture_and_nobody_else_does(bridge: Bridge) -> None:
    async with (
        tcp_port(bridge.switchboard) as port,
        room(bridge.switchboard, "hall", source="krefeld", code=0, camera=MovingCamera(0)),
        room(bridge.switchboard, "slow", audio=1, tcp=port) as slow,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        everything = Feed("krefeld", mics=("krefeld",))
        bridge.switchboard.route({"viewer": Feed("krefeld"), "slow": everything})
        picture, sound = slow.slots["program"], slow.slots["mic1"]
        await picture.shows(0)
        await sound.plays(0)
        slow.transports[0].pause()

        def has_no_picture(_: Receiver) -> bool:
            return bridge.switchboard.stats()[1]["slow"].pictures == 0

        await viewer.slots["program"].until(has_no_picture)
        await viewer.slots["program"].more(30)
        slow.transports[0].read()
        heard = len(sound.sounds)
        await picture.more(30)
        await sound.until(lambda r: len(r.sounds) > heard + 50)
        assert picture.only_goes_forward
        assert viewer.slots["program"].only_goes_forward
        assert bridge.states["krefeld"][-1] == "live"


async def test_the_end_of_its_connection_is_the_loss_of_its_path(bridge: Bridge) -> None:
    closed = asyncio.Event()
    async with (
        tcp_port(bridge.switchboard, closed.set) as port,
        room(bridge.switchboard, "hall", source="krefeld", code=0, tcp=port) as hall,
    ):
        await bridge.until("krefeld", "live")
        hall.transports[0].close()
        await asyncio.wait_for(closed.wait(), 60)
        assert bridge.switchboard.stats()[0]["krefeld"].path is None
        await bridge.until("krefeld", "stalled")

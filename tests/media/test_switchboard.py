"""Real rooms on a real switchboard: what they receive, and what is reported about them."""

from __future__ import annotations

import inspect
import logging
from itertools import groupby, pairwise

import aioice.ice
import pytest

from bridge.engine import PICTURES, Engine, Feed, OfferError, PeerSpec
from bridge.eviction import MAX_UNCONNECTED_PER_LINK
from tests.media.conftest import Bridge
from tests.media.rooms import room
from tests.network.relay import relay
from tests.unit.bridge.offers import hall as hall_offer


def test_aioice_has_the_name_that_the_fixture_patches() -> None:
    assert list(inspect.signature(aioice.ice.get_host_addresses).parameters) == ["use_ipv4", "use_ipv6"]


async def test_it_is_an_engine(bridge: Bridge) -> None:
    engine: Engine = bridge.switchboard
    assert engine.stats() == ({}, {})


async def test_a_picture_and_a_sound_arrive_in_their_slots(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0),
        room(bridge.switchboard, "viewer", video=2, audio=2) as viewer,
    ):
        assert list(viewer.joined.slots.values()) == ["program", "second", "mic1", "mic2"]
        bridge.switchboard.route({"viewer": Feed("krefeld", mics=("krefeld",))})
        await viewer.slots["program"].shows(0)
        await viewer.slots["mic1"].plays(0)
        assert not viewer.slots["second"].pictures
        assert not viewer.slots["mic2"].sounds
        assert bridge.states["krefeld"][:2] == ["connecting", "live"]


async def test_cuts_between_two_halls_are_seamless(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    """Every picture decodes, timestamps increase, and each cut changes directly to the other hall."""
    caplog.set_level(logging.WARNING, "aiortc")
    async with (
        room(bridge.switchboard, "west", source="krefeld", code=0),
        room(bridge.switchboard, "east", source="tokio", code=2),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        program = viewer.slots["program"]
        for cut in range(8):
            bridge.switchboard.route({"viewer": Feed(("krefeld", "tokio")[cut % 2])})
            await program.shows(0 if cut % 2 == 0 else 2)
            await program.more(5)
        shown = [picture.code for picture in program.pictures]
        changes = [code for code, _ in groupby(shown)]
        stamps = [picture.pts for picture in program.pictures]
    assert changes == [0, 2] * 4
    assert all(a < b for a, b in pairwise(stamps))
    assert "failed to decode" not in caplog.text


async def test_no_room_hears_itself(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "west", source="krefeld", code=0, audio=2) as west,
        room(bridge.switchboard, "east", source="tokio", code=2, audio=2) as east,
        room(bridge.switchboard, "viewer", audio=2) as viewer,
    ):
        bridge.switchboard.route(
            {
                "west": Feed("tokio", mics=("tokio",)),
                "east": Feed("krefeld", mics=("krefeld",)),
                "viewer": Feed("krefeld", mics=("krefeld", "tokio")),
            }
        )
        await west.slots["mic1"].plays(2)
        await east.slots["mic1"].plays(0)
        await viewer.slots["mic1"].plays(0)
        await viewer.slots["mic2"].plays(2)
        assert not any(0 in sound for slot in west.slots.values() for sound in slot.sounds)
        assert not any(2 in sound for slot in east.slots.values() for sound in slot.sounds)


async def test_a_feed_that_would_echo_is_refused_and_the_others_are_served(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "west", source="krefeld", code=0) as west,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"west": Feed("krefeld"), "viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        assert not west.slots["program"].pictures


async def test_a_feed_waits_for_its_peer(bridge: Bridge) -> None:
    bridge.switchboard.route({"viewer": Feed("krefeld")})
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        async with room(bridge.switchboard, "viewer") as viewer:
            await viewer.slots["program"].shows(0)


async def test_a_feed_waits_for_its_source(bridge: Bridge) -> None:
    async with room(bridge.switchboard, "viewer") as viewer:
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        async with room(bridge.switchboard, "hall", source="krefeld", code=0):
            await viewer.slots["program"].shows(0)


async def test_a_moderator_sees_every_source_in_the_multiview(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "west", source="krefeld", code=0),
        room(bridge.switchboard, "east", source="tokio", code=2),
        room(bridge.switchboard, "desk", video=len(PICTURES) + 2, multiview=("tokio", "krefeld")) as desk,
    ):
        bridge.switchboard.route({"desk": Feed("krefeld")})
        await desk.slots["view:tokio"].shows(2)
        await desk.slots["view:krefeld"].shows(0)
        await desk.slots["program"].shows(0)


async def test_a_second_peer_takes_a_source_over_until_it_leaves(
    bridge: Bridge,
) -> None:
    async with (
        room(bridge.switchboard, "old", source="krefeld", code=0) as old,
        room(bridge.switchboard, "far", source="tokio", code=2),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "old": Feed("tokio")})
        await viewer.slots["program"].shows(0)
        async with room(bridge.switchboard, "new", source="krefeld", code=1):
            await viewer.slots["program"].shows(1)
            await old.slots["program"].more(5)
            await viewer.slots["program"].more(15)
            shown = [picture.code for picture in viewer.slots["program"].pictures]
            assert shown == sorted(shown, key=lambda code: code or 0), "the first is not seen again"
        await viewer.slots["program"].shows(0)
        assert bridge.left == ["new"]
        assert "absent" not in bridge.states["krefeld"], "it was never off the air"
    await bridge.until("krefeld", "absent")


async def test_an_offer_without_a_handshake_changes_nothing(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "old", source="krefeld", code=0),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        await bridge.switchboard.join(PeerSpec("new", "krefeld"), hall_offer())  # and never connects
        await viewer.slots["program"].more(15)
        assert "absent" not in bridge.states["krefeld"]


async def test_unconnected_peers_are_limited(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "old", source="krefeld", code=0),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        for n in range(MAX_UNCONNECTED_PER_LINK + 3):
            await bridge.switchboard.join(PeerSpec(f"ghost{n}", None, link="ghosts"), hall_offer())
        await bridge.until_left("ghost2")
        assert bridge.left == ["ghost0", "ghost1", "ghost2"]
        await viewer.slots["program"].shows(0)


async def test_a_peer_that_closes_has_left_at_once(bridge: Bridge) -> None:
    async with room(bridge.switchboard, "hall", source="krefeld", code=0) as hall:
        await bridge.until("krefeld", "live")
        await hall.pc.close()
        await bridge.until_left("hall")
    assert bridge.states["krefeld"] == ["connecting", "live", "absent"]


async def test_a_peer_is_closed_when_it_is_made_to_leave(bridge: Bridge) -> None:
    async with room(bridge.switchboard, "hall", source="krefeld", code=0) as hall:
        await bridge.switchboard.leave("hall")
        await hall.until_state("closed")
        await bridge.until("krefeld", "absent")
    await bridge.switchboard.leave("hall")
    assert bridge.left == []


async def test_a_silent_hall_is_absent_and_comes_back(bridge: Bridge) -> None:
    """Stalled after 1.5 s, absent after 2.5 s, and live again with its pictures."""
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        path.dark = True
        await bridge.until("krefeld", "absent")
        path.dark = False
        await bridge.until("krefeld", "live")
        await viewer.slots["program"].more(10)
    assert bridge.states["krefeld"][:4] == ["connecting", "live", "stalled", "absent"]
    # Sound or picture may come back first.
    after = [health for health in bridge.states["krefeld"][4:] if health != "stalled"]
    assert after[0] == "live"


async def test_a_peers_new_connection_replaces_its_old_one(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0) as before,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        async with room(bridge.switchboard, "hall", source="krefeld", code=1):
            await before.until_state("closed")
            await viewer.slots["program"].shows(1)
            assert bridge.left == []


async def test_a_bad_offer_changes_nothing(bridge: Bridge) -> None:
    async with (
        room(bridge.switchboard, "hall", source="krefeld", code=0) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        with pytest.raises(OfferError, match="no m-line"):
            await bridge.switchboard.join(hall.spec, "v=0")
        with pytest.raises(OfferError, match="m-lines differ"):
            await bridge.switchboard.join(PeerSpec("hall", "tokio"), hall.pc.localDescription.sdp)
        await viewer.slots["program"].shows(0)

"""What is told of real rooms: stalls and their reasons, levels of microphones, figures for operators."""

from __future__ import annotations

from bridge.engine import Feed
from tests.media.conftest import Bridge
from tests.media.rooms import asks_once, room
from tests.network.relay import relay


async def test_a_hall_that_falls_silent_is_stalled_then_gone_and_each_has_its_reason(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=way.port),
    ):
        await bridge.until("krefeld", "live", "flows")
        way.dark = True
        await bridge.until("krefeld", "stalled", "silent")
        way.dark = False
        await bridge.until("krefeld", "live", "flows")
    await bridge.until("krefeld", "absent", "left")
    assert bridge.whys["krefeld"][0] == "joined"


async def test_a_picture_that_stops_is_a_stall_though_the_sound_goes_on(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port, spares=lambda data: not is_video(data)) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=way.port),
    ):
        await bridge.until("krefeld", "live")
        way.up.loss = 1.0
        await bridge.until("krefeld", "stalled", "silent")
        way.up.loss = 0.0
        await bridge.until("krefeld", "live")
    assert bridge.left == ["hall"]


def is_video(data: bytes) -> bool:
    """Of aiortc: Opus is 96, all video is above."""
    return 127 < data[0] < 192 and data[1] & 0x7F > 96


async def test_a_source_that_never_sends_a_keyframe_is_told_so_and_is_live_when_it_does(
    bridge: Bridge,
) -> None:
    async with relay(bridge.switchboard.udp_port, spares=lambda data: not is_video(data)) as way:
        way.up.loss = 1.0  # until its first keyframe is gone
        async with room(bridge.switchboard, "hall", source="krefeld", code=0, port=way.port):
            await bridge.until_told(lambda: way.up.counts.lost > 3)
            way.down.dark = True  # and it hears of no wish for another
            way.up.loss = 0.0
            await bridge.until("krefeld", "stalled", "no-keyframe")
            way.down.dark = False
            await bridge.until("krefeld", "live", "flows")


async def test_microphones_are_told_by_how_loud_they_are(bridge: Bridge) -> None:
    """The room's tone is far below full scale and far above silence."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        await bridge.until_told(lambda: len(bridge.levels) > 3)
    assert all(set(levels) == {"krefeld"} for levels in bridge.levels)
    assert all(-60 < levels["krefeld"] <= 0 for levels in bridge.levels[1:])


async def test_the_figures_tell_of_the_line(bridge: Bridge) -> None:
    """A round trip cannot be shorter than the line makes it, and what it loses is in the loss."""
    async with (
        relay(bridge.switchboard.udp_port, seed=3, delay=0.03, jitter=0.02, spares=asks_once) as up,
        relay(bridge.switchboard.udp_port, seed=4, delay=0.03, spares=asks_once) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", source="tokio", code=2, port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "hall": Feed("tokio")})
        await viewer.slots["program"].shows(0)
        up.up.loss = down.down.loss = 0.1

        def is_told(_: object) -> bool:
            sources, peers = bridge.switchboard.stats()
            return all(
                found.loss and found.rtt_ms and found.jitter_ms and found.kbps and found.repairs
                for found in (sources["krefeld"], peers["viewer"])
            )

        await viewer.slots["program"].until(is_told)
        sources, peers = bridge.switchboard.stats()
        assert all(found.rtt_ms and found.rtt_ms >= 60 for found in (sources["krefeld"], peers["viewer"]))
        assert sources["krefeld"].layer == peers["viewer"].layer == ""


async def test_a_stall_is_counted_and_its_length_told(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as way,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=way.port),
    ):
        await bridge.until("krefeld", "live")
        assert bridge.switchboard.stats()[0]["krefeld"].stalls == 0
        way.dark = True
        await bridge.until("krefeld", "stalled")
        way.dark = False
        await bridge.until("krefeld", "live")
        told = bridge.switchboard.stats()[0]["krefeld"]
        assert told.stalls == 1
        assert told.last_stall_s is not None
        assert told.last_stall_s > 0.3

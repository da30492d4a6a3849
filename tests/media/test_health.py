"""Reports about real rooms: stalls and their causes, levels of microphones, stats."""

from __future__ import annotations

import pytest

from bridge.engine import Feed
from bridge.room.tone import LEVEL_DBOV
from tests.media.conftest import Bridge
from tests.media.rooms import all_but_media, room
from tests.network.relay import relay


async def test_a_silent_hall_is_stalled_then_absent_with_the_cause(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
    ):
        await bridge.until("krefeld", "live", "flows")
        path.dark = True
        await bridge.until("krefeld", "stalled", "silent")
        path.dark = False
        await bridge.until("krefeld", "live", "flows")
    await bridge.until("krefeld", "absent", "left")
    assert bridge.reasons["krefeld"][0] == "joined"


async def test_a_source_without_picture_is_stalled_even_with_sound(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port, is_exempt=lambda data: not is_video(data)) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
    ):
        await bridge.until("krefeld", "live")
        path.up.loss = 1.0
        await bridge.until("krefeld", "stalled", "silent")
        path.up.loss = 0.0
        await bridge.until("krefeld", "live")
    assert bridge.left == ["hall"]


def is_video(data: bytes) -> bool:
    """Of aiortc: Opus is 96, all video is above."""
    return 127 < data[0] < 192 and data[1] & 0x7F > 96


async def test_a_source_without_a_keyframe_is_stalled_until_one_comes(
    bridge: Bridge,
) -> None:
    async with relay(bridge.switchboard.udp_port, is_exempt=lambda data: not is_video(data)) as path:
        path.up.loss = 1.0  # until its first keyframe is gone
        async with room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port):
            await bridge.until_reported(lambda: path.up.counts.lost > 3)
            path.down.dark = True  # and it receives no keyframe request
            path.up.loss = 0.0
            await bridge.until("krefeld", "stalled", "no-keyframe")
            path.down.dark = False
            await bridge.until("krefeld", "live", "flows")


async def test_the_levels_of_microphones_are_reported(bridge: Bridge) -> None:
    """The room's tone is far below full scale and far above silence."""
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        await bridge.until_reported(lambda: len(bridge.levels) > 3)
    assert all(set(levels) == {"krefeld"} for levels in bridge.levels)
    assert all(-60 < levels["krefeld"] <= 0 for levels in bridge.levels[1:])


async def test_the_level_of_each_packet_is_reported_with_the_time_at_which_it_was_due(bridge: Bridge) -> None:
    async with room(bridge.switchboard, "hall", source="krefeld", code=0):
        await bridge.until_reported(lambda: len(bridge.packet_levels.get("krefeld", ())) > 100)
    times = [at for at, _ in bridge.packet_levels["krefeld"]]
    assert times == sorted(times)
    assert (times[-1] - times[0]) / (len(times) - 1) == pytest.approx(0.02, abs=0.005)
    assert {level for _, level in bridge.packet_levels["krefeld"][10:]} == {LEVEL_DBOV}


async def test_the_stats_measure_the_line(bridge: Bridge) -> None:
    """The round trip is at least the line's delay, and its loss is reported."""
    async with (
        relay(bridge.switchboard.udp_port, seed=3, delay=0.03, jitter=0.02, is_exempt=all_but_media) as up,
        relay(bridge.switchboard.udp_port, seed=4, delay=0.03, is_exempt=all_but_media) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", source="tokio", code=2, port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld"), "hall": Feed("tokio")})
        await viewer.slots["program"].shows(0)
        up.up.loss = down.down.loss = 0.1

        def is_measured(_: object) -> bool:
            sources, peers = bridge.switchboard.stats()
            return all(
                found.loss and found.rtt_ms and found.jitter_ms and found.kbps and found.repairs
                for found in (sources["krefeld"], peers["viewer"])
            )

        await viewer.slots["program"].until(is_measured)
        sources, peers = bridge.switchboard.stats()
        assert all(found.rtt_ms and found.rtt_ms >= 60 for found in (sources["krefeld"], peers["viewer"]))
        assert sources["krefeld"].layer == peers["viewer"].layer == ""


async def test_a_stall_is_counted_with_its_duration(bridge: Bridge) -> None:
    async with (
        relay(bridge.switchboard.udp_port) as path,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=path.port),
    ):
        await bridge.until("krefeld", "live")
        assert bridge.switchboard.stats()[0]["krefeld"].stalls == 0
        path.dark = True
        await bridge.until("krefeld", "stalled")
        path.dark = False
        await bridge.until("krefeld", "live")
        stats = bridge.switchboard.stats()[0]["krefeld"]
        assert stats.stalls == 1
        assert stats.last_stall_s is not None
        assert stats.last_stall_s > 0.3

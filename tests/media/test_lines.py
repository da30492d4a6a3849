"""Rooms on bad lines: what is lost, late, doubled or too much."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest
from aiortc.jitterbuffer import JitterBuffer

from bridge.engine import Feed
from tests.media.conftest import Bridge
from tests.media.rooms import Crowd, Room, asks_once, room
from tests.network.relay import relay

PTS = 3000
"""Between two pictures of a camera, in units of their timestamps."""


@pytest.fixture(autouse=True)
def warned(caplog: pytest.LogCaptureFixture) -> None:
    """aiortc says in a warning what it cannot decode."""
    caplog.set_level(logging.WARNING, "aiortc")


async def test_what_is_lost_is_asked_for_and_sent_again_both_ways(
    bridge: Bridge,
) -> None:
    async with (
        relay(bridge.switchboard.udp_port, seed=3, spares=asks_once) as up,
        relay(bridge.switchboard.udp_port, seed=4, spares=asks_once) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        await program.more(15)  # first comes what was kept, closer together
        up.up.loss = up.down.loss = down.up.loss = down.down.loss = 0.05
        began = len(program.pictures)

        def is_repaired(_: object) -> bool:
            # A viewer also asks for what was lost before the bridge, and may have it twice then.
            sources, peers = bridge.switchboard.stats()
            repairs = sources["krefeld"].repairs, peers["viewer"].repairs
            return min(*repairs, up.up.counts.lost) > 5 and down.down.counts.lost > 0

        await program.until(is_repaired)
        up.up.loss = up.down.loss = down.up.loss = down.down.loss = 0.0
        await program.more(15)
        assert program.only_goes_forward
        pictures = program.pictures[began:]
        # aiortc asks for a packet only once, and one repair in twenty is lost like anything else.
        missing = sum(b.pts - a.pts >= 1.5 * PTS for a, b in pairwise(pictures))
        assert missing <= 3, "hardly a picture is missing"


async def test_bursts_of_loss_do_not_end_the_picture(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    """Five packets in a row, of everything: repairs and reports as well."""
    async with (
        relay(bridge.switchboard.udp_port, seed=5) as up,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=Crowd(0)),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        for way in (up.up, up.down):
            way.loss, way.burst = 0.1, 5.0
        await program.until(lambda _: up.up.counts.lost > 50)
        for way in (up.up, up.down):
            way.loss = way.burst = 0.0
        await program.more(15)
        assert program.only_goes_forward
    assert "failed to decode" not in caplog.text


async def test_what_comes_in_another_order_is_put_right(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        relay(bridge.switchboard.udp_port, seed=6) as up,
        relay(bridge.switchboard.udp_port, seed=7) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=Crowd(0)),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        # From here on: what comes before the first packet that it gets is lost to aiortc.
        for way in (up.up, up.down, down.up, down.down):
            way.jitter, way.reorder = 0.02, True
        await program.more(60)
        assert up.up.counts.overtaking > 5
        assert down.down.counts.overtaking > 5
        assert program.only_goes_forward
    assert "failed to decode" not in caplog.text


async def test_what_comes_twice_is_shown_once(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        relay(bridge.switchboard.udp_port, seed=8, duplicate=0.3) as up,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        await program.more(45)
        assert up.up.counts.duplicated > 10
        assert program.only_goes_forward
    assert "failed to decode" not in caplog.text


async def test_after_a_cut_on_bad_lines_nothing_of_the_source_before_is_seen(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last picture before a cut is incomplete, a sequence number is left out. A browser goes on with the
    keyframe; aiortc waits there for as many packets as its buffer holds, which are 512 if nobody makes it smaller."""
    monkeypatch.setattr(
        "aiortc.rtcrtpreceiver.JitterBuffer",
        lambda capacity, **rest: JitterBuffer(capacity=min(capacity, 64), **rest),
    )
    async with (
        relay(bridge.switchboard.udp_port, seed=9, spares=asks_once) as west,
        relay(bridge.switchboard.udp_port, seed=10, spares=asks_once) as east,
        relay(bridge.switchboard.udp_port, seed=11, spares=asks_once) as down,
        room(bridge.switchboard, "west", source="krefeld", code=0, port=west.port, camera=Crowd(0)),
        room(bridge.switchboard, "east", source="tokio", code=2, port=east.port, camera=Crowd(2)),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        program = viewer.slots["program"]
        for cut in range(10):
            bridge.switchboard.route({"viewer": Feed(("krefeld", "tokio")[cut % 2])})
            await program.shows(0 if cut % 2 == 0 else 2)
            await program.more(5)
            for way in (west.up, east.up, down.down):
                way.delay, way.jitter, way.reorder, way.loss, way.duplicate = 0.01, 0.01, True, 0.02, 0.02
        shown = [picture.code for picture in program.pictures]
        changes = [code for n, code in enumerate(shown) if n == 0 or code != shown[n - 1]]
        assert changes == [0, 2] * 5
        assert program.only_goes_forward


async def test_a_hall_whose_line_carries_too_little_is_told_to_send_less(bridge: Bridge) -> None:
    """Of aiortc it is the loss that tells: most of the camera's 0.6 Mb/s do not come through. Its encoder has been told
    of all the 1.5 Mb/s that it goes up to."""
    async with (
        relay(bridge.switchboard.udp_port, seed=12) as up,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=Crowd(0)) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        await bridge.until_told(lambda: told(hall) == 1_500_000)
        up.up.rate, up.up.queue = 150_000, 10_000
        await bridge.until_told(lambda: told(hall) < 1_500_000)


def told(hall: Room) -> int:
    """What its camera's encoder is to keep to, in bits a second."""
    sender = next(line.sender for line in hall.pc.getTransceivers() if line.kind == "video")
    return int(getattr(sender, f"_{type(sender).__name__}__encoder").target_bitrate)

"""Rooms on bad lines: loss, reordering, duplicates, a narrow line."""

from __future__ import annotations

import asyncio
import logging
from itertools import pairwise

import pytest
from aiortc.jitterbuffer import JitterBuffer

from bridge.engine import Feed
from bridge.room.call import MAX_PICTURE_BPS
from tests.media.conftest import Bridge
from tests.media.rooms import MovingCamera, Room, all_but_media, room
from tests.network.relay import relay

FRAME_PTS = 3000
"""Between two frames of a camera."""


@pytest.fixture(autouse=True)
def warned(caplog: pytest.LogCaptureFixture) -> None:
    """aiortc logs a warning for what it cannot decode."""
    caplog.set_level(logging.WARNING, "aiortc")


async def test_lost_packets_are_retransmitted_in_both_directions(
    bridge: Bridge,
) -> None:
    async with (
        relay(bridge.switchboard.udp_port, seed=3, is_exempt=all_but_media) as up,
        relay(bridge.switchboard.udp_port, seed=4, is_exempt=all_but_media) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        await program.more(15)  # the first ones come from the buffer, closer together
        up.up.loss = up.down.loss = down.up.loss = down.down.loss = 0.05
        began = len(program.pictures)

        def is_retransmitted(_: object) -> bool:
            # A viewer also requests packets that were lost before the bridge, and may get them twice.
            sources, peers = bridge.switchboard.stats()
            repairs = sources["krefeld"].repairs, peers["viewer"].repairs
            return min(*repairs, up.up.counts.lost) > 5 and down.down.counts.lost > 0

        await program.until(is_retransmitted)
        up.up.loss = up.down.loss = down.up.loss = down.down.loss = 0.0
        await program.more(15)
        assert program.only_goes_forward
        pictures = program.pictures[began:]
        # aiortc requests a packet only once, and one retransmission in twenty is lost.
        missing = sum(b.pts - a.pts >= 1.5 * FRAME_PTS for a, b in pairwise(pictures))
        assert missing <= 3, "hardly a picture is missing"


async def test_bursts_of_loss_do_not_end_the_picture(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    """Five packets in a row, including retransmissions and reports."""
    async with (
        relay(bridge.switchboard.udp_port, seed=5) as up,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=MovingCamera(0)),
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        for direction in (up.up, up.down):
            direction.loss, direction.burst = 0.1, 5.0
        await program.until(lambda _: up.up.counts.lost > 50)
        for direction in (up.up, up.down):
            direction.loss = direction.burst = 0.0
        await program.more(15)
        assert program.only_goes_forward
    assert "failed to decode" not in caplog.text


async def test_reordered_packets_are_decoded(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
    async with (
        relay(bridge.switchboard.udp_port, seed=6) as up,
        relay(bridge.switchboard.udp_port, seed=7) as down,
        room(bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=MovingCamera(0)),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        program = viewer.slots["program"]
        await program.shows(0)
        # Only from here on: aiortc drops packets from before its first one.
        for direction in (up.up, up.down, down.up, down.down):
            direction.jitter, direction.reorder = 0.02, True
        await program.more(60)
        assert up.up.counts.overtaking > 5
        assert down.down.counts.overtaking > 5
        assert program.only_goes_forward
    assert "failed to decode" not in caplog.text


async def test_duplicates_are_shown_once(bridge: Bridge, caplog: pytest.LogCaptureFixture) -> None:
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


async def test_after_a_cut_on_bad_lines_the_previous_source_is_not_seen(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last picture before a cut is incomplete, a sequence number is left out. A browser goes on with the
    keyframe; aiortc waits until its buffer is full, which has 512 packets by default."""
    monkeypatch.setattr(
        "aiortc.rtcrtpreceiver.JitterBuffer",
        lambda capacity, **rest: JitterBuffer(capacity=min(capacity, 64), **rest),
    )
    async with (
        relay(bridge.switchboard.udp_port, seed=9, is_exempt=all_but_media) as west,
        relay(bridge.switchboard.udp_port, seed=10, is_exempt=all_but_media) as east,
        relay(bridge.switchboard.udp_port, seed=11, is_exempt=all_but_media) as down,
        room(bridge.switchboard, "west", source="krefeld", code=0, port=west.port, camera=MovingCamera(0)),
        room(bridge.switchboard, "east", source="tokio", code=2, port=east.port, camera=MovingCamera(2)),
        room(bridge.switchboard, "viewer", port=down.port) as viewer,
    ):
        program = viewer.slots["program"]
        for cut in range(10):
            bridge.switchboard.route({"viewer": Feed(("krefeld", "tokio")[cut % 2])})
            await program.shows(0 if cut % 2 == 0 else 2)
            await program.more(5)
            for direction in (west.up, east.up, down.down):
                direction.delay, direction.jitter, direction.reorder, direction.loss, direction.duplicate = (
                    0.01,
                    0.01,
                    True,
                    0.02,
                    0.02,
                )
        shown = [picture.code for picture in program.pictures]
        changes = [code for n, code in enumerate(shown) if n == 0 or code != shown[n - 1]]
        assert changes == [0, 2] * 5
        assert program.only_goes_forward


async def test_a_hall_on_a_narrow_line_is_told_to_send_less(bridge: Bridge) -> None:
    """With aiortc the loss shows it: most of the camera's 0.6 Mb/s are lost. Its encoder starts at its maximum."""
    async with (
        relay(bridge.switchboard.udp_port, seed=12) as up,
        room(
            bridge.switchboard, "hall", source="krefeld", code=0, port=up.port, camera=MovingCamera(0)
        ) as hall,
        room(bridge.switchboard, "viewer") as viewer,
    ):
        bridge.switchboard.route({"viewer": Feed("krefeld")})
        await viewer.slots["program"].shows(0)
        await bridge.until_reported(lambda: target_bitrate(hall) == MAX_PICTURE_BPS)
        up.up.rate, up.up.queue = 150_000, 10_000
        await bridge.until_reported(lambda: target_bitrate(hall) < MAX_PICTURE_BPS)


def target_bitrate(hall: Room) -> int:
    """Of its camera's encoder, in bits a second."""
    sender = next(line.sender for line in hall.pc.getTransceivers() if line.kind == "video")
    return int(getattr(sender, f"_{type(sender).__name__}__encoder").target_bitrate)


async def test_a_peer_that_measures_its_line_is_sent_padding_for_a_while_and_no_other_is(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless it sends a source, its role may not talk, or its link has measured too often."""
    monkeypatch.setattr("bridge.destination.padding.AT_MAX_S", 1.0)
    port = bridge.switchboard.udp_port
    async with (
        relay(port) as line,
        relay(port) as other,
        room(bridge.switchboard, "hall", source="krefeld", code=0, talk=1) as hall,
        room(bridge.switchboard, "viewer", code=0, port=other.port) as viewer,
        room(bridge.switchboard, "setup", code=2, talk=1, port=line.port) as setup,
    ):
        assert [one.joined.is_padded for one in (hall, viewer, setup)] == [False, False, True]
        bridge.switchboard.route({"viewer": Feed("krefeld"), "setup": Feed("krefeld")})
        shown = setup.slots["program"]
        await shown.shows(0)
        async with asyncio.timeout(60):
            while bridge.switchboard._peers["setup"].is_padded:
                await shown.more(1)
        padded = line.down.counts.bytes
        assert padded > 2 * other.down.counts.bytes + 50_000
        await shown.more(15)
        assert line.down.counts.bytes - padded < padded / 4, "it has ended"
        assert shown.only_goes_forward
        for peer, measures in (("second", True), ("third", True), ("fourth", True), ("fifth", False)):
            async with room(bridge.switchboard, peer, code=2, talk=1) as again:
                assert again.joined.is_padded == measures
            await bridge.until_left(peer)

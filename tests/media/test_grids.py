"""Grids as rooms receive them: up to nine pictures, and sources that stay in the grid but change their slot."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import groupby

import pytest

from bridge.engine import PICTURES, Feed
from bridge.rtp.adaptation import LayerAdaptation
from tests.media.conftest import Bridge
from tests.media.rooms import Camera, Room, room
from tests.network.relay import relay


@pytest.fixture(autouse=True)
def _wide_downlink(monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture stops for lack of bit rate: on a busy machine a receiver takes its own delay for a narrow path."""
    monkeypatch.setattr(LayerAdaptation, "on_report", lambda *report: None)
    monkeypatch.setattr(LayerAdaptation, "on_estimate", lambda *estimate: None)


HALLS = tuple(f"hall{code}" for code in range(9))


def grid(*codes: int) -> Feed:
    """Those halls, the first as the main picture."""
    main, *beside = (HALLS[code] for code in codes)
    return Feed(main, tuple(beside))


@asynccontextmanager
async def halls(bridge: Bridge, count: int) -> AsyncIterator[None]:
    """So many halls have joined and are live."""
    async with AsyncExitStack() as stack:
        for code, hall in enumerate(HALLS[:count]):
            camera = Camera(code, step=3)  # 10 frames a second: nine encoders and decoders share a process
            await stack.enter_async_context(
                room(bridge.switchboard, hall, source=hall, code=code, camera=camera)
            )
        for hall in HALLS[:count]:
            await bridge.until(hall, "live")
        yield


async def shows(viewer: Room, codes: Sequence[int]) -> None:
    """Wait until each slot shows its hall."""
    for slot, code in zip(PICTURES, codes, strict=False):
        await viewer.slots[slot].shows(code)


GRIDS = (
    (0, 1, 2),
    (1, 2, 0),
    (2, 0, 1),
    (1,),
    (2, 1, 0),
    (0,),
    (0, 1, 2, 3, 4, 5, 6, 7, 8),
    (8, 7, 6, 5, 4, 3, 2, 1, 0),
)
"""Grids of the same halls in another order, solos, and all nine."""


async def test_cuts_between_grids_and_solos_show_each_hall_in_its_slot_and_nothing_else(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    """Every slot cuts from hall to hall at a keyframe: no picture is black, repeated or undecodable."""
    caplog.set_level(logging.WARNING, "aiortc")
    async with halls(bridge, 9), room(bridge.switchboard, "viewer", video=9) as viewer:
        for codes in GRIDS:
            bridge.switchboard.route({"viewer": grid(*codes)})
            await shows(viewer, codes)
        for place, slot in enumerate(PICTURES):
            routed = [code for code, _ in groupby(codes[place] for codes in GRIDS if place < len(codes))]
            pictures = viewer.slots[slot].pictures
            assert [code for code, _ in groupby(picture.code for picture in pictures)] == routed
            assert viewer.slots[slot].only_goes_forward
        _, peers = bridge.switchboard.stats()
        assert peers["viewer"].pictures == 9
    assert "failed to decode" not in caplog.text


async def test_a_picture_runs_on_in_its_slot_until_the_next_one_can_begin(bridge: Bridge) -> None:
    """Halls 0 and 2 cannot be asked for a keyframe: hall 1, which goes to the main slot, can."""
    async with (
        relay(bridge.switchboard.udp_port) as first,
        relay(bridge.switchboard.udp_port) as third,
        room(bridge.switchboard, HALLS[0], source=HALLS[0], code=0, port=first.port),
        room(bridge.switchboard, HALLS[1], source=HALLS[1], code=1),
        room(bridge.switchboard, HALLS[2], source=HALLS[2], code=2, port=third.port),
        room(bridge.switchboard, "viewer", video=3) as viewer,
    ):
        main, second, last = (viewer.slots[slot] for slot in PICTURES[:3])
        bridge.switchboard.route({"viewer": grid(0, 1, 2)})
        await shows(viewer, (0, 1, 2))
        first.down.dark = third.down.dark = True
        await main.more(60)  # the last keyframes are too old to begin with
        bridge.switchboard.route({"viewer": grid(1, 2, 0)})
        await main.shows(1)
        for slot, code in ((second, 1), (last, 2)):
            before = len(slot.pictures)
            await slot.more(20)
            assert {picture.code for picture in slot.pictures[before:]} == {code}
        first.down.dark = third.down.dark = False
        await shows(viewer, (1, 2, 0))
        for slot in (main, second, last):
            assert slot.only_goes_forward
            assert len([*groupby(picture.code for picture in slot.pictures)]) == 2

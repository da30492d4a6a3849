"""What an overloaded bridge withholds from viewers, with real peers."""

from __future__ import annotations

import pytest

from bridge.engine import Feed, TooManyPeers
from tests.media.conftest import Bridge
from tests.media.rooms import room

HALL = 0


async def test_viewers_lose_the_picture_and_keep_the_sound_while_the_crew_sees_on(bridge: Bridge) -> None:
    board = bridge.switchboard
    feed = Feed("krefeld", mics=("krefeld",))
    async with (
        room(board, "hall", source="krefeld", code=HALL),
        room(board, "viewer", audio=1, is_expendable=True) as viewer,
        room(board, "desk", audio=1) as desk,
    ):
        board.route({"viewer": feed, "desk": feed, "hall": Feed("slate")})
        for peer in (viewer, desk):
            await peer.slots["program"].shows(HALL)
            await peer.slots["mic1"].plays(HALL)
        board.shed(1)
        for peer in (viewer, desk):  # the only layer of this camera is its smallest
            await peer.slots["program"].more(5)
        board.shed(2)
        pictures = 0
        while len(viewer.slots["program"].pictures) > pictures:  # those on the way arrive still
            pictures = len(viewer.slots["program"].pictures)
            await desk.slots["program"].more(30)
        sounds = len(viewer.slots["mic1"].sounds)
        await desk.slots["program"].more(30)
        await viewer.slots["mic1"].until(lambda one: len(one.sounds) >= sounds + 25)
        assert len(viewer.slots["program"].pictures) == pictures
        assert viewer.slots["mic1"].sounds[-1] == (HALL,)
        board.shed(3)
        with pytest.raises(TooManyPeers):
            async with room(board, "late", is_expendable=True):
                pass
        async with room(board, "technician", audio=1) as technician:
            board.route(dict.fromkeys(("viewer", "desk", "technician"), feed))
            await technician.slots["program"].shows(HALL)
        board.shed(0)
        await viewer.slots["program"].more(5)
        assert viewer.slots["program"].only_goes_forward

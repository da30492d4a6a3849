"""Talkback between real peers, told apart by the pitch of their tones: in the right slot, and nowhere else."""

from __future__ import annotations

from bridge.engine import Feed
from tests.media.conftest import Bridge
from tests.media.rooms import Room, room

HALL, BOOTH, DESK, HALL_TALK, BOOTH_TALK = 0, 1, 2, 3, 4
ALL_SOUNDS = 10
"""Six microphones, two for interpretation, talkback and partner."""


def heard(place: Room) -> dict[str, set[int]]:
    """The codes of all tones so far, by slot."""
    return {slot: {code for codes in one.sounds for code in codes} for slot, one in place.slots.items()}


async def test_talkback_is_heard_by_whom_it_is_for_and_nowhere_else(bridge: Bridge) -> None:
    board = bridge.switchboard
    async with (
        room(board, "hall", source="krefeld", code=HALL, audio=ALL_SOUNDS, talk=HALL_TALK) as hall,
        room(
            *(board, "booth"),
            source="kabine/1",
            code=BOOTH,
            has_camera=False,
            audio=ALL_SOUNDS,
            talk=BOOTH_TALK,
        ) as booth,
        room(board, "desk", audio=ALL_SOUNDS, talk=DESK) as desk,
        room(board, "viewer", audio=ALL_SOUNDS) as viewer,
    ):
        programme = Feed("krefeld", mics=("krefeld",), interpretation=("kabine/1",))
        board.route(
            {
                "hall": Feed("slate", interpretation=("kabine/1",), talkback="talk:desk"),
                "booth": Feed("krefeld", mics=("krefeld",), talkback="talk:desk"),
                "desk": Feed("krefeld", mics=("krefeld",), talkback="talk:hall"),
                "viewer": programme,
            }
        )
        await hall.slots["talkback"].plays(DESK)
        await booth.slots["talkback"].plays(DESK)
        await desk.slots["talkback"].plays(HALL_TALK)
        await viewer.slots["interpretation"].plays(BOOTH)
        await viewer.slots["mic1"].plays(HALL)
        board.route(
            {"desk": Feed("krefeld", talkback="talk:booth"), "viewer": programme, "hall": Feed("slate")}
        )
        await desk.slots["talkback"].plays(BOOTH_TALK)
        talkback = {HALL_TALK, BOOTH_TALK, DESK}
        for place in (hall, booth, desk, viewer):
            for slot, codes in heard(place).items():
                assert codes <= talkback if slot == "talkback" else codes.isdisjoint(talkback), (slot, codes)
        assert heard(viewer)["talkback"] == set()
        assert heard(hall)["talkback"] == heard(booth)["talkback"] == {DESK}
        # Nothing of it is reported.
        assert set(bridge.states) == {"krefeld", "kabine/1"}
        assert {name for levels in bridge.levels for name in levels} <= {"krefeld", "kabine/1"}
        assert board.state_of("desk") == "absent"


async def test_a_booth_is_live_with_its_first_sound_and_stalled_soon_after_its_last(bridge: Bridge) -> None:
    """It has no camera to wait for."""
    async with room(bridge.switchboard, "booth", source="kabine/1", code=BOOTH, has_camera=False) as booth:
        await bridge.until("kabine/1", "live", "flows")
        for line in booth.pc.getTransceivers():
            if line.sender.track is not None:
                line.sender.replaceTrack(None)
        await bridge.until("kabine/1", "stalled", "silent")

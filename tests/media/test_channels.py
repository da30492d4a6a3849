"""A hall, a booth of two seats, and a listener, told apart by the pitch of their tones."""

from __future__ import annotations

from bridge.engine import INTERPRETATION, Feed
from tests.media.conftest import Bridge
from tests.media.rooms import room

HALL, ANNA, BERT, OTHER = 0, 1, 2, 3
FLOOR = ("krefeld",)


def feed(*seats: str) -> Feed:
    """The programme, and the sound of a channel."""
    return Feed("krefeld", mics=FLOOR, interpretation=seats)


async def test_a_listener_hears_the_floor_and_the_channel_of_his_choice(bridge: Bridge) -> None:
    board = bridge.switchboard
    async with (
        room(board, "hall", source="krefeld", code=HALL, audio=9) as hall,
        room(board, "anna", source="de/anna", code=ANNA, has_camera=False, audio=10) as anna,
        room(board, "other", source="en/1", code=OTHER, has_camera=False) as _other,
        room(board, "listener", audio=9) as listener,
    ):
        board.route({"listener": feed("de/anna"), "anna": feed(), "hall": Feed("slate")})
        await listener.slots["mic1"].plays(HALL)
        await listener.slots["interpretation"].plays(ANNA)
        board.route({"listener": feed("en/1"), "anna": feed(), "hall": Feed("slate")})
        await listener.slots["interpretation"].plays(OTHER)
        board.route({"listener": feed(), "anna": feed(), "hall": Feed("slate")})
        sounds = len(listener.slots["mic1"].sounds)
        await listener.slots["mic1"].until(lambda one: len(one.sounds) >= sounds + 20)
        assert listener.slots["mic1"].sounds[-1] == (HALL,)
        for place, own in ((hall, HALL), (anna, ANNA)):
            assert all(own not in codes for slot in place.slots.values() for codes in slot.sounds)
        for name, slot in listener.slots.items():
            heard = {code for codes in slot.sounds for code in codes}
            assert heard == {"mic1": {HALL}, "interpretation": {ANNA, OTHER}}.get(name, set())


async def test_in_a_hand_over_both_are_heard_and_the_one_that_stays_is_not_interrupted(
    bridge: Bridge,
) -> None:
    board = bridge.switchboard
    async with (
        room(board, "anna", source="de/anna", code=ANNA, has_camera=False, audio=10) as anna,
        room(board, "bert", source="de/bert", code=BERT, has_camera=False, audio=10) as bert,
        room(board, "listener", audio=9) as listener,
    ):
        partner = {"bert": Feed("slate", partner="de/anna")}
        board.route({"listener": feed("de/anna"), **partner})
        first, second = (listener.slots[name] for name in INTERPRETATION)
        await first.plays(ANNA)
        await bert.slots["partner"].plays(ANNA)
        board.route({"listener": feed("de/anna", "de/bert"), **partner})
        await second.plays(BERT)
        assert first.sounds[-1] == (ANNA,)
        board.route({"listener": feed("de/bert"), "anna": Feed("slate", partner="de/bert")})
        await anna.slots["partner"].plays(BERT)
        begun = next(n for n, codes in enumerate(second.sounds) if codes == (BERT,))
        sounds = len(second.sounds)
        await second.until(lambda one: len(one.sounds) >= sounds + 25)
        assert set(second.sounds[begun:]) == {(BERT,)}
        assert all(BERT not in codes for codes in first.sounds)


async def test_the_channel_of_a_booth_that_drops_and_comes_back_continues_its_stream(bridge: Bridge) -> None:
    board = bridge.switchboard
    async with room(board, "listener", audio=9) as listener:
        board.route({"listener": feed("de/anna")})
        async with room(board, "anna", source="de/anna", code=ANNA, has_camera=False):
            await bridge.until("de/anna", "live")
            await listener.slots["interpretation"].plays(ANNA)
        await bridge.until("de/anna", "absent")
        async with room(board, "anna2", source="de/anna", code=BERT, has_camera=False):
            await bridge.until("de/anna", "live")
            await listener.slots["interpretation"].plays(BERT)
        assert set(bridge.states["de/anna"]) <= {"connecting", "live", "stalled", "absent"}

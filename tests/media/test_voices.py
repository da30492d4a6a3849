"""Ten real peers with open microphones, told apart by the pitch of their tones, and a listener with six slots."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack

from bridge.destination.microphones import VOICE_HOLD_S
from bridge.engine import MICS, Feed
from tests.media.conftest import Bridge
from tests.media.rooms import Microphone, Room, room

PLACES = [f"place{code}" for code in range(10)]


async def plays_somewhere(listener: Room, code: int) -> str:
    """The slot in which the tone is heard, once it is."""
    slots = [listener.slots[name] for name in MICS]
    await slots[0].until_any(slots, lambda one: bool(one.sounds) and one.sounds[-1] == (code,))
    return next(n for n in MICS if listener.slots[n].sounds and listener.slots[n].sounds[-1] == (code,))


async def test_of_ten_open_microphones_whoever_speaks_is_heard_in_one_of_six_slots(bridge: Bridge) -> None:
    microphones = [Microphone(code) for code in range(10)]
    for microphone in microphones:
        microphone.speaks = False
    async with AsyncExitStack() as stack:
        for code, microphone in enumerate(microphones):
            await stack.enter_async_context(
                room(
                    *(bridge.switchboard, f"peer{code}"),
                    source=PLACES[code],
                    code=code,
                    has_camera=False,
                    video=0,
                    microphone=microphone,
                )
            )
            await bridge.until(PLACES[code], "live")
        listener = await stack.enter_async_context(room(bridge.switchboard, "listener", audio=6))
        bridge.switchboard.route({"listener": Feed(PLACES[0], mics=tuple(PLACES))})
        for name in MICS:
            await listener.slots[name].until(lambda one: bool(one.sounds))
        for code in (9, 0, 8):
            microphones[code].speaks = True
            slot = await plays_somewhere(listener, code)
            assert (slot == "mic1") == (code == 0), "the programme's source keeps the first slot"
            await listener.slots[slot].until(lambda one, c=code: one.sounds[-10:] == [(c,)] * 10)  # type: ignore[misc]
            microphones[code].speaks = False
        # The beginning and the end of a tone have other pitches, too.
        heard = Counter(codes for name in MICS for codes in listener.slots[name].sounds if codes)
        assert {codes for codes, times in heard.items() if times >= 10} == {(0,), (8,), (9,)}
        assert VOICE_HOLD_S > 1, "so each of them has a slot of its own"

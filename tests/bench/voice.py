"""A voice that begins among ten open microphones, of which a listener is sent six: how soon it is heard."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from statistics import median

from bridge.destination.microphones import VOICE_HOLD_S
from bridge.engine import MICS, Feed
from tests.bench.tones import figures, ms_until_heard, speakers, switchboard
from tests.media.rooms import room

PLACES = [f"place{n}" for n in range(10)]
LATECOMERS = (6, 7, 8, 9, 5)
"""None of them has a slot when it begins: the first took that of place5, which is the last one again."""
LIMIT_MS = 200


def run() -> Iterator[dict[str, object]]:
    took, carried = asyncio.run(_measure())
    yield {
        **figures("voice", took, LIMIT_MS),
        "microphones": len(PLACES),
        "carried_before_median_ms": carried,
    }


async def _measure() -> tuple[list[float], float]:
    """Of voices that need a slot, and the same of one that has one already."""
    took: list[float] = []
    async with switchboard() as board, AsyncExitStack() as stack:
        microphones = await speakers(stack, board, PLACES, speak=False)
        listener = await stack.enter_async_context(room(board, "listener", video=0, audio=len(MICS)))
        board.route({"listener": Feed(PLACES[0], mics=tuple(PLACES))})
        for slot in MICS:
            await listener.slots[slot].until(lambda one: bool(one.sounds))
        held: list[float] = []
        for place in LATECOMERS:
            for code, into in ((place, took), (0, held)):

                def begin(speaker: int = code) -> None:
                    microphones[speaker].speaking = True

                into.append(await ms_until_heard(listener, MICS, code, begin))
                await asyncio.sleep(0.5)
                microphones[code].speaking = False
                await asyncio.sleep(VOICE_HOLD_S)
    return took, round(median(held), 1)

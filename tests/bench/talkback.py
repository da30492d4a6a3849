"""Talkback: from the route, which the moderator's key leads to, until the tone is decoded at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bridge.engine import TALKBACK, Feed
from tests.bench.tones import RUNS, figures, ms_until_heard, switchboard
from tests.media.rooms import room

LIMIT_MS = 150
HALL, DESK = 0, 1
SOUNDS = 9
"""Received m-lines for sound, the last of which is talkback."""


def run() -> Iterator[dict[str, object]]:
    yield figures("talkback", asyncio.run(_measure()), LIMIT_MS)


async def _measure() -> list[float]:
    took = []
    async with switchboard() as board:
        async with (
            room(board, "desk", talk=DESK, video=0, audio=SOUNDS),
            room(board, "hall", source="krefeld", code=HALL, video=0, audio=SOUNDS) as hall,
        ):
            talking = {"hall": Feed("slate", talkback="talk:desk")}
            for _ in range(RUNS):
                board.route({"hall": Feed("slate")})
                await asyncio.sleep(1.0)
                hall.slots[TALKBACK].sounds.clear()
                took.append(await ms_until_heard(hall, [TALKBACK], DESK, lambda: board.route(talking)))
    return took

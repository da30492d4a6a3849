"""A listener who chooses another channel: how soon it is heard, while both speak without a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

from bridge.engine import INTERPRETATION, Feed
from tests.bench.tones import RUNS, figures, ms_until_heard, speakers, switchboard
from tests.media.rooms import room

LIMIT_MS = 200
SEATS = ["de/1", "ja/1"]
SOUNDS = 9


def run() -> Iterator[dict[str, object]]:
    yield figures("channel", asyncio.run(_measure()), LIMIT_MS)


async def _measure() -> list[float]:
    took = []
    async with switchboard() as board, AsyncExitStack() as stack:
        await speakers(stack, board, SEATS, speak=True)
        listener = await stack.enter_async_context(room(board, "listener", video=0, audio=SOUNDS))
        for n in range(RUNS + 1):
            feed = {"listener": Feed("slate", interpretation=(SEATS[n % 2],))}
            ms = await ms_until_heard(
                listener,
                INTERPRETATION[:1],
                n % 2,
                lambda chosen=feed: board.route(chosen),  # type: ignore[misc]
            )
            took += [ms] if n else []  # the first one changes nothing
            await asyncio.sleep(1.0)
    return took

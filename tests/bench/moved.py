"""A hall on air changes its address: how long until the viewer sees it again, in Chromium; 0: it never froze.

`rebind`: a NAT on the path changes the port without notice. `restart`: the hall's own address becomes invalid, as when
a laptop changes from Wi-Fi to cable, and its page must detect that and restart ICE.
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator

from tests.bench.halls import CODES, NO_CHROMIUM, Freeze, Studio, longest_freeze, now, studio
from tests.e2e.rooms import CHROMIUM

MOVES = 5
STABLE_S = 3.0
"""Seconds of unbroken video before a move, and after it."""


def run() -> Iterator[dict[str, object]]:
    if CHROMIUM is None:
        yield {"bench": "moved", "skipped": NO_CHROMIUM}
    else:
        yield from asyncio.run(_measure())


async def _measure() -> list[dict[str, object]]:
    async with studio() as live:
        return [await _moves(live, how, word) for how, word in (("rebind", "rebind"), ("restart", "cut-off"))]


async def _moves(live: Studio, how: str, word: str) -> dict[str, object]:
    before = await _negotiations(live)
    moves = [await _move(live, word) for _ in range(MOVES)]
    after = await _negotiations(live)
    grown = {place: after[place] - before[place] for place in before}
    return {
        "bench": "moved",
        "how": how,
        "moves": len(moves),
        "back_p50_ms": round(statistics.median(move.back_ms for move in moves), 1),
        "back_max_ms": round(max(move.back_ms for move in moves), 1),
        "still_max_ms": round(max(move.lasted_ms for move in moves), 1),
        "negotiations": grown.pop("krefeld"),
        "negotiations_of_others": sum(grown.values()),
    }


async def _move(live: Studio, word: str) -> Freeze:
    """Only the hall's own frames count, not those of a fallback meanwhile."""
    await live.viewer.presents(CODES["krefeld"], after_s=STABLE_S)
    moved = now()
    await live.halls["krefeld"].line.send(word)
    await live.viewer.presents(CODES["krefeld"], after_s=STABLE_S)
    frames = await live.viewer.frames(moved - STABLE_S)
    return longest_freeze([frame for frame in frames if frame.code == CODES["krefeld"]], moved)


async def _negotiations(live: Studio) -> dict[str, int]:
    everybody = {**live.halls, "viewer": live.viewer}
    return {place: await one.room.negotiations() for place, one in everybody.items()}

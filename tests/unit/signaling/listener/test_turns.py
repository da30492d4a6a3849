"""Input is processed in turns."""

from __future__ import annotations

import asyncio
from functools import partial

from signaling.listener.turns import MAX_PER_ITERATION, Turns


async def test_few_callbacks_run_per_iteration_and_in_order() -> None:
    turns = Turns(asyncio.get_running_loop())
    called: list[int] = []
    rounds: list[int] = []
    for n in range(3 * MAX_PER_ITERATION):
        turns.wait(partial(called.append, n))
    assert called == []
    while len(called) < 3 * MAX_PER_ITERATION:
        await asyncio.sleep(0)
        rounds.append(len(called))
    assert called == list(range(3 * MAX_PER_ITERATION))
    assert [count for count in rounds if count] == [
        MAX_PER_ITERATION,
        2 * MAX_PER_ITERATION,
        3 * MAX_PER_ITERATION,
    ]


async def test_a_callback_added_during_an_iteration_runs_after_the_queued_ones() -> None:
    turns = Turns(asyncio.get_running_loop())
    called: list[str] = []
    turns.wait(lambda: turns.wait(lambda: called.append("late")))
    turns.wait(lambda: called.append("first"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert called == ["first", "late"]


async def test_a_cancelled_wait_does_not_block_the_next() -> None:
    turns = Turns(asyncio.get_running_loop())
    first, second = asyncio.create_task(turns.wait_turn()), asyncio.create_task(turns.wait_turn())
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert first.cancelled()

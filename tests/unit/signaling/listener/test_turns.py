"""Strangers are listened to in turn."""

from __future__ import annotations

import asyncio
from functools import partial

from signaling.listener.turns import IN_A_ROUND, Turns


async def test_only_a_few_are_listened_to_in_each_round_and_in_order() -> None:
    turns = Turns(asyncio.get_running_loop())
    heard: list[int] = []
    rounds: list[int] = []
    for n in range(3 * IN_A_ROUND):
        turns.wait(partial(heard.append, n))
    assert heard == []
    while len(heard) < 3 * IN_A_ROUND:
        await asyncio.sleep(0)
        rounds.append(len(heard))
    assert heard == list(range(3 * IN_A_ROUND))
    assert [count for count in rounds if count] == [IN_A_ROUND, 2 * IN_A_ROUND, 3 * IN_A_ROUND]


async def test_who_comes_while_others_are_listened_to_comes_after_them() -> None:
    turns = Turns(asyncio.get_running_loop())
    heard: list[str] = []
    turns.wait(lambda: turns.wait(lambda: heard.append("late")))
    turns.wait(lambda: heard.append("first"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert heard == ["first", "late"]


async def test_whoever_gives_up_waiting_for_a_turn_keeps_nobody_else_from_theirs() -> None:
    turns = Turns(asyncio.get_running_loop())
    first, second = asyncio.create_task(turns.turn()), asyncio.create_task(turns.turn())
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert first.cancelled()

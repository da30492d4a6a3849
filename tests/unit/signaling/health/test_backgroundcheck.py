"""A check that hangs or raises is unknown, and ends nothing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from signaling.health import backgroundcheck
from signaling.health.backgroundcheck import BackgroundCheck


@asynccontextmanager
async def checking(look: Callable[[], int]) -> AsyncIterator[BackgroundCheck[int]]:
    check = BackgroundCheck("disk", look, 0)
    task = asyncio.create_task(check.run())
    yield check
    assert not task.done(), "a check ends with the server alone"
    task.cancel()
    await asyncio.wait([task])


async def called(seen: asyncio.Queue[int]) -> int:
    async with asyncio.timeout(60):
        return await seen.get()


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backgroundcheck, "CHECK_INTERVAL_S", 0.0)


async def test_a_check_that_raises_is_unknown_until_it_succeeds() -> None:
    loop, seen = asyncio.get_running_loop(), asyncio.Queue[int]()
    fails = True
    count = 0

    def look() -> int:
        nonlocal count
        count += 1
        loop.call_soon_threadsafe(seen.put_nowait, count)
        if fails:
            raise LookupError("no such library call")
        return 7

    async with checking(look) as check:
        for _ in range(3):  # when it begins again, the result of the one before is there
            await called(seen)
        assert check.is_unknown(loop.time())
        fails = False
        for _ in range(3):
            await called(seen)
        while check.result != 7:
            await called(seen)
        assert not check.is_unknown(loop.time())


async def test_a_check_that_hangs_is_unknown_until_it_ends() -> None:
    loop, begun, may_end = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def look() -> int:
        loop.call_soon_threadsafe(begun.set)
        assert may_end.wait(60)
        return 7

    async with checking(look) as check:
        async with asyncio.timeout(60):
            await begun.wait()
        now = loop.time()
        assert not check.is_unknown(now - backgroundcheck.CHECK_OVERDUE_S)
        assert check.is_unknown(now + backgroundcheck.CHECK_OVERDUE_S)
        may_end.set()
        async with asyncio.timeout(60):
            while check.result != 7:  # noqa: ASYNC110 - a thread sets it
                await asyncio.sleep(0)
        assert not check.is_unknown(loop.time())

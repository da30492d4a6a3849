"""The lag of an event loop, and the stack of one that is blocked."""

from __future__ import annotations

import asyncio
import threading

import pytest

from signaling.health.loopwatch import (
    BLOCKED_AFTER_S,
    LAG_BUCKETS,
    STACK_INTERVAL_S,
    BeatGap,
    LoopWatch,
)


def block_until(seen: threading.Event) -> None:
    assert seen.wait(30)


async def test_a_blocked_loop_is_reported_with_its_stack_while_it_is_blocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen, ended = threading.Event(), asyncio.Event()
    told: list[dict[str, object]] = []
    loop = asyncio.get_running_loop()

    class Log:
        def error(self, event: str, **fields: object) -> None:
            told.append({"event": event, **fields})
            seen.set()

        def warning(self, event: str, **fields: object) -> None:
            told.append({"event": event, **fields})
            loop.call_soon_threadsafe(ended.set)

    monkeypatch.setattr("signaling.health.loopwatch.log", Log())
    with LoopWatch() as watch:
        async with asyncio.timeout(60):
            while sum(watch.buckets) < 5:  # noqa: ASYNC110 - the median is of several beats
                await asyncio.sleep(0.02)
        block_until(seen)  # of the loop itself, until the thread has logged it
        async with asyncio.timeout(60):
            await ended.wait()
        assert "block_until(seen)" in str(told[0]["stack"])
        assert watch.blocks == 1
        assert watch.blocked_s >= BLOCKED_AFTER_S
        assert sum(watch.buckets) > 0
        late = watch.buckets[LAG_BUCKETS.index(0.5) + 1 :]
        assert sum(late) >= 1, "the beat that was blocked"
        assert watch.sum_s >= 0.5
        assert watch.lag_s < BLOCKED_AFTER_S, "one long step is no overload"
    assert not [thread for thread in threading.enumerate() if thread.name == "watchdog"]


def test_a_silence_is_counted_from_the_last_beat() -> None:
    gap = BeatGap(100.0)
    assert gap.update(1, 100.1) is None
    for tenth in range(1, 10):
        assert gap.update(1, 100.1 + tenth / 10) is None
        assert not gap.has_begun
    begun = []
    for at in (101.15, 101.25):
        gap.update(1, at)
        begun.append(gap.has_begun)
    assert begun == [True, False], "once for each block"
    assert gap.update(2, 102.1) == pytest.approx(2.0)
    assert gap.update(3, 102.2) is None


def test_a_process_that_was_stopped_is_not_blocked() -> None:
    gap = BeatGap(100.0)
    gap.update(1, 100.1)
    gap.update(1, 160.0)
    gap.update(1, 160.5)
    assert not gap.has_begun
    assert gap.update(2, 160.6) is None


def test_stacks_are_limited() -> None:
    gap = BeatGap(100.0)
    assert [gap.may_report(100.0 + at) for at in (0, 1, STACK_INTERVAL_S, STACK_INTERVAL_S + 1)] == [
        *(True, False),
        *(True, False),
    ]


async def test_a_loop_that_works_is_busier_than_one_that_waits() -> None:
    with LoopWatch() as watch:
        await asyncio.sleep(0.5)
        idle = watch.busy
        end = asyncio.get_running_loop().time() + 1
        while asyncio.get_running_loop().time() < end:
            sum(range(10_000))
            await asyncio.sleep(0)
        assert 0 <= idle < watch.busy <= 1.1

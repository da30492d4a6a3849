"""Token buckets, and shares of the event loop."""

from __future__ import annotations

import asyncio

import pytest

from signaling.http.limits import LoopShare, RateLimit, RateLimits
from signaling.show.reasons import ProblemError


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = RateLimit(rate=2.0, burst=3.0, now=0.0)
    assert [bucket.take(0.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(0.5), bucket.take(0.5)] == [True, False]
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]


def test_a_bucket_gives_several_at_once_or_none_of_them() -> None:
    bucket = RateLimit(rate=1.0, burst=10.0, now=0.0)
    assert not bucket.take(0.0, 11)
    assert bucket.take(0.0, 10)
    assert not bucket.take(0.5, 1)


def test_each_key_has_its_own_bucket() -> None:
    buckets = RateLimits(rate=1.0, burst=1.0, max_keys=10)
    assert buckets.take("calendar", 0.0)
    assert not buckets.take("calendar", 0.0)
    assert buckets.take("phone", 0.0)


def test_only_the_last_keys_are_kept() -> None:
    buckets = RateLimits(rate=1.0, burst=1.0, max_keys=2)
    for name in ("a", "b", "a", "c"):
        buckets.take(name, 0.0)
    assert buckets.take("b", 0.0)
    assert len(buckets._limits) == 2


async def test_work_gets_its_share_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    time = [100.0]
    waits: list[float] = []

    def call_later(delay: float, then: object, *arguments: object) -> object:
        waits.append(delay)
        return loop.call_soon(then, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "time", lambda: time[0])
    monkeypatch.setattr(loop, "call_later", call_later)
    loop_share = LoopShare(share=0.25, max_waiting=10)
    for _ in range(2):
        async with loop_share:
            time[0] += 0.004
    assert waits == pytest.approx([0.012, 0.012])


async def test_work_is_done_in_order_and_too_much_is_refused() -> None:
    loop_share, order, go = LoopShare(share=0.5, max_waiting=2), [], asyncio.Event()

    async def work(name: str) -> None:
        async with loop_share:
            await go.wait()
            order.append(name)

    tasks = []
    for name in "abc":
        tasks.append(asyncio.create_task(work(name)))
        await asyncio.sleep(0)
    with pytest.raises(ProblemError):
        await work("d")
    go.set()
    await asyncio.gather(*tasks)
    assert order == ["a", "b", "c"]


async def test_cancelled_work_does_not_block_the_next() -> None:
    loop_share, go = LoopShare(share=0.5, max_waiting=1), asyncio.Event()

    async def work() -> None:
        async with loop_share:
            await go.wait()

    first, second = asyncio.create_task(work()), asyncio.create_task(work())
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    third = asyncio.create_task(work())
    await asyncio.sleep(0)
    go.set()
    await asyncio.gather(first, third)

"""The monitor sheds by the loop's lag and tells the runtime what is wrong."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from signaling.clock import ShowClock
from signaling.health import monitor
from signaling.health.conditions import ServerCondition
from signaling.health.loopwatch import LoopWatch
from signaling.health.shedding import SHED_AFTER_S
from tests.nomedia import NoMedia


class FakeRuntime:
    """Keeps what it is told."""

    writer_runs, log_fails = True, False

    def __init__(self) -> None:
        self.clock = ShowClock()
        self.told: asyncio.Queue[list[tuple[str, dict[str, float]]]] = asyncio.Queue()

    def note_conditions(self, conditions: Sequence[ServerCondition]) -> None:
        self.told.put_nowait([(one.code, dict(one.figures)) for one in conditions if one.code != "disk"])


async def test_a_lagging_loop_sheds_and_the_desk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "EXAMINE_INTERVAL_S", 0.0)
    monkeypatch.setattr("signaling.health.shedding.SHED_AFTER_S", SHED_AFTER_S / 1_000)
    runtime, media, watch = FakeRuntime(), NoMedia(), SimpleNamespace(lag_s=0.0, busy=0.0)
    watched = monitor.HealthMonitor(runtime, media, cast(LoopWatch, watch), tmp_path, None)
    task = asyncio.create_task(watched.run())
    try:
        async with asyncio.timeout(60):
            assert await runtime.told.get() == []
            watch.lag_s, watch.busy = 0.2, 0.6
            while (told := await runtime.told.get()) != [("overload", {"level": 3.0})]:
                assert told in ([], [("overload", {"level": 1.0})], [("overload", {"level": 2.0})])
        assert media.shed_level == 3
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.mark.parametrize("kind", ["hangs", "raises"])
async def test_a_disk_that_does_not_answer_is_told_and_neither_ends_nor_delays_shedding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(monitor, "EXAMINE_INTERVAL_S", 0.0)
    monkeypatch.setattr("signaling.health.backgroundcheck.CHECK_OVERDUE_S", 0.0)
    monkeypatch.setattr("signaling.health.shedding.SHED_AFTER_S", SHED_AFTER_S / 1_000)
    may_end = threading.Event()

    def disk_usage(folder: Path) -> object:
        if kind == "raises":
            raise LookupError("a fault that nobody thought of")
        assert may_end.wait(60)
        return SimpleNamespace(free=1 << 40)

    monkeypatch.setattr("signaling.health.monitor.shutil.disk_usage", disk_usage)
    runtime, media, watch = FakeRuntime(), NoMedia(), SimpleNamespace(lag_s=0.0, busy=0.0)
    watched = monitor.HealthMonitor(runtime, media, cast(LoopWatch, watch), tmp_path, None)
    task = asyncio.create_task(watched.run())
    try:
        async with asyncio.timeout(60):
            while ("disk-unknown", {}) not in await runtime.told.get():
                pass
            watch.lag_s, watch.busy = 0.2, 0.6
            while ("overload", {"level": 3.0}) not in await runtime.told.get():
                pass
        assert media.shed_level == 3
        assert not task.done()
    finally:
        may_end.set()
        task.cancel()
        await asyncio.wait([task])


async def test_a_check_for_overload_that_raises_is_told_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(monitor, "EXAMINE_INTERVAL_S", 0.0)
    runtime, media = FakeRuntime(), NoMedia()
    watch = SimpleNamespace(lag_s=0.0)  # without `busy`
    watched = monitor.HealthMonitor(runtime, media, cast(LoopWatch, watch), tmp_path, None)
    runtime.log_fails = True
    task = asyncio.create_task(watched.run())
    try:
        async with asyncio.timeout(60):
            assert await runtime.told.get() == [("log-fails", {}), ("overload-unknown", {})]
            watch.busy = 0.0
            while await runtime.told.get() != [("log-fails", {})]:
                pass
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_clock_that_was_set_is_told_except_in_a_rehearsal(tmp_path: Path) -> None:
    runtime, watch = FakeRuntime(), cast(LoopWatch, SimpleNamespace(lag_s=0.0, busy=0.0))
    for clock, told in (
        (runtime.clock, [("clock", {"ahead_s": 3600.0})]),
        (ShowClock(speed=2.0), []),
    ):
        runtime.clock = clock
        begun = clock.now() / 1000 - 3600
        watched = monitor.HealthMonitor(
            runtime,
            NoMedia(),
            watch,
            tmp_path,
            None,
            wall_clock=lambda begun=begun: begun,  # type: ignore[misc]
        )
        task = asyncio.create_task(watched.run())
        async with asyncio.timeout(60):
            assert await runtime.told.get() == told
        task.cancel()
        await asyncio.wait([task])

"""A real switchboard on loopback, where an exception in the event loop fails the test."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import pytest

from bridge.engine import Callbacks, SourceState, SourceWhy
from bridge.switchboard import Switchboard


class Bridge:
    """A switchboard and its reports."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self.states: dict[str, list[SourceState]] = {}
        self.reasons: dict[str, list[SourceWhy]] = {}
        """One for each state, in the same order."""
        self.levels: list[Mapping[str, float]] = []
        self.packet_levels: dict[str, list[tuple[float, float]]] = {}
        self.left: list[str] = []
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        switchboard.listen(Callbacks(self._on_source, self._on_left, self._on_levels, self._on_packet_levels))

    async def until(self, source: str, state: SourceState, why: SourceWhy | None = None) -> None:
        """Wait for this state of `source`, with this cause if one is given."""

        def is_so() -> bool:
            last = self.states.get(source, ["absent"])[-1]
            return last == state and (why is None or self.reasons[source][-1] == why)

        await self.until_reported(is_so)

    async def until_left(self, peer: str) -> None:
        await self.until_reported(lambda: peer in self.left)

    async def until_reported(self, reached: Callable[[], bool]) -> None:
        """Wait until the reports satisfy `reached`."""
        async with asyncio.timeout(60), self._news:
            await self._news.wait_for(reached)

    def _on_source(self, source: str, state: SourceState, why: SourceWhy) -> None:
        self.states.setdefault(source, []).append(state)
        self.reasons.setdefault(source, []).append(why)
        self._wake()

    def _on_levels(self, levels: Mapping[str, float]) -> None:
        self.levels.append(dict(levels))
        self._wake()

    def _on_packet_levels(self, levels: Mapping[str, Sequence[tuple[float, float]]]) -> None:
        for source, packets in levels.items():
            self.packet_levels.setdefault(source, []).extend(packets)
        self._wake()

    def _on_left(self, peer: str) -> None:
        self.left.append(peer)
        self._wake()

    def _wake(self) -> None:
        task = asyncio.create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


@pytest.fixture(autouse=True)
async def real_time() -> None:
    """Without asyncio's debug mode, in which aiortc's peers took twice the processor's time.

    Tests of the units, of the server and of networks keep it.
    """
    asyncio.get_running_loop().set_debug(False)


@pytest.fixture
async def bridge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bridge]:
    """A switchboard on 127.0.0.1. An exception that reaches the loop while it runs fails the test.

    What earlier tests have left in memory is excluded from garbage collection, which would stall the media.
    aioice does not gather the loopback address; here it is the only one.
    """
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    gc.collect()
    gc.freeze()
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"])
    yield Bridge(switchboard)
    await switchboard.close()
    assert faults == []

"""A real switchboard on loopback, and everything that must stay silent around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bridge.engine import Health
from bridge.switchboard import Switchboard


class Bridge:
    """A switchboard and what it has told."""

    def __init__(self, switchboard: Switchboard) -> None:
        self.switchboard = switchboard
        self.healths: dict[str, list[Health]] = {}
        self.left: list[str] = []
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()
        switchboard.on_health = self._on_health
        switchboard.on_left = self._on_left

    async def until(self, source: str, health: Health) -> None:
        """Wait until `source` is so."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: self.healths.get(source, [Health.ABSENT])[-1] is health)

    async def until_left(self, peer: str) -> None:
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: peer in self.left)

    def _on_health(self, source: str, health: Health) -> None:
        self.healths.setdefault(source, []).append(health)
        self._tell()

    def _on_left(self, peer: str) -> None:
        self.left.append(peer)
        self._tell()

    def _tell(self) -> None:
        task = asyncio.create_task(self._notify())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


@pytest.fixture
async def bridge(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bridge]:
    """A switchboard on 127.0.0.1. An exception that reaches the loop while it runs fails the test.

    aioice leaves the loopback address out when it gathers; here it is the only one.
    """
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    faults: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: faults.append(context))
    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"])
    yield Bridge(switchboard)
    await switchboard.close()
    assert faults == []

"""Servers that tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.events import write
from tests.server.localserver import LocalServer, local_server
from tests.server.process import ServerProcess, server


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[ServerProcess]:
    """A server of the test's own, before its show."""
    async with server(write(tmp_path), tmp_path / "data") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def idle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    """One server for all tests of a module that leave the show as it is, before its start. They are marked
    `asyncio(loop_scope="module")`."""
    folder = tmp_path_factory.mktemp("idle")
    async with server(write(folder), folder / "data") as running:
        yield running


@pytest.fixture
async def local(tmp_path: Path) -> AsyncIterator[LocalServer]:
    """A server in the test's own process, with a fake media plane."""
    async with local_server(tmp_path) as running:
        yield running

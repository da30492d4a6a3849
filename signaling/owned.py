"""Background tasks that must not end before their owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def owned(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Run `work` for as long as the context lasts. If it ends before, that is a bug, and the owner is cancelled."""
    task = asyncio.create_task(work, name=name)
    owner = asyncio.current_task()

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and owner is not None:
            log.critical("a background task has ended", task=name, exc_info=task.exception())
            owner.cancel()

    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

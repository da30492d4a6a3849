"""Tasks of the server's own, which must never end by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def owned(work: Coroutine[Any, Any, None], name: str) -> AsyncIterator[None]:
    """Do `work` for as long as the context lasts. Should it end by itself, that is a bug, and its owner ends, too."""
    task = asyncio.create_task(work, name=name)
    owner = asyncio.current_task()

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and owner is not None:
            log.critical("a task of the server has ended", task=name, exc_info=task.exception())
            owner.cancel()

    task.add_done_callback(ended)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

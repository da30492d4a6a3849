"""Work that may block for good, such as on a disk that hangs, without keeping the process from ending."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def in_daemon_thread(work: Callable[[], T], name: str) -> T:
    """The result of `work`, called in a thread of its own. Raises what `work` raises.

    Not `asyncio.to_thread` or an executor: at the end the process would wait for a thread that hangs. If this is
    cancelled, the thread goes on, and its result is discarded.
    """
    found = concurrent.futures.Future[T]()

    def run() -> None:
        try:
            result = work()
        except Exception as fault:  # noqa: BLE001 - the caller gets it
            found.set_exception(fault)
        else:
            found.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    # Shielded: a future that was cancelled would refuse the result of a thread that still runs.
    return await asyncio.shield(asyncio.wrap_future(found))

"""The signals that end a command, and the process that it ends with."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

PARENT_VARIABLE: Final = "SCHALTE_PARENT"
"""Environment variable: id of the process that started this one, which ends with it."""


async def until_stopped() -> None:
    """Returns on Ctrl-C or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    await stopped.wait()

"""Many pages in a separate process, so that their work does not count as the server's: `crowd(link, count)`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection

from signaling.client import endpoint
from tests.bench.state import page

READY_TIMEOUT_S = 60.0


@asynccontextmanager
async def crowd(link: str, count: int) -> AsyncIterator[None]:
    """`count` pages that have their snapshot and read all messages, while the context lasts."""
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.bench.crowd", link, str(count))
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(READY_TIMEOUT_S):
            if await process.stdout.readline() != b"ready\n":
                raise RuntimeError("the pages did not connect; the reason is on standard error")
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _read(link: str, count: int) -> None:
    address, token = endpoint(link)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(count):
            tasks.create_task(_drain(await page(address, token)))
        print("ready", flush=True)


async def _drain(page: ClientConnection) -> None:
    async for _ in page:
        pass


if __name__ == "__main__":
    asyncio.run(_read(sys.argv[1], int(sys.argv[2])))

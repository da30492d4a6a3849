"""Ports of programs that cannot choose one themselves and say which."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import suppress
from itertools import count
from pathlib import Path

FIRST_PORT, PORTS = 20_000, 12_000
"""Below 32768, where Linux begins to choose ports by itself: no connection of another test takes one of these."""
INTERVAL_S = 0.05
"""Between two looks whether a program listens."""
# Test runs beside this one begin elsewhere.
_next = count(os.getpid() * 97)


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nothing listens. No two calls in a process give the same one."""
    for _ in range(PORTS):
        port = FIRST_PORT + next(_next) % PORTS
        with socket.socket() as sock, suppress(OSError):
            sock.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is in use")


async def until_open(
    address: str, port: int, process: asyncio.subprocess.Process, output: Path, within_s: float = 30.0
) -> None:
    """Wait until the process accepts connections there.

    Raises:
        AssertionError: it has ended instead; with its output.
    """
    async with asyncio.timeout(within_s):
        while not await _is_open(address, port):
            assert process.returncode is None, await asyncio.to_thread(output.read_text)
            await asyncio.sleep(INTERVAL_S)


async def _is_open(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True

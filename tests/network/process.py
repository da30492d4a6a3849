"""A line in a process of its own, for benchmarks: its work is then not in the loop of what is measured."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass
class Line:
    """A running `python -m tests.network`."""

    port: int
    """Where rooms send to instead of the bridge's port."""
    _process: asyncio.subprocess.Process

    async def say(self, *words: str) -> dict[str, Any]:
        """Tell it `rebind`, `cut-off` or `option=value`; what its two directions have done so far comes back.

        Raises:
            ValueError: it did not understand.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(" ".join(words).encode() + b"\n")
        found: dict[str, Any] = json.loads(await stdout.readline())
        if "fault" in found:
            raise ValueError(found["fault"])
        return found


@asynccontextmanager
async def line(
    to: int, *options: str, host: str = "127.0.0.1", port: int = 0, server: str = "127.0.0.1"
) -> AsyncIterator[Line]:
    """A line to `server`:`to`, with options as on its command line; it listens on `host` and `port`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.network", "--to", f"{server}:{to}", "--listen", f"{host}:{port}"),
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = await process.stdout.readline()
        if not said:
            raise ValueError("the line did not start; it has said why on standard error")
        yield Line(json.loads(said)["port"], process)
    finally:
        process.stdin.close()
        await process.wait()

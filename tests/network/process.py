"""A line as a process, for benchmarks: its work is then not in the measured event loop."""

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
    """The port that rooms use in place of the bridge's."""
    _process: asyncio.subprocess.Process

    async def send(self, *words: str) -> dict[str, Any]:
        """Send `rebind`, `cut-off` or `option=value`. Returns the counts of both directions.

        Raises:
            ValueError: an unknown word.
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
    """A line to `server`:`to`, with the options of its command line. It listens on `host` and `port`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.network", "--to", f"{server}:{to}", "--listen", f"{host}:{port}"),
        *options,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        first = await process.stdout.readline()
        if not first:
            raise ValueError("the line did not start; the reason is on standard error")
        yield Line(json.loads(first)["port"], process)
    finally:
        process.stdin.close()
        await process.wait()

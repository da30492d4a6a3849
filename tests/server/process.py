"""A real server process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import endpoint
from tests.network.namespaces import is_home
from tests.server.forks import Forked, ForkServer

START_TIMEOUT_S = 120.0
"""On a machine with ten busy processes for each processor a start took 35 s."""
fork_server: ForkServer | None = None
"""What forks the servers of a test run. None, as in benchmarks and soaks: each starts from nothing."""


@dataclass
class ServerProcess:
    """A running `schalte serve`."""

    process: asyncio.subprocess.Process | Forked
    event: Path
    data: Path
    port: int
    udp_port: int
    lines: list[dict[str, Any]] = field(default_factory=list)
    """The lines of its log."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def link(self, role: str, id_: str | None = None, lifetime: float | None = None) -> str:
        """A join link, signed with the server's own key."""
        token = LinkChecker(self.data).issue(Link(role, id_ or role, ""), lifetime)  # type: ignore[arg-type]
        return url(self.url, token)

    def headers(self, role: str = "moderator", id_: str | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {endpoint(self.link(role, id_))[1]}"}

    async def state(self, role: str = "moderator", id_: str | None = None) -> dict[str, Any]:
        """The state as a link of this role and id sees it."""
        async with aiohttp.ClientSession() as http:
            async with http.get(f"{self.url}/api/v1/state", headers=self.headers(role, id_)) as answer:
                found: dict[str, Any] = await answer.json()
                return found

    async def command(self, **command: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of a command sent over HTTP."""
        async with aiohttp.ClientSession() as http:
            address = f"{self.url}/api/v1/commands"
            async with http.post(address, json=command, headers=self.headers()) as answer:
                return answer.status, await answer.json()

    async def line(self, event: str) -> dict[str, Any]:
        """The first line of its log that tells of `event`, as soon as there is one."""
        async with asyncio.timeout(START_TIMEOUT_S):
            while not (found := [line for line in self.lines if line["event"] == event]):  # noqa: ASYNC110 - a pipe
                await asyncio.sleep(0.01)
        return found[0]

    async def kill(self) -> None:
        """Kill it with SIGKILL, as a power cut would."""
        self.process.kill()
        await self.process.wait()


@asynccontextmanager
async def server(
    event: Path, data: Path, *options: str, before: Sequence[str] = ()
) -> AsyncIterator[ServerProcess]:
    """Run a server on free loopback ports until the context ends. `before` is prepended to its command line."""
    arguments = ("serve", str(event), "--data", str(data), "--port", "0", "--udp-port", "0", *options)
    process = await _start(arguments, before)
    lines: list[dict[str, Any]] = []
    reader = asyncio.create_task(asyncio.sleep(0))
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            serving = await _serving(process, lines)
        reader = asyncio.create_task(_read(process, lines))
        yield ServerProcess(process, event, data, serving["port"], serving["udp_port"], lines)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(10):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        await reader
        if isinstance(process, Forked):
            process.close()


async def _start(arguments: Sequence[str], before: Sequence[str]) -> asyncio.subprocess.Process | Forked:
    if fork_server is not None and not before and is_home():
        return await fork_server.start(*arguments)
    return await asyncio.create_subprocess_exec(
        *before,
        *(sys.executable, "-m", "signaling", *arguments),
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )


async def _serving(
    process: asyncio.subprocess.Process | Forked, lines: list[dict[str, Any]]
) -> dict[str, Any]:
    assert process.stderr is not None
    output = b""
    while line := await process.stderr.readline():
        output += line
        if line.startswith(b"{"):
            lines.append(json.loads(line))
            if lines[-1]["event"] == "serving":
                return lines[-1]
    raise AssertionError(f"the server did not start:\n{output.decode()}")


async def _read(process: asyncio.subprocess.Process | Forked, lines: list[dict[str, Any]]) -> None:
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if line.startswith(b"{"):
            lines.append(json.loads(line))


async def run(
    *arguments: str, stdin: bytes | None = None, before: Sequence[str] = ()
) -> tuple[int, str, str]:
    """Run `schalte` with `arguments` to its end: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *before,
        *(sys.executable, "-m", "signaling", *arguments),
        stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ
        | {"PYTHONASYNCIODEBUG": ""},  # it reports slow steps on standard error, which is compared
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()

"""Schalte in the comparison: a process with a `Switchboard` and nothing else.

It reads one JSON object per line and answers each with one. A peer that joins without a source receives the camera.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog

from bridge.engine import Feed, PeerSpec
from bridge.switchboard import Switchboard
from tests.bench.netns import ADDRESS
from tests.bench.peer import Peer

CAMERA = "camera"
REPLY_TIMEOUT_S = 15.0

Message = dict[str, Any]


class SwitchboardProcess:
    """A running process with a switchboard. Use `switchboard_process`."""

    name = "ours"

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.pid = process.pid
        self._process = process
        self._turn = asyncio.Lock()
        self._joined = 0

    async def publish(self, peer: Peer) -> None:
        """Connect `peer` as the camera."""
        await self._join(peer, CAMERA)

    async def watch(self, peer: Peer) -> None:
        """Connect `peer` as a viewer."""
        await self._join(peer, None)

    async def unsent(self) -> int:
        """Datagrams that it could not send so far."""
        return int((await self._ask({"ask": "unsent"}))["unsent"])

    async def _join(self, peer: Peer, source: str | None) -> None:
        self._joined += 1
        offer = peer.offer(sends=source is not None)
        answer = await self._ask(
            {"ask": "join", "peer": f"peer {self._joined}", "source": source, "sdp": offer}
        )
        await peer.connect(answer["sdp"])

    async def _ask(self, message: Message) -> Message:
        reader, writer = self._process.stdout, self._process.stdin
        assert reader is not None
        assert writer is not None
        async with self._turn, asyncio.timeout(REPLY_TIMEOUT_S):
            writer.write(json.dumps(message).encode() + b"\n")
            line = await reader.readline()
        if not line:
            raise RuntimeError("the switchboard process has ended; the reason is on standard error")
        answer: Message = json.loads(line)
        return answer


@asynccontextmanager
async def switchboard_process(before: Sequence[str] = ()) -> AsyncIterator[SwitchboardProcess]:
    """A switchboard in a process of its own, in the isolated network. `before` precedes its command."""
    command = (*before, sys.executable, "-m", "tests.bench.ours")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 20)
    try:
        yield SwitchboardProcess(process)
    finally:
        process.kill()
        await process.wait()


async def _serve() -> None:
    switchboard = await Switchboard.open(ADDRESS, 0, [ADDRESS])
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    feeds: dict[str, Feed] = {}
    while line := await reader.readline():
        asked = json.loads(line)
        match asked["ask"]:
            case "join":
                is_viewer = asked["source"] is None
                spec = PeerSpec(asked["peer"], asked["source"], is_expendable=is_viewer)
                joined = await switchboard.join(spec, asked["sdp"])
                if is_viewer:
                    feeds[asked["peer"]] = Feed(CAMERA)
                switchboard.route(feeds)
                answer: Message = {"sdp": joined.sdp}
            case "unsent":
                dropped = [peer.connection.dropped for peer in switchboard._peers.values()]
                unsent = [n for counter in dropped for reason, n in counter.items() if "not sent" in reason]
                answer = {"unsent": sum(unsent)}
            case unknown:
                raise ValueError(f"unknown request {unknown}")
        print(json.dumps(answer), flush=True)
    await switchboard.close()


if __name__ == "__main__":
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(40),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    asyncio.run(_serve())

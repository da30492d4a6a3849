"""Random SIGKILL of viewers, cameras and the server, by a seed; every recovery is timed.

The server is killed in the first half only: the second half has one server process, whose memory must not grow while
its viewers and cameras are killed.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tests.events import write
from tests.server.process import ServerProcess, server
from tests.soak.figures import MAX_GROWTH_MIB, Line, Memory, line

HALLS = ("krefeld", "berlin", "tokio")
VIEWERS = 4
MAX_RECOVERY_S = {"viewer": 10.0, "camera": 10.0, "server": 10.0}
"""From the kill until packets flow again to the viewer, from the camera (and the state says live), or at everybody. The
start of a Python process is 1 to 2 s of it."""
GIVE_UP_S = 60.0
"""Without a recovery for so long, the run ends with an error."""
KILL_INTERVAL_S = 2.0, 6.0
"""Seconds between a recovery and the next kill, at least and at most."""


class Participant:
    """A viewer or camera in a process of its own."""

    def __init__(self, link: str, source: str | None) -> None:
        self.source = source
        self._link = link
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._playing = asyncio.Event()

    async def start(self) -> None:
        """Start it; `played` says when its packets flow."""
        self.forget()
        command = [sys.executable, "-m", "tests.soak.participant", self._link]
        command += [self.source] if self.source else []
        self._process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        self._reader = asyncio.create_task(self._read(self._process))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while await process.stdout.readline():
            self._playing.set()

    def forget(self) -> None:
        """`played` waits for the next time."""
        self._playing.clear()

    async def played(self) -> None:
        """Wait until its packets flow.

        Raises:
            RuntimeError: the process has ended by itself; standard error has its fault.
        """
        assert self._reader is not None
        playing = asyncio.create_task(self._playing.wait())
        try:
            await asyncio.wait((playing, self._reader), return_when=asyncio.FIRST_COMPLETED)
            if not playing.done():
                raise RuntimeError(
                    f"the participant for {self.source or 'the programme'} has ended by itself"
                )
        finally:
            playing.cancel()

    async def kill(self) -> None:
        """Kill it with SIGKILL, as a power cut would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reader is not None:
            await self._reader


class Evening:
    """A show with its server, cameras and viewers."""

    def __init__(self, folder: Path) -> None:
        self.memory = Memory()
        self.server: ServerProcess
        self.people: list[Participant] = []
        self.item = "one"
        self._event, self._data = write(folder), folder / "data"
        self._life = AsyncExitStack()

    async def open(self, halls: Sequence[str], viewers: int) -> None:
        """Start all of them, with the show on air."""
        await self._serve()
        people = [Participant(self.server.link("venue", hall), hall) for hall in halls]
        people += [Participant(self.server.link("viewer"), None) for _ in range(viewers)]
        self.people = people
        await self.server.command(id="start", type="start")
        for each in people:
            await each.start()
        await self._recovered(people)

    async def _serve(self, *options: str) -> None:
        self.server = await self._life.enter_async_context(server(self._event, self._data, *options))
        self.memory = Memory()
        await self._life.enter_async_context(self.memory.sampled(self.server.process.pid))

    async def kill(self, kind: str, choice: random.Random) -> float:
        """Kill one of this kind. Returns the seconds until all is as before."""
        began = time.monotonic()
        if kind == "server":
            for each in self.people:
                each.forget()
            ports = "--port", str(self.server.port), "--udp-port", str(self.server.udp_port)
            await self.server.kill()
            await self._life.aclose()
            await self._serve(*ports)
            await self._recovered(self.people)
        else:
            one = choice.choice([each for each in self.people if (each.source is None) == (kind == "viewer")])
            await one.kill()
            await one.start()
            await self._recovered([one])
        return time.monotonic() - began

    async def _recovered(self, people: Sequence[Participant]) -> None:
        async with asyncio.timeout(GIVE_UP_S):
            for each in people:
                await each.played()
            cameras = [each.source for each in people if each.source]
            state = await self.server.state()
            while any(state["sources"][camera]["state"] != "live" for camera in cameras):
                await asyncio.sleep(0.1)
                state = await self.server.state()
        if state["show"]["item"] != self.item:
            raise RuntimeError(f"{state['show']['item']} is on air, not {self.item}")

    async def close(self) -> None:
        """Kill the participants and stop the server."""
        for each in self.people:
            await each.kill()
        await self._life.aclose()


async def kills(
    seconds: float,
    seed: int,
    *,
    halls: Sequence[str] = HALLS,
    viewers: int = VIEWERS,
    most: int = 1_000,
    interval: tuple[float, float] = KILL_INTERVAL_S,
) -> Line:
    """Kill for this long, `most` times at most; at least each kind once, the server first."""
    choice = random.Random(seed)
    took: dict[str, list[float]] = {kind: [] for kind in MAX_RECOVERY_S}
    with tempfile.TemporaryDirectory() as folder:
        evening = Evening(Path(folder))
        try:
            await evening.open(halls, viewers)
            began = time.monotonic()
            for count in range(most):
                kinds = [kind for kind in took if not took[kind]] or list(took)
                if all(took.values()) and time.monotonic() - began > seconds / 2:
                    kinds.remove("server")
                kind = "server" if count == 0 else choice.choice(kinds)
                took[kind].append(await evening.kill(kind, choice))
                if all(took.values()) and time.monotonic() - began > seconds:
                    break
                await asyncio.sleep(choice.uniform(*interval))
        finally:
            await evening.close()
    figures: dict[str, float] = {f"{kind}_kills": len(found) for kind, found in took.items()}
    figures |= {f"{kind}_recovery_max_s": max(found, default=0.0) for kind, found in took.items()}
    limits = {f"{kind}_recovery_max_s": most_s for kind, most_s in MAX_RECOVERY_S.items()}
    return line("kills", seconds, figures | evening.memory.figures(), limits | {"growth_mib": MAX_GROWTH_MIB})

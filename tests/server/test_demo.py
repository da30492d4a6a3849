"""`schalte demo` simulates a booth too, and ends with all its processes, whenever it is ended and however."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import Client
from tests.events import BOOTH, write
from tests.server.test_rooms import desk_of, room, says

ROOMS = 5
"""Three halls, a guest and a booth."""
PROCESS_LIMIT_S = 60


@asynccontextmanager
async def demo(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A demo in a session of its own, as in a terminal. Whatever it leaves there is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling", "demo", "--port", "0", "--udp-port", "0"),
        *("--event", str(write(folder, BOOTH)), "--data", str(folder / "data")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pid in in_session(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await process.wait()


def in_session(leader: int) -> list[int]:
    """The processes of a session that have not ended."""
    found = []
    for folder in Path("/proc").iterdir():
        # The fields of proc(5) after the command's name: state, parent, group, session.
        with suppress(OSError):
            if folder.name.isdigit():
                state, _, _, session, *_ = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(session) == leader and state != "Z":
                    found.append(int(folder.name))
    return found


async def rooms_started(process: asyncio.subprocess.Process) -> None:
    """Returns when Python runs in every room. Each imports for a second or two from now on."""
    async with asyncio.timeout(PROCESS_LIMIT_S):
        while sum(map(catches_interrupt, in_session(process.pid))) < 1 + ROOMS:  # noqa: ASYNC110 - /proc
            await asyncio.sleep(0.02)


def catches_interrupt(pid: int) -> bool:
    """Whether Python has set its handler, which raises KeyboardInterrupt."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGINT - 1) & 1)
    return False


async def rooms_live(process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(PROCESS_LIMIT_S), await Client.open(await desk_of(process)) as moderator:
        async for state in moderator:
            if all(source["state"] == "live" for source in state["sources"].values()):
                return


async def all_ended(leader: int) -> None:
    async with asyncio.timeout(PROCESS_LIMIT_S):
        while in_session(leader):  # noqa: ASYNC110 - /proc
            await asyncio.sleep(0.1)


async def test_the_simulated_booth_feeds_its_channel_and_a_listener_is_sent_it(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        desk = await desk_of(process)
        async with asyncio.timeout(PROCESS_LIMIT_S), await Client.open(desk) as moderator:
            async for state in moderator:
                if state["languages"]["ja"]["needed"] and state["languages"]["ja"]["booth"] == "kabine":
                    break
            seat = moderator.state["booths"]["kabine"]["seats"]["1"]
            assert (moderator.state["languages"]["ja"]["seat"], seat["open"], seat["state"]) == (
                "1",
                True,
                "live",
            )
        token = LinkChecker(tmp_path / "data").issue(Link("viewer", "viewer", ""), None)
        listener = url(desk.partition("/j")[0], token)
        async with room(listener, more=("--channel", "ja")) as hearing:
            heard = await says(hearing, lambda r: r["interpretation"] == ["kabine/1"] and r["heard"] != [])
            assert "kabine/1" not in heard["heard"], "the booth is not in the programme"


@pytest.mark.parametrize("begun", [rooms_started, desk_of, rooms_live])
async def test_ctrl_c_ends_the_demo_and_its_rooms_without_a_traceback(tmp_path: Path, begun: Any) -> None:
    """A terminal sends SIGINT to its foreground process group."""
    async with demo(tmp_path) as process:
        await begun(process)
        os.killpg(process.pid, signal.SIGINT)
        async with asyncio.timeout(PROCESS_LIMIT_S):
            _, err = await process.communicate()
        assert "Traceback" not in err.decode()
        assert "KeyboardInterrupt" not in err.decode()
        assert process.returncode == 0
        assert in_session(process.pid) == []


@pytest.mark.parametrize("begun", [rooms_started, rooms_live])
async def test_the_rooms_of_a_killed_demo_end_by_themselves(tmp_path: Path, begun: Any) -> None:
    async with demo(tmp_path) as process:
        await begun(process)
        process.kill()
        await process.wait()
        await all_ended(process.pid)


def commands_of(session: int) -> list[str]:
    """The command lines of the processes in a session, their arguments each followed by a NUL."""
    found = []
    for pid in in_session(session):
        with suppress(OSError):  # it has ended meanwhile
            found.append(Path(f"/proc/{pid}/cmdline").read_text())
    return found


async def test_no_list_of_processes_shows_a_link(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        async with asyncio.timeout(PROCESS_LIMIT_S):
            # A process that was forked a moment ago still has the command line of the demo.
            while sum("\0room\0" in command for command in commands_of(process.pid)) < ROOMS:  # noqa: ASYNC110 - /proc
                await asyncio.sleep(0.02)
        commands = commands_of(process.pid)
        checker = LinkChecker(tmp_path / "data")
        codes = [checker.code(row) for row in checker.rows()]
        assert len(codes) >= ROOMS
        assert not [code for code in codes for command in commands if code in command]

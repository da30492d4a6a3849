"""`schalte demo`: a server with simulated rooms, guests and interpreters, each in its own process."""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from config.model import Event
from signaling.cli.address import Address
from signaling.cli.event import read_event
from signaling.cli.signals import PARENT_VARIABLE, until_stopped
from signaling.log import configure
from signaling.show.core import CommandRefused
from signaling.show.wire.commands import Start

if TYPE_CHECKING:
    from signaling.cli.serving import RunningServer, Timing

log = structlog.get_logger()

START_TIMEOUT_S = 10.0
"""Seconds after which the first item starts even if not every room is live."""
STOP_TIMEOUT_S = 3.0
"""Seconds that a room may take to leave before it is killed."""


def run(options: argparse.Namespace) -> int:
    event, text = read_event(options.event)
    # After what a person may have got wrong: the media libraries take a second to load.
    from signaling.cli.serving import Timing, instant

    configure()
    address = Address(port=options.port, udp_port=options.udp_port)
    at = None if options.at is None else instant(options.at, event)
    # With --at, the event runs at its planned times.
    timing = Timing(at, options.speed, auto_start=at is not None)
    with tempfile.TemporaryDirectory(prefix="schalte-demo-") as temporary:
        # Without --data, each demo is a new show.
        asyncio.run(_demo(event, text, options.data or Path(temporary), address, timing))
    return 0


async def _demo(event: Event, text: str, data: Path, address: Address, timing: Timing) -> None:
    from signaling.cli.links import made_links
    from signaling.cli.serving import serving

    stopped = asyncio.create_task(until_stopped())
    async with serving(event, text, data, address, timing) as server:
        links = await made_links(event, server)
        rooms = [link["url"] for link in links if link["role"] in ("venue", "guest", "interpreter")]
        async with _rooms(rooms):
            starting = asyncio.create_task(_start(server, event, timing))
            print(_invitation(event, links), flush=True)
            await stopped
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)


async def _start(server: RunningServer, event: Event, timing: Timing) -> None:
    """Move the event to now and start it, once every room is live or START_TIMEOUT_S has passed."""
    runtime = server.runtime
    if timing.auto_start or runtime.show.phase != "before":
        return  # It starts automatically, or continues the show in the --data folder.
    rooms = [*event.venues, *event.guests]
    subscription = runtime.publisher.subscribe(
        runtime.now_iso(), None, None, role="moderator", id="moderator"
    )
    try:
        async with asyncio.timeout(START_TIMEOUT_S):
            while any(runtime.show.sources[room].state != "live" for room in rooms):
                await subscription.get()
    except TimeoutError:
        log.warning("the demo starts although not every room is live yet")
    finally:
        runtime.publisher.unsubscribe(subscription)
    try:
        await runtime.move(runtime.clock.now())
        await runtime.submit(Start(id=secrets.token_hex(8), type="start"), "clock")
    except CommandRefused:
        log.info("a moderator has started the show already")


@asynccontextmanager
async def _rooms(links: Sequence[str]) -> AsyncIterator[None]:
    """One headless room for each link, while the context lasts.

    Ctrl-C goes to the terminal's foreground process group. The rooms are not in it: one that still imported would print
    a traceback, and the others would leave before the server expects it. They end here, or with this process.
    """
    environment = os.environ | {PARENT_VARIABLE: str(os.getpid())}
    rooms: list[asyncio.subprocess.Process] = []
    try:
        for link in links:
            room = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "signaling",
                "room",
                "-",  # not the link: everybody on this machine can read a command line
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                env=environment,
                process_group=0,
            )
            rooms.append(room)
            assert room.stdin is not None
            room.stdin.write(f"{link}\n".encode())
            room.stdin.close()
        yield
    finally:
        for room in rooms:
            if room.returncode is None:
                room.terminate()
        for room in rooms:
            try:
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await room.wait()
            except TimeoutError:
                room.kill()
                await room.wait()


def _invitation(event: Event, links: Sequence[dict[str, str]]) -> str:
    """The text on the terminal: every page with its link."""
    what = {
        "moderator": "the desk: steer the show",
        "venue": "a room's console (*)",
        "guest": "the guest's page (*)",
        "interpreter": "a booth (**)",
        "viewer": "the programme, to watch",
        "stage": "the clock on stage",
    }
    rows = [f"  {link['name']:<14} {what[link['role']]:<26} {link['url']}" for link in links]
    return "\n".join(
        [
            "",
            f"On air: “{event.title}”. Open one of these in a browser; Ctrl-C ends all.",
            "",
            *rows,
            "",
            "  (*) A simulated machine feeds this place. Yours waits until the desk lets it in.",
            *_on_booths(event),
            "",
        ]
    )


def _on_booths(event: Event) -> list[str]:
    return ["  (**) A simulated interpreter has the first seat. Take the second."] if event.booths else []

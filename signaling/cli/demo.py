"""`schalte demo`: a server with simulated rooms and a guest, each in a process of its own as in real life."""

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

import structlog

from config.model import Event
from signaling.cli.address import Address
from signaling.cli.event import read_event
from signaling.cli.links import documents
from signaling.cli.room import PARENT
from signaling.cli.serve import until_told
from signaling.cli.serving import Pace, Serving, instant, serving
from signaling.log import configure
from signaling.show.core import CommandRefused
from signaling.show.wire.commands import Start

log = structlog.get_logger()

START_WITHIN = 10.0
"""Seconds after which the first item starts even if not every room is live."""
STOP_WITHIN = 3.0
"""Seconds that a room gets to say goodbye."""


def run(options: argparse.Namespace) -> int:
    event, text = read_event(options.event)
    configure()
    address = Address(port=options.port, udp_port=options.udp_port)
    at = None if options.at is None else instant(options.at, event)
    # With a time of its own the event runs by its own times.
    pace = Pace(at, options.speed, auto_start=at is not None)
    with tempfile.TemporaryDirectory(prefix="schalte-demo-") as temporary:
        # A demo begins afresh each time, unless it is told where to go on.
        asyncio.run(_demo(event, text, options.data or Path(temporary), address, pace))
    return 0


async def _demo(event: Event, text: str, data: Path, address: Address, pace: Pace) -> None:
    told = asyncio.create_task(until_told())
    async with serving(event, text, data, address, pace) as server:
        links = list(documents(event, server.link_checker, server.public_url))
        rooms = [link["url"] for link in links if link["role"] in ("venue", "guest")]
        async with _rooms(rooms):
            starting = asyncio.create_task(_start(server, event, pace))
            print(_invitation(event, links), flush=True)
            await told
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)


async def _start(server: Serving, event: Event, pace: Pace) -> None:
    """Move the event to now and start it, once every room is live or has had its time."""
    runtime = server.runtime
    if pace.auto_start or runtime.show.phase != "before":
        return  # It begins by itself; or in a kept --data folder it goes on where it was.
    rooms = [*event.venues, *event.guests]
    subscription = runtime.publisher.subscribe(
        runtime.now_iso(), None, None, role="moderator", id="moderator"
    )
    try:
        async with asyncio.timeout(START_WITHIN):
            while any(runtime.show.sources[room].state != "live" for room in rooms):
                await subscription.get()
    except TimeoutError:
        log.warning("not every room is live yet; the demo starts all the same")
    finally:
        runtime.publisher.unsubscribe(subscription)
    try:
        await runtime.move(runtime.clock.now())
        await runtime.submit(Start(id=secrets.token_hex(8), type="start"), "clock")
    except CommandRefused:
        log.info("somebody was quicker to press Start")


@asynccontextmanager
async def _rooms(links: Sequence[str]) -> AsyncIterator[None]:
    """A headless room behind each link, for as long as the context lasts."""
    environment = os.environ | {PARENT: str(os.getpid())}
    rooms = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "signaling",
            "room",
            link,
            stdout=asyncio.subprocess.DEVNULL,
            env=environment,
        )
        for link in links
    ]
    try:
        yield
    finally:
        for room in rooms:
            if room.returncode is None:
                room.terminate()
        for room in rooms:
            try:
                async with asyncio.timeout(STOP_WITHIN):
                    await room.wait()
            except TimeoutError:
                room.kill()
                await room.wait()


def _invitation(event: Event, links: Sequence[dict[str, str]]) -> str:
    """What a newcomer reads: which page to open first, and all the others."""
    what = {
        "moderator": "the desk: steer the show",
        "venue": "a room's console (*)",
        "guest": "the guest's page (*)",
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
            "",
        ]
    )

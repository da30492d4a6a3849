"""Halls and viewers in Chromium for benchmarks: small pictures at a real frame rate, each behind a line of its own.

A page notes when which place's picture was presented, so that a benchmark reads afterwards how long the picture stood
still and when another came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Playwright

from bridge.room.testcard import TestCard
from signaling.client import Client
from tests.bench.voice import write_voice
from tests.devices import write_y4m
from tests.e2e import rooms
from tests.events import write
from tests.network.pages import behind
from tests.network.process import Line, line
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

WIDTH, HEIGHT, FPS = 320, 180, 25
CODES: Mapping[str, int] = {"krefeld": 0, "berlin": 1}
FREEZE = 1 / FPS + 0.15
"""Seconds between two pictures that Chromium counts as a freeze (freezeCount of webrtc-stats)."""
VIEWER = 9
"""The viewer's own place code, which no picture on air shows."""
NO_CHROMIUM = "no Chromium here"

EVENT = """\
event: {title: Bench, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
defaults: {fallback: [krefeld, slate]}
agenda:
  - {id: bench, title: Bench, start: 10:00, duration: 2h, source: krefeld, mics: [krefeld]}
  - {id: after, title: After, duration: 1h, source: slate}
"""
"""What comes next is no hall's, so that a hall is armed by the benchmark alone."""

_NOTE = """() => {
  window.frames = [];
  const video = document.querySelector('[data-testid="program-video"]');
  const note = (now) => {
    const code = window.probe.code('program-video');
    window.frames.push([performance.timeOrigin + performance.now(), code]);
    if (window.frames.length > 5000) window.frames.shift();
    if (window.awaited && code === window.awaited[0] && performance.now() > window.awaited[1]) window.awaited = null;
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
}"""

_SOUND = """async () => {
  const mid = Object.entries(window.schalte.slots).find(([, name]) => name === 'mic1')[0];
  for (const report of (await window.schalte.call.getStats()).values()) {
    if (report.type === 'inbound-rtp' && report.mid === mid) return { ...report };
  }
  return {};
}"""


@dataclass(frozen=True)
class Frame:
    """A picture that a page has presented: when (seconds since the epoch), and whose, where that can be read."""

    at: float
    code: int | None


@dataclass
class Hall:
    """A page in a browser of its own, and its line to the bridge."""

    room: rooms.Room
    line: Line
    camera: Path

    async def note_frames(self) -> None:
        """Note from now on what is presented."""
        await self.room.page.evaluate(_NOTE)

    async def frames(self, since: float) -> list[Frame]:
        """What was presented since then, as far as it is kept: some minutes."""
        noted = await self.room.page.evaluate(
            "since => window.frames.filter(([at]) => at >= since)", since * 1000
        )
        return [Frame(at / 1000, code) for at, code in noted]

    async def presents(self, code: int, *, after_s: float = 0.0) -> None:
        """Wait for a picture of place `code`, at the earliest in `after_s` seconds."""
        await self.room.page.evaluate(
            "([code, ms]) => { window.awaited = [code, performance.now() + ms]; }", [code, after_s * 1000]
        )
        await self.room.page.wait_for_function("() => window.awaited === null", timeout=rooms.WITHIN)

    async def picture(self) -> dict[str, Any]:
        """The browser's figures of the programme's picture: freezeCount, totalFreezesDuration (s), …"""
        return await self.room.stats()

    async def sound(self) -> dict[str, Any]:
        """The browser's figures of the first microphone: concealedSamples, totalSamplesReceived, …"""
        found: dict[str, Any] = await self.room.page.evaluate(_SOUND)
        return found


@dataclass
class Studio:
    """Two halls and a viewer of a running show, Krefeld on air."""

    server: ServerProcess
    moderator: Client
    halls: Mapping[str, Hall]
    viewer: Hall
    playwright: Playwright
    folder: Path


@asynccontextmanager
async def studio(*, halls: tuple[str, ...] = (), viewer: tuple[str, ...] = ()) -> AsyncIterator[Studio]:
    """Everybody is in and sees Krefeld. `halls` and `viewer` are options of their lines, see `tests.network`."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        running = await stack.enter_async_context(server(write(folder, EVENT), folder / "data"))
        playwright = await stack.enter_async_context(rooms.browsers())
        opened = {
            place: await stack.enter_async_context(
                hall(playwright, folder, running, place, *halls, "--seed", str(code))
            )
            for place, code in CODES.items()
        }
        looker = await stack.enter_async_context(hall(playwright, folder, running, "viewer", *viewer))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await until(moderator, lambda s: all(s["sources"][place]["state"] == "live" for place in CODES))
        await moderator.command("start")
        await looker.room.shows(CODES["krefeld"])
        await looker.note_frames()
        yield Studio(running, moderator, opened, looker, playwright, folder)


@asynccontextmanager
async def hall(
    playwright: Playwright, folder: Path, running: ServerProcess, place: str, *options: str
) -> AsyncIterator[Hall]:
    """A hall (or, by that name, the viewer) that has joined, on a line with these options."""
    code = CODES.get(place, VIEWER)
    camera = await prepare(folder, code, place)
    link = running.link("venue", place) if place in CODES else running.link("viewer")
    async with line(running.udp_port, *options) as path:
        browser = await rooms.launch(playwright, folder, place, code)
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB")
            page.set_default_timeout(rooms.WITHIN)
            await page.add_init_script(rooms._READ)
            await page.add_init_script(behind(path.port))
            await page.goto(link)
            if place in CODES:
                await page.get_by_test_id("start-button").click()
            yield Hall(rooms.Room(place, code, page, []), path, camera)
        finally:
            await browser.close()


async def prepare(folder: Path, code: int, place: str) -> Path:
    """A camera and a microphone where `rooms.launch` looks for the place's; what is there is left as it is."""
    return await asyncio.to_thread(_camera, folder, code, place)


def _camera(folder: Path, code: int, place: str) -> Path:
    video = folder / f"{code}.y4m"
    if not video.exists():
        card = TestCard(place, code=code, zone=ZoneInfo("Europe/Berlin"), width=WIDTH, height=HEIGHT)
        write_y4m(video, card, frames=64, fps=FPS)
        write_voice(folder / f"{code}.wav", 12, seed=code)
    return video


@dataclass(frozen=True)
class Standstill:
    """How long the picture stood still, and how long after what happened it went on."""

    lasted_ms: float
    back_ms: float
    """0 where it never stood still for as long as a browser calls a freeze."""


def standstill(frames: list[Frame], since: float) -> Standstill:
    """The longest time without a picture after `since`; `frames` reach from before it to when all is well again."""
    ends = [(a.at, b.at) for a, b in pairwise(frames) if b.at > since]
    began, ended = max(ends, key=lambda pair: pair[1] - pair[0])
    is_freeze = ended - began > FREEZE
    return Standstill((ended - began) * 1000, (ended - since) * 1000 if is_freeze else 0.0)


def now() -> float:
    """Seconds since the epoch, which a page of the same machine counts as well."""
    return time.time()

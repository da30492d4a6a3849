"""Halls and viewers in Chromium for benchmarks: small pictures at a real frame rate, each behind its own line.

A page records which place's frame was presented when, so that a benchmark can compute freezes and switch times.
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
from tests.bench.syllables import write_voice
from tests.devices import write_y4m
from tests.e2e import rooms
from tests.events import write
from tests.network.pages import behind
from tests.network.process import Line, line
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

WIDTH, HEIGHT, FPS = 320, 180, 25
CODES: Mapping[str, int] = {"krefeld": 0, "berlin": 1}
FREEZE_S = 1 / FPS + 0.15
"""Seconds between two frames that Chromium counts as a freeze (freezeCount of webrtc-stats)."""
VIEWER = 9
"""The viewer's own place code, which is never on air."""
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
"""The next item has no hall, so that only the benchmark arms one."""

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
    """A presented frame: its time (seconds since the epoch) and place code, if that can be read."""

    at: float
    code: int | None


@dataclass
class Hall:
    """A page in its own browser, and its line to the bridge."""

    room: rooms.Room
    line: Line
    camera: Path

    async def note_frames(self) -> None:
        """Record presented frames from now on."""
        await self.room.page.evaluate(_NOTE)

    async def frames(self, since: float) -> list[Frame]:
        """The frames since then, for at most some minutes."""
        noted = await self.room.page.evaluate(
            "since => window.frames.filter(([at]) => at >= since)", since * 1000
        )
        return [Frame(at / 1000, code) for at, code in noted]

    async def presents(self, code: int, *, after_s: float = 0.0) -> None:
        """Wait for a frame of place `code`, at the earliest in `after_s` seconds."""
        await self.room.page.evaluate(
            "([code, ms]) => { window.awaited = [code, performance.now() + ms]; }", [code, after_s * 1000]
        )
        await self.room.page.wait_for_function("() => window.awaited === null", timeout=rooms.WITHIN)

    async def picture(self) -> dict[str, Any]:
        """The browser's stats of the programme's video: freezeCount, totalFreezesDuration (s), …"""
        return await self.room.stats()

    async def sound(self) -> dict[str, Any]:
        """The browser's stats of the first microphone: concealedSamples, totalSamplesReceived, …"""
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
    """All have joined and see Krefeld. `halls` and `viewer` are options of their lines, see `tests.network`."""
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
        viewing = await stack.enter_async_context(hall(playwright, folder, running, "viewer", *viewer))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await until(moderator, lambda s: all(s["sources"][place]["state"] == "live" for place in CODES))
        await moderator.command("start")
        await viewing.room.shows(CODES["krefeld"])
        await viewing.note_frames()
        yield Studio(running, moderator, opened, viewing, playwright, folder)


@asynccontextmanager
async def hall(
    playwright: Playwright, folder: Path, running: ServerProcess, place: str, *options: str
) -> AsyncIterator[Hall]:
    """A hall (or, if `place` is `viewer`, the viewer) that has joined over a line with these options."""
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
    """Make the camera and microphone files that `rooms.launch` uses, unless they exist."""
    return await asyncio.to_thread(_camera, folder, code, place)


def _camera(folder: Path, code: int, place: str) -> Path:
    video = folder / f"{code}.y4m"
    if not video.exists():
        card = TestCard(place, code=code, zone=ZoneInfo("Europe/Berlin"), width=WIDTH, height=HEIGHT)
        write_y4m(video, card, frames=64, fps=FPS)
        write_voice(folder / f"{code}.wav", 12, seed=code)
    return video


@dataclass(frozen=True)
class Freeze:
    """The length of a freeze, and the time from its cause to its end."""

    lasted_ms: float
    back_ms: float
    """0 if it was too short to be a freeze."""


def longest_freeze(frames: list[Frame], since: float) -> Freeze:
    """The longest time without a frame after `since`; `frames` begin before it and end after the recovery."""
    ends = [(a.at, b.at) for a, b in pairwise(frames) if b.at > since]
    began, ended = max(ends, key=lambda pair: pair[1] - pair[0])
    is_freeze = ended - began > FREEZE_S
    return Freeze((ended - began) * 1000, (ended - since) * 1000 if is_freeze else 0.0)


def now() -> float:
    """Seconds since the epoch, the clock of the pages too."""
    return time.time()

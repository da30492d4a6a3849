"""A grid, read from the pictures in a browser: everybody sees everybody else, under the right name. The senders are
headless."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Page

from bridge.room.testcard import TestCard
from signaling.client import Client
from tests.devices import write_y4m
from tests.e2e.rooms import FPS, LOOK_INTERVAL_MS, WITHIN, browsers, room
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

CODES = {"krefeld": 0, "berlin": 1, "tokio": 2, "uchida": 3, "weber": 4}
GUESTS = ("uchida", "weber")
NOBODY = 63
SIZE = (160, 90)
FRAMES = 960
"""Of a file, which a headless room plays once: 96 s."""
SLOTS = ("program", "second", "picture3", "picture4", "picture5")
EVENT = """
event: {title: Five places, date: 2026-03-14, timezone: Europe/Berlin}
defaults: {fallback: [slate]}
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
  tokio: {name: Tokio}
guests:
  uchida: {name: Miki Uchida}
  weber: {name: Anna Weber}
agenda:
  - {id: alone, title: Alone, start: 10:00, duration: 30m, source: tokio}
  - {id: everybody, title: Everybody, duration: 30m, source: krefeld,
     with: [berlin, tokio, uchida, weber], layout: grid}
  - {id: swapped, title: Swapped, duration: 30m, source: tokio, with: [krefeld, weber], layout: grid}
"""
_READ = """
([slots, wanted]) => {
  const found = slots.map((slot) => {
    const tile = document.querySelector(`[data-testid="slot-${slot}"]`);
    const name = tile.querySelector('[data-testid="program-name"]');
    const isNamed = name !== null && getComputedStyle(name).visibility === 'visible';
    return tile.checkVisibility({ visibilityProperty: true })
      ? [window.probe.code(`${slot}-video`), isNamed ? name.textContent : null]
      : null;
  }).filter((tile) => tile !== null);
  return JSON.stringify(found) === JSON.stringify(wanted);
}
"""


def _role(place: str) -> str:
    return "guest" if place in GUESTS else "venue"


@asynccontextmanager
async def _sender(folder: Path, link: str, place: str) -> AsyncIterator[Process]:
    """A headless room whose picture is the place's test card."""
    file = folder / f"{place}.y4m"
    card = TestCard(place, code=CODES[place], zone=ZoneInfo("Europe/Berlin"), width=SIZE[0], height=SIZE[1])
    await asyncio.to_thread(write_y4m, file, card, FRAMES, FPS)
    command = (sys.executable, "-m", "signaling", "room", "--source", str(file), link)
    sender = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=DEVNULL)
    try:
        yield sender
    finally:
        if sender.returncode is None:
            sender.terminate()
        await sender.wait()


@asynccontextmanager
async def _five_places(
    folder: Path, headless: tuple[str, ...]
) -> AsyncIterator[tuple[ServerProcess, Client]]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(folder, EVENT), folder / "data"))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        for place in headless:
            await stack.enter_async_context(_sender(folder, running.link(_role(place), place), place))
        await until(moderator, lambda s: all(s["sources"][place]["state"] == "live" for place in headless))
        await moderator.command("start")
        yield running, moderator


async def _reads(page: Page, *wanted: tuple[str, str]) -> None:
    """Wait until the page shows exactly these places under these names, in order."""
    tiles = [[CODES[place], name] for place, name in wanted]
    await page.wait_for_function(_READ, arg=[SLOTS, tiles], timeout=WITHIN, polling=LOOK_INTERVAL_MS)


async def test_three_halls_and_two_guests_are_seen_by_everybody_under_their_names(tmp_path: Path) -> None:
    async with _five_places(tmp_path, tuple(CODES)) as (running, moderator), browsers() as playwright:
        async with room(playwright, tmp_path, running.link("viewer"), "viewer", NOBODY) as viewer:
            await viewer.shows(CODES["tokio"])
            await moderator.command("goto", item="everybody")
            halls = (("krefeld", "Krefeld"), ("berlin", "Berlin"), ("tokio", "Tokio"))
            await _reads(viewer.page, *halls, ("uchida", "Miki Uchida"), ("weber", "Anna Weber"))
            await moderator.command("goto", item="swapped")
            await _reads(viewer.page, ("tokio", "Tokio"), ("krefeld", "Krefeld"), ("weber", "Anna Weber"))
            assert viewer.errors == []


async def test_a_hall_in_the_grid_sees_the_others_and_never_itself(tmp_path: Path) -> None:
    others = tuple(place for place in CODES if place != "berlin")
    async with _five_places(tmp_path, others) as (running, moderator), browsers() as playwright:
        link = running.link("venue", "berlin")
        async with room(playwright, tmp_path, link, "berlin", CODES["berlin"]) as hall:
            await hall.page.get_by_test_id("start-button").click()
            await until(moderator, lambda s: s["sources"]["berlin"]["state"] == "live")
            await moderator.command("goto", item="everybody")
            halls = (("krefeld", "Krefeld"), ("tokio", "Tokio"))
            await _reads(hall.page, *halls, ("uchida", "Miki Uchida"), ("weber", "Anna Weber"))
            assert hall.errors == []

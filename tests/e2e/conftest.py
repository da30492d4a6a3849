"""Rooms, a guest and a moderator in real browsers, linked by a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from signaling.client import Client
from tests.e2e.rooms import SMALL, WITHIN, Room, browsers, keeping, room
from tests.events import SHORT, write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

PLACES = {"krefeld": 0, "berlin": 1, "tokio": 2, "uchida": 3}
"""Place codes, in the order of the event's sources."""
SLATE_ONLY = SHORT.replace("host: krefeld", "host: krefeld\ndefaults: {fallback: [slate]}")
"""No hall stands in for another. On a machine that is too slow a source may stall, and then the pages show no other
place's picture for it, but the slate, until it is back."""
DESK = "desk"
NO_PLACE = 63
"""The code of the camera that the desk's browser has and does not use."""
BEAT, STANDSTILL = 0.02, 0.05
"""Seconds. Browsers count a freeze when a frame comes 150 ms later than those before it."""


@dataclass
class Stage:
    """A running event with everybody in."""

    server: ServerProcess
    moderator: Client
    rooms: dict[str, Room]
    standstills: int = 0
    """How often this process, which has next to nothing to do, was not woken in time: the machine stood still."""

    def link(self, place: str) -> str:
        """The join link of a place, or of the desk."""
        return self.server.link("moderator") if place == DESK else self.server.link(_role(place), place)

    async def on_air(self, item: str) -> None:
        await until(self.moderator, lambda state: state["show"]["item"] == item)

    async def watch(self) -> None:
        """Note from now on what the rooms' programmes show, and where the machine stands still."""
        for opened in self.rooms.values():
            await opened.page.evaluate("window.probe.watch()")
        self.standstills = 0

    async def permitted(self) -> int:
        """How many faults no link could have spared us: zero on a machine that keeps up."""
        return self.standstills + sum([await opened.stalls() for opened in self.rooms.values()])

    async def beat(self) -> None:
        """Count standstills until cancelled."""
        while True:
            before = asyncio.get_running_loop().time()
            await asyncio.sleep(BEAT)
            if asyncio.get_running_loop().time() - before > BEAT + STANDSTILL:
                self.standstills += 1


def _role(place: str) -> str:
    return "guest" if place == "uchida" else "venue"


@asynccontextmanager
async def staged(
    folder: Path,
    places: Collection[str],
    *,
    event: str = SLATE_ONLY,
    desk: bool = False,
    size: tuple[int, int] = SMALL,
) -> AsyncIterator[Stage]:
    """These places are live, the show has not begun. `desk`: the moderator has a page, too."""
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(folder, event), folder / "data"))
        playwright = await stack.enter_async_context(browsers())
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        stage = Stage(running, moderator, {})
        for place in places:
            # A hall joins by itself: its set-up measures the line, which costs more than all the rest of joining.
            link = stage.link(place).replace("/j#", "/j?auto=1#")
            opening = room(playwright, folder, link, place, PLACES[place], size)
            stage.rooms[place] = await stack.enter_async_context(opening)
            if _role(place) == "guest":
                await stage.rooms[place].page.get_by_test_id("join-button").click()
        if desk:
            opening = room(playwright, folder, stage.link(DESK), DESK, NO_PLACE)
            stage.rooms[DESK] = await stack.enter_async_context(opening)
        await until(moderator, lambda state: all(state["sources"][p]["state"] == "live" for p in places))
        beating = asyncio.create_task(stage.beat())
        try:
            yield stage
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)


async def knows(page: Page, item: str | None) -> None:
    """Wait until a page has heard that this item is on air: it hears of it later than others may."""
    await page.wait_for_function("item => schalte.state.show.item === item", arg=item)


async def rested(desk: Page) -> None:
    """Wait until Next acts again: it rests after each change of item that the page `knows` of."""
    await desk.locator("[data-testid='next-button']:not([aria-disabled='true']):enabled").wait_for()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here run in one event loop, which the browsers that they share belong to. Ten seconds each, and minutes
    on a busy machine."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.timeout(600), append=False)


@pytest_asyncio.fixture(autouse=True, scope="session", loop_scope="session")
async def shared_browsers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[None]:
    """Browsers are started once.

    asyncio's debug mode is off here: headless peers took twice the processor's time in it. Tests of the units, of the
    server and of networks keep it.
    """
    expect.set_options(timeout=WITHIN)
    asyncio.get_running_loop().set_debug(False)
    async with keeping(tmp_path_factory.mktemp("devices")):
        yield


@pytest_asyncio.fixture(loop_scope="session")
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """All four are live, the show has not begun."""
    async with staged(tmp_path, PLACES) as everybody:
        yield everybody

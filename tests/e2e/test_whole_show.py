"""A whole show from the desk, from Start to the end: by mouse, by keyboard alone, and by two desks in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Page, expect

from signaling.client import Client
from tests.e2e.conftest import DESK, NO_PLACE, knows, rested
from tests.e2e.rooms import WITHIN, Room, browsers, room
from tests.e2e.sounds import headless
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

EVENT = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
defaults: {fallback: [slate]}
venues:
  krefeld: {name: Krefeld}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 10m, source: tokio}
  - {id: pause, title: Pause, type: break, duration: 5m}
  - {id: three, title: Three, duration: 10m, source: krefeld}
"""
SOURCES = ("krefeld", "tokio")
SHOWN = """() => JSON.stringify([
  schalte.state.show,
  [...document.querySelectorAll("[data-status]")].map((row) => row.dataset.status),
  ...["phase", "next-title", "next-button", "overridden", "hold-button", "standing-all"].map(
    (name) => document.querySelector(`[data-testid='${name}']`)?.textContent ?? null),
])"""
"""What a desk knows of the show, and what it writes of it."""
STEPS_TO_ANY_CONTROL = 200


class Hands(Protocol):
    """The ways to steer a show from a desk."""

    page: Page

    async def press(self, name: str) -> None: ...
    async def preview(self, source: str) -> None: ...
    async def take(self, source: str) -> None: ...
    async def mark(self, item: str, arrow: str = "ArrowDown") -> None: ...
    async def skip(self, item: str) -> None: ...
    async def write(self, text: str) -> None: ...
    async def end(self) -> None: ...


@dataclass
class Mouse:
    page: Page

    async def press(self, name: str) -> None:
        await self.page.get_by_test_id(f"{name}-button").click()

    async def preview(self, source: str) -> None:
        await self.page.get_by_test_id(f"mark-source-{source}").click()

    async def take(self, source: str) -> None:
        await self.page.get_by_test_id(f"take-{source}").click()

    async def mark(self, item: str, arrow: str = "ArrowDown") -> None:
        await self.page.get_by_test_id(f"mark-item-{item}").click()

    async def skip(self, item: str) -> None:
        await self.page.get_by_test_id(f"details-button-{item}").click()
        await self.page.get_by_test_id(f"skip-{item}").click()

    async def write(self, text: str) -> None:
        await self.page.get_by_test_id("message-text").click()
        await self.page.keyboard.insert_text(text)
        await self.page.get_by_test_id("message-send").click()

    async def end(self) -> None:
        await self.page.get_by_test_id("next-button").hover()
        await self.page.mouse.down()
        await expect(self.page.get_by_test_id("phase")).to_have_attribute("data-phase", "ended")
        await self.page.mouse.up()


KEYS = {"next": "n", "hold": "h", "undo": "u", "plus": "+", "minus": "-", "release": "r"}


@dataclass
class Keyboard:
    page: Page

    async def press(self, name: str) -> None:
        if name in KEYS:
            await self.page.keyboard.press(KEYS[name])
            return
        await self._reach(f"{name}-button")
        await self.page.keyboard.press("Enter")

    async def preview(self, source: str) -> None:
        await self.page.keyboard.press(str(SOURCES.index(source) + 1))

    async def take(self, source: str) -> None:
        await self.page.keyboard.press("t")  # what is in preview

    async def mark(self, item: str, arrow: str = "ArrowDown") -> None:
        await self._reach(f"mark-item-{item}", arrow)
        await self.page.keyboard.press("Enter")

    async def skip(self, item: str) -> None:
        await self._reach(f"mark-item-{item}", "ArrowDown")
        await self._reach(f"details-button-{item}", "Shift+Tab")
        await self.page.keyboard.press("Enter")
        await self._reach(f"skip-{item}")
        await self.page.keyboard.press("Enter")

    async def write(self, text: str) -> None:
        await self.page.keyboard.press("m")
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def end(self) -> None:
        await self.page.keyboard.down("n")
        await expect(self.page.get_by_test_id("phase")).to_have_attribute("data-phase", "ended")
        await self.page.keyboard.up("n")

    async def _reach(self, testid: str, key: str = "Tab") -> None:
        """Go there as people do who have no mouse."""
        for _ in range(STEPS_TO_ANY_CONTROL):
            if await self.page.evaluate("document.activeElement.dataset.testid") == testid:
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{key} does not lead to {testid}")


@dataclass
class Desks:
    """The desks of a show, which take turns, and what the server says of it."""

    hands: Callable[[], Hands]
    pages: list[Page]
    moderator: Client

    async def does(
        self, step: Callable[[Hands], Awaitable[None]], then: Callable[[dict[str, Any]], bool]
    ) -> None:
        """The desk whose turn it is takes a step. Then the show is so, and all desks say the same of it."""
        await step(self.hands())
        state = await until(self.moderator, then)
        for page in self.pages:
            await page.wait_for_function("rev => schalte.revision >= rev", arg=state["rev"])
        shown: list[str] = []
        try:
            async with asyncio.timeout(WITHIN / 1000):
                while len(set(shown)) != 1:
                    shown = [await page.evaluate(SHOWN) for page in self.pages]
        except TimeoutError:
            raise AssertionError("\n".join(shown)) from None

    async def begins(self, item: str, step: Callable[[Hands], Awaitable[None]]) -> None:
        """A step that puts an item on air. Next acts again on all desks."""
        await self.does(step, lambda state: state["show"]["item"] == item)
        for page in self.pages:
            await knows(page, item)
            await rested(page)

    async def run(self) -> None:
        """The whole show."""
        await self.begins("one", lambda by: by.press("start"))
        await self.does(lambda by: by.press("hold"), lambda s: s["show"]["held"])
        await self.does(lambda by: by.press("hold"), lambda s: not s["show"]["held"])
        await self.does(lambda by: by.press("plus"), lambda s: s["items"][0]["length_s"] == 660)
        await self.does(lambda by: by.press("plus"), lambda s: s["items"][0]["length_s"] == 720)
        await self.does(lambda by: by.press("minus"), lambda s: s["items"][0]["length_s"] == 660)
        await self.does(lambda by: by.press("undo"), lambda s: s["items"][0]["length_s"] == 720)
        await self.does(lambda by: by.preview("tokio"), lambda s: s["show"]["armed"] is not None)
        await self.does(lambda by: by.take("tokio"), lambda s: s["show"]["taken"] == "tokio")
        for page in self.pages:
            await expect(page.get_by_test_id("overridden")).to_contain_text("By hand")
        await self.does(lambda by: by.press("release"), lambda s: s["show"]["taken"] is None)
        await self.does(lambda by: by.write("Louder"), lambda s: "all" in s["messages"])
        await self.begins("two", lambda by: by.press("next"))
        await self.does(lambda by: by.skip("pause"), lambda s: s["items"][2]["status"] == "skipped")
        await self.does(lambda by: by.press("undo"), lambda s: s["items"][2]["status"] == "next")
        await self.begins("pause", lambda by: by.press("next"))
        await self.does(lambda by: by.mark("two", "ArrowUp"), lambda s: s["show"]["armed"] is not None)
        await self.begins("two", lambda by: by.press("next"))
        await self.does(lambda by: by.mark("three"), lambda s: s["show"]["armed"] is not None)
        await self.begins("three", lambda by: by.press("next"))
        await self.does(lambda by: by.end(), lambda s: s["show"]["phase"] == "ended")
        # The break had to come again after the way back, and was passed over.
        assert [item["status"] for item in self.moderator.state["items"]] == [
            "done",
            "done",
            "skipped",
            "done",
        ]


@asynccontextmanager
async def desks(folder: Path, *kinds: Callable[[Page], Hands]) -> AsyncIterator[Desks]:
    """A desk for each of these, with both halls connected."""
    async with (
        server(write(folder, EVENT), folder / "data", "--at", "10:00") as running,
        browsers() as playwright,
        headless(running.link("venue", "krefeld"), "krefeld", 0),
        headless(running.link("venue", "tokio"), "tokio", 1),
        await Client.open(running.link("moderator")) as moderator,
        room(playwright, folder, running.link("moderator"), DESK, NO_PLACE) as first,
    ):
        rooms: list[Room] = [first]
        for _ in kinds[1:]:
            page = await first.page.context.new_page()
            rooms.append(Room(DESK, NO_PLACE, page, []))
            rooms[-1].listen()
            await page.goto(running.link("moderator"))
        await until(moderator, lambda s: all(s["sources"][place]["state"] == "live" for place in SOURCES))
        pages = [each.page for each in rooms]
        for page in pages:
            await page.wait_for_function("() => schalte.state?.sources.tokio.state === 'live'")
        turns = cycle([kind(page) for kind, page in zip(kinds, pages, strict=True)])
        yield Desks(lambda: next(turns), pages, moderator)
        assert [each.errors for each in rooms] == [[] for _ in rooms]


async def test_a_whole_show_by_mouse(tmp_path: Path) -> None:
    async with desks(tmp_path, Mouse) as show:
        await show.run()


async def test_a_whole_show_by_keyboard_alone(tmp_path: Path) -> None:
    async with desks(tmp_path, Keyboard) as show:
        await show.run()


async def test_a_whole_show_by_two_desks_in_turn_which_always_say_the_same(tmp_path: Path) -> None:
    async with desks(tmp_path, Mouse, Keyboard) as show:
        await show.run()

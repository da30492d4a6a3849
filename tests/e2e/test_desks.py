"""Two moderators at two desks: who is there, who did what, and whose press came too late."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from tests.e2e.conftest import DESK, NO_PLACE, knows, rested
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.e2e.waiting import becomes
from tests.events import write
from tests.server.process import server

AT = "2026-03-14T10:00:00+01:00"

PRESS_AT_ONCE = """() => new MutationObserver((_, observer) => {
  const next = document.querySelector("[data-testid=next-button].resting");
  if (next === null) return;
  observer.disconnect();
  next.click();
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["class"] })"""
"""Press Next as soon as it is locked."""


class Line:
    """The WebSocket of a page. While it is held, nothing of the server arrives."""

    def __init__(self) -> None:
        self._page: WebSocketRoute | None = None
        self._waiting: list[str | bytes] | None = None

    def connect(self, page: WebSocketRoute) -> None:
        self._page = page
        page.connect_to_server().on_message(self._on_message)

    def _on_message(self, message: str | bytes) -> None:
        assert self._page is not None
        if self._waiting is None:
            self._page.send(message)
        else:
            self._waiting.append(message)

    def hold(self) -> None:
        self._waiting = []

    def release(self) -> None:
        waiting, self._waiting = self._waiting or [], None
        for message in waiting:
            self._on_message(message)


@asynccontextmanager
async def desk(
    browser: Browser, link: str, locale: str, *, held: bool = False
) -> AsyncIterator[tuple[Page, Line]]:
    """A desk in a browser of its own: nothing is stored there yet."""
    context = await browser.new_context(locale=locale, viewport={"width": 1440, "height": 900})
    page, line = await context.new_page(), Line()
    page.set_default_timeout(WITHIN)
    if held:
        line.hold()
    await page.route_web_socket("**/api/v1/ws", line.connect)
    await page.goto(link)
    yield page, line
    await context.close()


async def is_beside(note: Locator, control: Locator) -> bool:
    """A note is right above or below a control, and begins where that is."""
    a, b = await note.bounding_box(), await control.bounding_box()
    assert a is not None
    assert b is not None
    gap = max(a["y"] - b["y"] - b["height"], b["y"] - a["y"] - a["height"])
    return 0 <= gap <= 12 and b["x"] - 12 <= a["x"] <= b["x"] + b["width"]


async def test_two_desks_know_each_other_and_the_slower_one_reads_why(tmp_path: Path) -> None:
    async with (
        server(write(tmp_path), tmp_path / "data", "--at", AT) as running,
        browsers() as playwright,
        browser_of(playwright, tmp_path, DESK, NO_PLACE) as browser,
        desk(browser, running.link("moderator"), "en-GB") as (anna, _),
    ):
        async with desk(browser, running.link("moderator"), "de-DE") as (ben, line):
            # The show begins without an answer to the question for a name.
            await anna.get_by_test_id("own-name").wait_for()
            await anna.get_by_test_id("start-button").click()
            await knows(anna, "one")
            await anna.get_by_test_id("own-name").fill("  An\u202ena  ")
            await anna.get_by_test_id("own-name-save").click()
            await expect(anna.get_by_test_id("own-name")).to_have_count(0)
            await anna.reload()
            own = anna.locator("[data-testid=desk][data-own=true]")
            await expect(own).to_contain_text("Anna (you)")
            await expect(anna.get_by_test_id("own-name"), "it asks once").to_have_count(0)
            await expect(anna.get_by_test_id("desk-count")).to_have_text("2")
            await expect(anna.get_by_test_id("desk").filter(has_text="Desk 2")).to_be_visible()

            # What one does, and takes back, the other can name.
            await expect(ben.get_by_test_id("last-action")).to_contain_text("Regieplatz 1 · Start: One")
            await rested(ben)
            await ben.get_by_test_id("plus-5-button").click()
            await expect(anna.get_by_test_id("last-action")).to_contain_text("Desk 2 · +5 min · 10:")
            undo = anna.get_by_test_id("undo-button")
            await expect(undo).to_have_attribute("title", re.compile(r"^Undo: \+5 min, Desk 2 10:\d\d$"))
            await undo.hover()
            await expect(anna.get_by_test_id("consequence")).to_contain_text(
                re.compile(r"takes back \+5 min, Desk 2 10:\d\d")
            )
            await undo.click()
            await expect(ben.get_by_test_id("last-action")).to_contain_text("Anna · Rückgängig: +5 min · 10:")
            await ben.get_by_test_id("last-action").click()
            await expect(ben.get_by_test_id("last-actions")).to_contain_text("Regieplatz 2 · +5 min")

            # Both press Next at once.
            line.hold()
            await anna.get_by_test_id("next-button").click()
            await knows(anna, "two")
            await ben.get_by_test_id("next-button").click()
            await ben.get_by_test_id("keys-button").click()
            line.release()
            note = ben.get_by_test_id("toast")
            await expect(ben.get_by_test_id("keys").and_(ben.locator(":modal")).locator(note)).to_be_visible()
            await ben.keyboard.press("Escape")
            await expect(note).to_contain_text("„Two“ ist schon auf Sendung: Anna war schneller.")
            await becomes(partial(is_beside, note, ben.get_by_test_id("next-button")), True)
            await knows(ben, "two")
            await rested(ben)

            # The press comes while Next is locked, since the item has just changed.
            await ben.evaluate(PRESS_AT_ONCE)
            await rested(anna)
            await anna.get_by_test_id("next-button").click()
            await expect(note, "the control has one note").to_contain_text(
                "„Three“ ist schon auf Sendung: Anna war"
            )
            await knows(ben, "three")

        await expect(anna.get_by_test_id("desk-count")).to_have_text("1")

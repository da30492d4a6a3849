"""Two windows of one hall, and a copy of its link in another browser: who feeds, who is told, and the desk's button."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

from tests.e2e.conftest import DESK, PLACES, staged
from tests.e2e.rooms import browsers, room
from tests.server.test_socket import until


async def _status(page: Page, status: str) -> None:
    """Wait until the page says how it stands beside another; empty: nothing to say."""
    await page.locator(f"[data-testid='admission'][data-status='{status}']").wait_for(state="attached")


async def _tally(page: Page, light: str) -> None:
    await page.locator(f"[data-testid='tally'][data-tally='{light}']").wait_for()


async def test_the_newest_window_of_a_hall_feeds_it_and_another_browser_waits_for_the_desk(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"], desk=True) as stage, browsers() as playwright:
        await stage.moderator.command("start")
        older, desk = stage.rooms["krefeld"].page, stage.rooms[DESK].page
        await _tally(older, "on-air")

        newer = await older.context.new_page()
        await newer.goto(stage.link("krefeld"))
        await _status(older, "replaced")
        assert "Another window feeds Krefeld now" in await older.get_by_test_id("admission").inner_text()
        await _tally(older, "off")
        await _tally(newer, "on-air")
        await _status(newer, "")
        # What happens within one browser is no affair of the desk's.
        assert await desk.locator(".alarm.machine").count() == 0

        copied = room(playwright, tmp_path, stage.link("krefeld"), "copy", PLACES["tokio"])
        async with copied as copy:
            await copy.page.get_by_test_id("start-button").click()
            await _status(copy.page, "waiting")
            await _status(newer, "contested")
            await _tally(newer, "on-air")
            await copy.shows(PLACES["berlin"])  # what the hall sees
            await stage.rooms[DESK].shows(PLACES["krefeld"])

            await desk.get_by_test_id("admit-krefeld").click()
            await _status(newer, "replaced")
            assert (
                "Another computer feeds Krefeld now" in await newer.get_by_test_id("admission").inner_text()
            )
            await _status(copy.page, "")
            await _tally(copy.page, "on-air")
            await stage.rooms[DESK].shows(PLACES["tokio"])  # the copy's own camera
            await desk.get_by_test_id("takeover-krefeld").wait_for()
            assert await desk.get_by_test_id("waiting-krefeld").count() == 0

            await newer.get_by_test_id("take-over-button").click()
            await _status(newer, "waiting")
            await until(stage.moderator, lambda s: s["waiting"].get("krefeld", {}).get("count") == 1)
        await _status(newer, "")  # the other has closed its page
        await stage.rooms[DESK].shows(PLACES["krefeld"])
        assert stage.rooms[DESK].errors == []

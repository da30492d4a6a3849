"""Who may feed: two windows of one hall, a copy of its link in another browser, and a guest whom the desk lets in."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import DESK, PLACES, SLATE_ONLY, staged
from tests.e2e.rooms import browsers, room
from tests.server.test_socket import until

WITH_DOOR = SLATE_ONLY.replace(
    "uchida: {name: Miki Uchida, timezone: Asia/Tokyo}",
    "uchida: {name: Miki Uchida, timezone: Asia/Tokyo, admission: true}",
)


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
        await expect(older.get_by_test_id("admission")).to_contain_text(
            "Another window feeds Krefeld now", use_inner_text=True
        )
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
            await expect(newer.get_by_test_id("admission")).to_contain_text(
                "Another computer feeds Krefeld now"
            )
            await _status(copy.page, "")
            await _tally(copy.page, "on-air")
            await stage.rooms[DESK].shows(PLACES["tokio"])  # the copy's own camera
            await desk.get_by_test_id("takeover-krefeld").wait_for()
            await expect(desk.get_by_test_id("waiting-krefeld")).to_have_count(0)

            await newer.get_by_test_id("take-over-button").click()
            await _status(newer, "waiting")
            await until(stage.moderator, lambda s: s["waiting"].get("krefeld", {}).get("count") == 1)
        await _status(newer, "")  # the other has closed its page
        await stage.rooms[DESK].shows(PLACES["krefeld"])
        assert stage.rooms[DESK].errors == []


async def test_a_guest_waits_in_the_green_room_until_the_desk_lets_them_in(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=WITH_DOOR, desk=True) as stage, browsers() as playwright:
        hall, desk = stage.rooms["krefeld"], stage.rooms[DESK]
        await stage.moderator.command("start")
        opening = room(playwright, tmp_path, stage.link("uchida"), "uchida", PLACES["uchida"])
        async with opening as guest:
            await guest.page.get_by_test_id("join-button").click()
            await _waits(guest.page)
            # The desk alone sees the guest: no item, and no take by mistake, shows them elsewhere.
            await desk.page.get_by_test_id("at-door-uchida").wait_for()
            await desk.shows(PLACES["uchida"], "view-uchida")
            await stage.moderator.command("goto", item="four")
            await _tally(guest.page, "off")
            await hall.shows(None)

            await guest.page.reload()
            await _waits(guest.page)
            await desk.page.get_by_test_id("at-door-uchida").wait_for()

            await desk.page.get_by_test_id("let-in-uchida").click()
            await _tally(guest.page, "on-air")
            await expect(guest.page.get_by_test_id("at-door")).to_have_count(0)
            await desk.page.get_by_test_id("at-door-uchida").wait_for(state="detached")
            await hall.shows(PLACES["uchida"])

            await guest.page.reload()
            await _tally(guest.page, "on-air")
            assert await guest.page.get_by_test_id("at-door").count() == 0, "once let in, for the whole show"
            assert (hall.errors, desk.errors, guest.errors) == ([], [], [])


async def test_a_guest_whom_the_desk_refuses_is_told_and_sends_nothing_any_more(tmp_path: Path) -> None:
    async with staged(tmp_path, [], event=WITH_DOOR, desk=True) as stage, browsers() as playwright:
        opening = room(playwright, tmp_path, stage.link("uchida"), "uchida", PLACES["uchida"])
        async with opening as guest:
            await guest.page.get_by_test_id("join-button").click()
            await _waits(guest.page)
            tracks = await guest.page.evaluate_handle(
                "[...document.querySelectorAll('video')].flatMap((v) => v.srcObject?.getTracks() ?? [])"
            )
            await stage.rooms[DESK].page.get_by_test_id("refuse-uchida").click()
            await guest.page.get_by_role("heading", name="The desk has closed this page").wait_for()
            await expect(guest.page.get_by_test_id("gate-text")).to_contain_text(
                "It does not come back by itself"
            )
            await stage.rooms[DESK].page.get_by_test_id("at-door-uchida").wait_for(state="detached")
            await guest.page.wait_for_function(
                "(tracks) => tracks.length > 0 && tracks.every((t) => t.readyState === 'ended')", arg=tracks
            )
            await guest.page.wait_for_function("() => window.schalte.call == null")
            assert guest.errors == []

            await guest.page.get_by_test_id("gate-reload").click()
            await _waits(guest.page)


async def _waits(guest: Page) -> None:
    """Wait until the guest's page says that it waits for the desk."""
    await expect(guest.get_by_test_id("at-door")).to_contain_text("wait until the desk lets you in")
    await _tally(guest, "off")

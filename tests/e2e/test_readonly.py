"""The desk of a moderator whose link only looks on: what changes the show is disabled and says why, the rest works."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link, url
from signaling.client import Client
from tests.e2e.rooms import WITHIN, browser_of, browsers, room
from tests.e2e.waiting import resize
from tests.events import BOOTH, write
from tests.server.process import ServerProcess, server

EVENT = BOOTH.replace("source: krefeld}", "source: krefeld, notes: Check the microphone.}")
SIZES = [(1440, 900), (740, 360), (390, 844)]
LANGUAGES = {
    "de": "Sie sehen nur zu: Mit Ihrem Link lässt sich die Sendung nicht steuern",
    "en": "You are looking on: your link does not steer the show",
    "ja": "閲覧専用のリンクです。番組の操作はできません",
}
HARMLESS = {
    *(
        "sound-button",
        "keys-button",
        "links-button",
        "language-select",
        "channel-select",
        "on-air-notes",
        "details-button-one",
        "details-button-two",
    ),
}
"""By test id: what changes nothing for anybody else."""
_FAULTS = (Path(__file__).parent / "layout.js").read_text("utf-8")
_CONTROLS = """() => [...document.querySelectorAll('button, select, input:not([type=file]), textarea')]
  .filter((e) => e.checkVisibility())
  .map((e) => [e.dataset.testid ?? e.className, e.matches(':disabled'), e.title])"""


def _looking_on(running: ServerProcess, language: str) -> str:
    """A read-only link for moderators."""
    code = LinkChecker(running.data).issue(Link("moderator", "moderator", "", read_only=True))
    return url(running.url, code).replace("/j#", f"/j?lang={language}#")


async def test_a_desk_that_looks_on_shows_everything_and_says_why_it_changes_nothing(tmp_path: Path) -> None:
    async with server(write(tmp_path, EVENT), tmp_path / "data") as running, browsers() as playwright:
        opening = room(playwright, tmp_path, running.link("venue", "krefeld"), "krefeld", 0)
        async with await Client.open(running.link("moderator")) as moderator, opening as hall:
            await hall.page.get_by_test_id("start-button").click()
            await moderator.command("start")
            await moderator.command("message", to="krefeld", text="Louder", level="warn")
            await hall.page.get_by_test_id("flag-button").click()
            async with browser_of(playwright, tmp_path, "desk", 63) as browser:
                for language, why in LANGUAGES.items():
                    page = await browser.new_page()
                    page.set_default_timeout(WITHIN)
                    await page.goto(_looking_on(running, language))
                    await expect(page.get_by_test_id("looks-on")).to_have_text(why)
                    await page.get_by_test_id("flag-away-krefeld").wait_for()
                    await _disabled(page, why)
                    for width, height in SIZES:
                        await resize(page, width, height)
                        assert await page.evaluate(_FAULTS) == [], (language, width)
                    await page.close()
                page = await browser.new_page(viewport={"width": 1440, "height": 900})
                page.set_default_timeout(WITHIN)
                await page.goto(_looking_on(running, "en"))
                await _works(page)
                for key in ("n", "1", "t"):
                    await page.keyboard.press(key)
                await expect(page.get_by_test_id("toast")).to_have_count(3)
                await expect(page.get_by_test_id("toast").first).to_contain_text(LANGUAGES["en"])
                shown = moderator.state["show"]
                assert (shown["item"], shown["armed"], shown["taken"]) == ("one", None, None)


async def _disabled(page: Page, why: str) -> None:
    """Everything that acts on the show is disabled, and its tooltip has the reason."""
    controls: list[tuple[str, bool, str]] = await page.evaluate(_CONTROLS)
    names = {name for name, _, _ in controls}
    assert {
        "next-button",
        "take-krefeld",
        "goto-two",
        "message-send",
        "message-text",
        "floor-select",
    } <= names
    for name, disabled, title in controls:
        if name in HARMLESS:
            assert not disabled, name
        else:
            assert (disabled, title) == (True, why), name


async def _works(page: Page) -> None:
    """What changes nothing: notes, statistics, the sound, a channel, scrolling, the report."""
    await page.get_by_test_id("details-button-one").click()
    await expect(page.get_by_test_id("notes-one")).to_have_text("Check the microphone.")
    await page.get_by_test_id("links-button").click()
    await page.get_by_test_id("links").wait_for()
    await page.keyboard.press("l")
    await page.get_by_test_id("links").wait_for(state="detached")
    await page.get_by_test_id("sound-button").click()
    await expect(page.get_by_test_id("sound-button")).to_have_attribute("aria-pressed", "true")
    await page.get_by_test_id("channel-select").select_option("ja")
    await page.locator("[data-testid='listeners-ja']", has_text="1 listener").wait_for()
    # A source is looked at.
    await page.wait_for_function("() => document.querySelector('[data-testid=view-krefeld]').videoWidth > 0")
    async with page.context.expect_page() as opened:
        await page.get_by_test_id("report-link").click()
    await (await opened.value).get_by_test_id("report").wait_for()

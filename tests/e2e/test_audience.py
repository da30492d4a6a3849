"""What an audience sees of a hall's page and of the programme: nothing of the crew."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import staged
from tests.events import SHORT

OVERRUNS = SHORT.replace("start: 10:00, duration: 10m", "start: 10:00, duration: 1s")
"""The first item is over its time a second after Start."""
FOR_THE_CREW = "Mikrofon 2 lauter"
HINT = "audience-hint"
BESIDES_SLATE = """() => {
  const lines = (part) => part ? part.innerText.split("\\n") : [];
  const of = (id) => lines(document.querySelector(`[data-testid='${id}']`));
  const allowed = [...of("slate"), ...of("audience-hint")];
  return lines(document.body).filter((line) => !allowed.includes(line));
}"""
"""What can be read on the page besides the slate, which is the return picture of a hall alone there, and the hint."""
CURSORS = "() => [...document.querySelectorAll('#app *')].map((part) => getComputedStyle(part).cursor)"

NO_FULL_SCREEN = """
for (const name of ["fullscreenElement", "fullscreenEnabled", "exitFullscreen"]) delete Document.prototype[name];
delete Element.prototype.requestFullscreen;
"""
"""As on an iPhone."""


async def _lines(page: Page) -> set[str]:
    """What can be read on the page."""
    return set((await page.locator("body").inner_text()).splitlines())


async def _shows_programme_alone(page: Page) -> None:
    await page.get_by_test_id("audience-cover").wait_for()
    await page.get_by_text("Two").wait_for()
    assert await page.evaluate(BESIDES_SLATE) == []


async def test_full_screen_shows_an_audience_nothing_of_the_crew_also_after_a_reload(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=OVERRUNS) as stage:
        page = stage.rooms["krefeld"].page
        await stage.moderator.command("start")
        await stage.moderator.command("message", to="krefeld", text=FOR_THE_CREW, level="urgent")
        await page.get_by_test_id("message-krefeld").wait_for()
        await page.locator(".tone-over").first.wait_for()
        assert {"over time", FOR_THE_CREW} <= await _lines(page)

        await page.keyboard.press("f")
        await page.get_by_test_id(HINT).wait_for(state="detached")  # the browser has granted it
        await _shows_programme_alone(page)
        assert set(await page.evaluate(CURSORS)) == {"none"}
        await page.get_by_test_id("cue-dot").wait_for()  # a message waits

        await page.reload()
        await _shows_programme_alone(page)
        await expect(page.get_by_test_id(HINT)).to_contain_text("full screen", use_inner_text=True)
        await page.mouse.click(200, 200)
        await page.get_by_test_id(HINT).wait_for(state="detached")
        assert await page.evaluate("document.fullscreenElement !== null")

        await page.keyboard.press("f")
        await page.get_by_test_id("message-krefeld").get_by_text(FOR_THE_CREW).wait_for()


@pytest.mark.parametrize("can_be_full", [True, False])
async def test_a_phone_finds_back_from_full_screen_without_a_key(tmp_path: Path, can_be_full: bool) -> None:
    async with staged(tmp_path, ["krefeld"], event=OVERRUNS) as stage:
        browser = stage.rooms["krefeld"].page.context.browser
        assert browser is not None
        phone = await browser.new_context(
            viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="en-GB"
        )
        if not can_be_full:
            await phone.add_init_script(NO_FULL_SCREEN)
        page = await phone.new_page()
        await page.goto(stage.server.link("viewer"))
        await page.get_by_test_id("fullscreen-button").tap()
        await page.get_by_test_id("audience-cover").wait_for()
        if can_be_full:
            await page.get_by_test_id("audience-back").wait_for(state="detached")
            await page.evaluate("document.exitFullscreen()")  # as the phone's own gesture does
        await page.get_by_test_id("audience-back").tap()
        await page.get_by_test_id("audience-cover").wait_for(state="detached")
        await page.get_by_test_id("fullscreen-button").wait_for()


async def test_viewers_are_not_told_to_finish(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=OVERRUNS) as stage:
        hall = stage.rooms["krefeld"].page
        page = await hall.context.new_page()
        await page.goto(stage.server.link("viewer"))
        await stage.moderator.command("start")
        await stage.moderator.command("message", to="all", text=FOR_THE_CREW)
        await hall.locator(".tone-over").first.wait_for()
        await page.get_by_text("ending soon").wait_for()
        lines = await _lines(page)
        assert {"One", "Two"} <= lines
        assert not {line for line in lines if line.startswith("+") or "over" in line or FOR_THE_CREW in line}
        assert await page.locator(".tone-warn, .tone-danger, .tone-over").count() == 0


async def test_another_link_in_the_same_tab_faces_no_audience_yet(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], event=OVERRUNS) as stage:
        page = await stage.rooms["krefeld"].page.context.new_page()
        await page.goto(stage.server.link("viewer"))
        await page.get_by_test_id("fullscreen-button").wait_for()
        await page.keyboard.press("f")
        await page.get_by_test_id("audience-cover").wait_for()
        await page.goto(stage.link("berlin"))
        await page.get_by_test_id("setup").wait_for()
        assert await page.get_by_test_id("audience-cover").count() == 0

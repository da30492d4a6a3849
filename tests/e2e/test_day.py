"""The day in a moderator's hands: lines are moved, edited, added and removed at the desk, by two moderators at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from signaling.client import Client
from tests.e2e.axe import Inspection
from tests.e2e.conftest import DESK, NO_PLACE, knows
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.e2e.test_desks import Line
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

EVENT = """\
# Agreed with both halls.
event: {title: Tag der Städte, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
venues:
  krefeld: {name: Krefeld}
  berlin: {name: Berlin}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 20m, source: krefeld}  # with the mayor
  - {id: three, title: Three, duration: 10m, source: berlin}
  - {id: four, title: Four, duration: 5m, source: krefeld}
"""
AT = "2026-03-14T10:00:00+01:00"
CENTRE = """async (id) => {
  const middle = () => {
    const box = document.querySelector(`[data-testid='${id}']`)?.getBoundingClientRect();
    return box && [box.left + box.width / 2, box.top + box.height / 2];
  };
  const before = middle();
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  return before && String(middle()) === String(before) && before;
}"""
ROWS = "[...document.querySelectorAll('.rundown-row')].map((row) => row.dataset.item).join(' ')"


@dataclass
class Desks:
    one: Page
    other: Page
    moderator: Client

    async def has_order(self, *ids: str) -> None:
        await until(self.moderator, lambda state: tuple(item["id"] for item in state["items"]) == ids)
        await self.one.wait_for_function(f"order => {ROWS} === order", arg=" ".join(ids))


@asynccontextmanager
async def desks(folder: Path) -> AsyncIterator[Desks]:
    """Two moderators' pages and a script, the first item on air."""
    async with (
        server(write(folder, EVENT), folder / "data", "--at", AT) as running,
        browsers() as playwright,
        browser_of(playwright, folder, DESK, NO_PLACE) as browser,
        await Client.open(running.link("moderator")) as moderator,
    ):
        await moderator.command("start")
        yield Desks(await _desk(browser, running), await _desk(browser, running), moderator)


async def _desk(browser: Browser, running: ServerProcess) -> Page:
    """A moderator's page that knows what is on air."""
    page = await (await browser.new_context(locale="en")).new_page()
    page.set_default_timeout(WITHIN)
    await page.goto(running.link("moderator"))
    await page.get_by_test_id("agenda-row-one").wait_for()
    await knows(page, "one")
    return page


async def _centre(page: Page, testid: str) -> tuple[float, float]:
    """The middle of an element that has not moved for three frames."""
    x, y = await (await page.wait_for_function(CENTRE, arg=testid)).json_value()
    return float(x), float(y)


async def test_a_line_is_moved_by_mouse_and_by_keys_and_its_consequence_is_seen_first(tmp_path: Path) -> None:
    async with desks(tmp_path) as day:
        page, line = day.one, day.one.get_by_test_id("consequence")
        await page.mouse.move(*await _centre(page, "grip-four"))
        await page.mouse.down()
        x, y = await _centre(page, "agenda-row-three")
        await page.mouse.move(x, y - 3, steps=4)
        await expect(line).to_contain_text("If dropped here: ends 10:45")
        await expect(page.get_by_test_id("would-begin-three")).to_have_text("→ 10:35")
        assert await page.evaluate(ROWS) == "one two four three"
        await page.mouse.move(*await _centre(page, "agenda-row-one"), steps=4)  # that one is on air
        await page.wait_for_function(f"() => {ROWS} === 'one four two three'")
        await expect(page.get_by_test_id("would-begin-two")).to_have_text("→ 10:15")
        state = await until(day.moderator, lambda state: True)
        assert [item["id"] for item in state["items"]] == ["one", "two", "three", "four"], "not let go yet"
        await page.mouse.up()
        await day.has_order("one", "four", "two", "three")

        await page.get_by_test_id("mark-item-three").focus()
        await page.keyboard.press("Alt+ArrowUp")
        await expect(line).to_contain_text("Enter drops it here: ends 10:45")
        await expect(page.get_by_test_id("carried")).to_have_text("“Three” is now below “Four”.")
        await page.keyboard.press("Escape")
        await day.has_order("one", "four", "two", "three")
        # No further than below the item on air.
        for key in ("Alt+ArrowUp", "Alt+ArrowUp", "Alt+ArrowUp", "Enter"):
            await page.keyboard.press(key)
        await day.has_order("one", "three", "four", "two")
        await expect(page.get_by_test_id("mark-item-three")).to_be_focused()

        # A screen without a pointer that drags has buttons.
        await page.get_by_test_id("details-button-four").click()
        await page.get_by_test_id("down-four").click()
        await day.has_order("one", "three", "two", "four")
        await page.get_by_test_id("undo-button").click()
        await day.has_order("one", "three", "four", "two")


async def _open(page: Page, item: str) -> None:
    await page.get_by_test_id(f"details-button-{item}").click()
    await page.get_by_test_id(f"edit-{item}").click()
    await page.get_by_test_id("edit-form").wait_for()


async def test_an_item_is_edited_at_two_desks_at_once_added_removed_and_downloaded(tmp_path: Path) -> None:
    async with desks(tmp_path) as day:
        one, other = day.one, day.other
        await _open(one, "two")
        await one.get_by_test_id("input-title").fill("")
        await one.get_by_test_id("input-duration").fill("soon")
        await expect(one.get_by_test_id("fault-duration")).to_be_visible()  # while it is typed
        await one.get_by_test_id("edit-save").click()
        await expect(one.get_by_test_id("input-title")).to_be_focused()
        await expect(one.get_by_test_id("input-title")).to_have_accessible_description("This is needed.")
        await one.get_by_test_id("input-title").fill("The mayor")
        await one.get_by_test_id("edit-save").click()
        await expect(one.get_by_test_id("input-duration")).to_be_focused()
        await expect(one.get_by_test_id("input-duration")).to_have_attribute("aria-invalid", "true")
        axe = Inspection()
        await axe.look(one, "form with a fault")
        assert axe.faults == {}, axe.report()
        await one.get_by_test_id("input-duration").fill("25")
        await expect(one.get_by_test_id("edit-then")).to_have_text("If saved: ends 10:50, on time")
        await one.keyboard.press("Enter")
        await expect(other.get_by_test_id("agenda-row-two")).to_contain_text("The mayor")
        await expect(other.get_by_test_id("agenda-row-two")).to_contain_text("25:00")
        await one.get_by_test_id("edit-form").wait_for(state="detached")
        await expect(one.get_by_test_id("details-button-two")).to_be_focused()

        await _open(one, "three")
        await one.get_by_test_id("input-notes").fill("Mind the gap")
        await one.get_by_test_id("input-speaker").fill("Weber")
        await expect(other.get_by_test_id("edited-three")).to_contain_text("is editing this")
        await _open(other, "three")
        await other.get_by_test_id("input-title").fill("From Berlin")
        await other.get_by_test_id("input-speaker").fill("Sato")
        await other.get_by_test_id("edit-save").click()
        await expect(one.get_by_test_id("input-title")).to_have_value("From Berlin")
        await expect(one.get_by_test_id("input-notes")).to_have_value("Mind the gap")
        await expect(one.get_by_test_id("input-speaker")).to_have_value("Weber")
        await expect(one.get_by_test_id("theirs-speaker")).to_contain_text("Changed by another desk: Sato")
        await one.get_by_test_id("edit-save").click()
        state = await until(day.moderator, lambda state: state["items"][2]["notes"] == "Mind the gap")
        assert (state["items"][2]["title"], state["items"][2]["speaker"]) == ("From Berlin", "Weber")

        await one.get_by_test_id("add-below-three").click()
        await one.get_by_test_id("input-title").fill("New")
        await one.get_by_test_id("input-title").press("Escape")  # asks, as something was typed
        await one.get_by_test_id("edit-go-on").click()
        await one.get_by_test_id("edit-save").click()
        await day.has_order("one", "two", "three", "new", "four")

        await _open(other, "new")
        await other.get_by_test_id("input-speaker").fill("Nobody loses this")
        await one.get_by_test_id("details-button-new").click()
        await one.get_by_test_id("remove-new").click()
        await expect(one.get_by_test_id("removal-new")).to_contain_text("ends 10:50")
        await one.get_by_test_id("remove-yes-new").click()
        await expect(one.get_by_test_id("outcome-undo")).to_be_visible()  # for some seconds
        await day.has_order("one", "two", "three", "four")
        await expect(other.get_by_test_id("edit-note")).to_contain_text("Another desk removed this item")
        await expect(other.get_by_test_id("input-speaker")).to_have_value("Nobody loses this")
        await one.get_by_test_id("undo-button").click()
        await day.has_order("one", "two", "three", "new", "four")

        async with one.expect_download() as downloading:
            await one.get_by_test_id("download-button").click()
        download = await downloading.value
        text = await asyncio.to_thread(Path(await download.path()).read_text, "utf-8")
        assert download.suggested_filename == "Tag-der-Städte.yaml"
        for part in ("# Agreed with both halls.", "# with the mayor", "Mind the gap"):
            assert part in text, text


async def test_what_was_typed_outlives_a_reload_and_a_saved_item_is_not_saved_again(tmp_path: Path) -> None:
    async with desks(tmp_path) as day:
        page, server_line = day.one, Line()
        await _open(page, "three")
        await page.get_by_test_id("input-speaker").fill("Weber")
        await page.get_by_test_id("edit-more").locator("summary").click()
        await page.get_by_test_id("input-warn").fill("1m")
        await page.get_by_test_id("input-danger").fill("3m")
        await expect(page.get_by_test_id("fault-danger")).to_contain_text("danger comes after warn")
        await page.get_by_test_id("input-danger").fill("20s")
        await page.get_by_test_id("input-follow").select_option("voice")
        await page.get_by_test_id("input-skip").check()
        elsewhere = {"do": "set", "item": "three", "fields": {"speaker": "Sato"}}
        rev = day.moderator.state["event"]["rev"]
        await page.route_web_socket("**/api/v1/ws", server_line.connect)
        # The page is gone while another desk changes the item.
        await page.goto("about:blank")
        await day.moderator.command("edit", base=rev, changes=[elsewhere])
        await page.go_back()
        await expect(page.get_by_test_id("input-speaker")).to_have_value("Weber")
        await expect(page.get_by_test_id("theirs-speaker")).to_contain_text("Changed by another desk: Sato")
        await expect(page.get_by_test_id("input-danger")).to_have_value("20s")
        await page.get_by_test_id("edit-save").click()
        state = await until(day.moderator, lambda state: state["items"][2]["status"] == "skipped")
        three = state["items"][2]
        assert (three["speaker"], three["warn_s"], three["danger_s"]) == ("Weber", 60, 20)
        await page.get_by_test_id("edit-form").wait_for(state="detached")

        await page.get_by_test_id("add-item").click()
        await page.get_by_test_id("input-title").fill("Toast")
        server_line.hold()
        await page.get_by_test_id("edit-save").click()
        await until(day.moderator, lambda state: state["items"][-1]["id"] == "toast")
        await page.route_web_socket("**/api/v1/ws", Line().connect)
        await page.reload()
        await expect(page.get_by_test_id("edit-note")).to_have_text(
            "The item was saved: only the answer was lost."
        )
        await expect(page.get_by_test_id("details-toast")).to_contain_text("Save")
        await page.get_by_test_id("input-title").fill("A toast")
        await page.get_by_test_id("edit-save").click()
        await until(day.moderator, lambda state: state["items"][-1]["title"] == "A toast")
        await page.get_by_test_id("edit-form").wait_for(state="detached")
        assert len(day.moderator.state["items"]) == 5
        assert await page.evaluate("sessionStorage.getItem('schalte.drafts')") is None

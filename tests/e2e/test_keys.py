"""What a slip on the desk's keys must not do, and what it says of what a press did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload, Page, expect

from signaling.client import Client
from tests.e2e.conftest import DESK, NO_PLACE, knows, rested
from tests.e2e.rooms import browsers, room
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

EVENT = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
host: krefeld
venues:
  krefeld: {name: Krefeld}
guests:
  uchida: {name: Miki Uchida}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 1m, source: krefeld}
  - {id: three, title: Three, start: 10:11, duration: 10m, source: krefeld, hard: true}
  - {id: uchida, title: Miki, duration: 10m, source: uchida}
"""
AT = "2026-03-14T10:00:00+01:00"
JAPANESE_N = """() => document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key: "Process", code: "KeyN", bubbles: true}))"""
"""N with a Japanese input method switched on: the browser hides the letter."""
# What a slip does within a second or less is done by the page itself: a busy machine takes longer between two keys.
_TAP = """const tap = () => {
    for (const type of ["keydown", "keyup"])
      document.body.dispatchEvent(new KeyboardEvent(type, { key: "n", code: "KeyN", bubbles: true }));
  };"""
TWICE = f"() => {{ {_TAP} tap(); tap(); }}"
SLIP = f"""() => {{
  {_TAP}
  window.slip = new Promise((resolve) => new MutationObserver((_, observer) => {{
    const next = document.querySelector("[data-testid=next-button].resting");
    if (next === null) return;
    observer.disconnect();
    tap();
    resolve(next.textContent);
  }}).observe(document.body, {{ subtree: true, attributes: true, attributeFilter: ["class"] }}));
}}"""
"""Press N once more as soon as Next is locked. `slip` is what the button says then."""
TAPS = f"""(button) => {{
  {_TAP}
  tap();
  for (const type of ["pointerdown", "pointerup"])
    button.dispatchEvent(new PointerEvent(type, {{ button: 0, bubbles: true }}));
  button.click();
}}"""
"""Press N, and then the button, for no time at all."""


@dataclass
class Keys:
    page: Page
    moderator: Client

    async def on_air(self, item: str | None) -> dict[str, Any]:
        state = await until(self.moderator, lambda state: state["show"]["item"] == item)
        await knows(self.page, item)
        return state

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)


@asynccontextmanager
async def keys(folder: Path) -> AsyncIterator[Keys]:
    """A moderator's page and another moderator's script, the first item on air."""
    async with (
        server(write(folder, EVENT), folder / "data", "--at", AT) as running,
        browsers() as playwright,
        room(playwright, folder, running.link("moderator"), DESK, NO_PLACE) as desk,
        await Client.open(running.link("moderator")) as moderator,
    ):
        await desk.page.get_by_test_id("start-button").click()
        await knows(desk.page, "one")
        await rested(desk.page)
        yield Keys(desk.page, moderator)
        assert desk.errors == []


async def test_a_second_press_of_next_is_no_second_step_and_the_end_needs_a_long_one(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        button = desk.page.get_by_test_id("next-button")
        await desk.page.evaluate(SLIP)
        await desk.page.evaluate(TWICE)
        await desk.on_air("two")
        assert "Two" in await desk.page.evaluate("window.slip"), "it shows what has just happened"
        await rested(desk.page)
        await desk.page.evaluate(SLIP)
        await desk.moderator.command("next", **{"from": "two"})  # refused if any of these presses had acted
        await desk.on_air("three")
        # Another moderator's step locks it as well.
        assert "Three" in await desk.page.evaluate("window.slip")
        await rested(desk.page)
        await desk.press("n")
        await desk.on_air("uchida")
        await button.and_(desk.page.locator(".ends:not(.resting)")).wait_for()
        await button.evaluate(TAPS)
        await desk.moderator.command("message", to="all", text="Still here")
        assert (await desk.on_air("uchida"))["show"]["phase"] == "running"
        await desk.page.keyboard.down("n")
        await until(desk.moderator, lambda state: state["show"]["phase"] == "ended")


async def test_an_item_that_a_minute_more_drops_is_named_with_the_way_back(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        note = desk.page.get_by_test_id("outcome")
        await desk.page.get_by_test_id("plus-button").click()
        await note.get_by_text("Skipped: “Two”. No time before “Three” at 10:11.").wait_for()
        await desk.page.get_by_test_id("plus-button").click()
        await note.get_by_text("It ends at 10:11 at the latest").wait_for()
        await note.get_by_text("Skipped: “Two”.").wait_for()  # as it still is
        await note.get_by_test_id("outcome-undo").click()
        await until(desk.moderator, lambda state: state["items"][0]["length_s"] == 660)
        await note.get_by_text("Skipped: “Two”.").wait_for()
        await desk.page.get_by_test_id("minus-button").click()
        await until(desk.moderator, lambda state: state["items"][1]["status"] == "next")
        await note.get_by_text("Back in: “Two”.").wait_for()


async def test_what_a_press_would_do_is_shown_while_somebody_rests_on_the_button(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        page, line = desk.page, desk.page.get_by_test_id("consequence")
        await page.get_by_test_id("plus-button").hover()
        await expect(line).to_contain_text("If pressed: skips “Two”")
        await expect(page.get_by_test_id("agenda-row-two")).to_contain_text("→ skipped")
        await page.get_by_test_id("minus-5-button").focus()
        await page.keyboard.press("Shift+Tab")  # a focus by the keyboard rests as a pointer does
        await page.keyboard.press("Tab")
        await expect(page.get_by_test_id("would-begin-two")).to_have_text("→ 10:05")
        await page.get_by_test_id("details-button-uchida").click()
        await page.get_by_test_id("skip-uchida").hover()
        await expect(line).to_contain_text("skips “Miki” · ends 10:21")
        state = await desk.on_air("one")
        assert [item["status"] for item in state["items"]] == ["on-air", "next", "coming", "coming"]
        await page.get_by_test_id("skip-uchida").click()
        await until(desk.moderator, lambda state: state["items"][3]["status"] == "skipped")
        await page.get_by_test_id("unskip-uchida").click()
        await until(desk.moderator, lambda state: state["items"][3]["status"] == "coming")
        await page.get_by_test_id("delay-5-uchida").click()
        await expect(page.get_by_test_id("expected-uchida")).to_contain_text("10:26")
        await page.mouse.move(0, 0)
        await expect(line).to_be_empty()


async def test_the_keys_of_the_list_steer_the_show(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        page = desk.page
        await desk.press("?")
        await expect(page.get_by_test_id("keys")).to_contain_text("Hold, or go on")
        await desk.press("h")  # what a dialog covers does not act
        await desk.press("Escape")
        await page.get_by_test_id("keys").wait_for(state="detached")
        assert not (await desk.on_air("one"))["show"]["held"]
        await page.get_by_test_id("keys-button").click()
        await page.get_by_test_id("single-keys").uncheck()
        await desk.press("Escape")
        await page.reload()
        await page.get_by_test_id("agenda-row-one").wait_for()
        await desk.on_air("one")
        await desk.press("?", "h", "Space")
        await expect(page.get_by_test_id("keys")).to_have_count(0)
        await page.get_by_test_id("keys-button").click()
        await page.get_by_test_id("single-keys").check()
        await desk.press("Escape")
        assert not (await desk.on_air("one"))["show"]["held"]
        await desk.press("h")
        await until(desk.moderator, lambda state: state["show"]["held"])
        await expect(page.get_by_test_id("hold-button")).to_have_attribute("aria-pressed", "true")
        await desk.press("h")
        await until(desk.moderator, lambda state: not state["show"]["held"])
        await desk.press("+")
        await until(desk.moderator, lambda state: state["items"][0]["length_s"] == 660)
        await desk.press("-")
        await until(desk.moderator, lambda state: state["items"][0]["length_s"] == 600)
        await expect(page.get_by_test_id("mark-item-two")).to_be_enabled()
        await page.locator("body").press("ArrowDown")
        await expect(page.get_by_test_id("mark-item-two")).to_be_focused()
        await desk.press("ArrowDown", "Enter")
        await until(desk.moderator, lambda state: state["show"]["armed"] == {"kind": "item", "id": "three"})
        await expect(page.get_by_test_id("next-title")).to_have_text("Three")
        await page.evaluate("document.activeElement.blur()")
        await rested(page)
        await desk.press("Space")
        await desk.on_air("three")
        await rested(page)
        await desk.press("u")
        await desk.on_air("one")


async def test_the_focus_stays_where_somebody_works(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        page = desk.page
        await expect(page.get_by_test_id("next-button")).to_be_focused()  # it has taken the place of Start
        # The mark of the item on air is disabled. The focus stays in its line, where Space is not Next.
        await desk.press("ArrowDown")
        await expect(page.get_by_test_id("mark-item-two")).to_be_focused()
        await desk.press("n")
        await desk.on_air("two")
        await page.locator("[data-testid='agenda-row-two'] .rundown-moves:focus").wait_for()
        await rested(page)
        await desk.press("Space", "ArrowUp")
        await expect(page.get_by_test_id("mark-item-one")).to_be_focused()
        assert (await desk.on_air("two"))["show"]["item"] == "two"
        # A message that goes takes its button with it.
        await desk.moderator.command("message", to="all", text="Louder")
        await page.get_by_test_id("standing-away-all").focus()
        await desk.press("Enter")
        await page.get_by_test_id("standing-away-all").wait_for(state="detached")
        await desk.press("Space")
        await page.get_by_test_id("reload-button").focus()
        file = FilePayload(name="new.yaml", mimeType="text/yaml", buffer=EVENT.encode())
        await page.get_by_test_id("reload-file").set_input_files(file)
        await page.get_by_test_id("reload-dialog").wait_for()
        await desk.press("n", "Escape")
        await page.get_by_test_id("reload-dialog").wait_for(state="detached")
        await expect(page.get_by_test_id("reload-button")).to_be_focused()
        await desk.moderator.command(
            "next", **{"from": "two"}
        )  # refused if any of these presses had been Next


async def test_a_marked_item_is_where_next_goes_although_a_guest_has_its_id(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        await desk.page.get_by_test_id("mark-source-uchida").click()
        await until(desk.moderator, lambda state: state["sources"]["uchida"]["tally"] == "preview")
        await expect(desk.page.get_by_test_id("next-button")).to_contain_text("Two", use_inner_text=True)
        await desk.page.get_by_test_id("mark-item-uchida").click()
        await desk.page.get_by_test_id("next-button").get_by_text("Miki").wait_for()
        await desk.press("t")
        await desk.on_air("uchida")


async def test_keys_work_again_once_a_message_is_sent_or_given_up(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        await desk.press("m")
        await desk.page.keyboard.type("Louder")
        await desk.press("Enter", "n")
        state = await desk.on_air("two")
        assert state["messages"]["all"]["text"] == "Louder"
        await expect(desk.page.get_by_test_id("message-text")).to_have_value("")
        await rested(desk.page)
        await desk.page.get_by_test_id("message-level").focus()
        await desk.press("Escape", "n")
        await desk.on_air("three")
        await rested(desk.page)
        await desk.page.evaluate(JAPANESE_N)
        await desk.on_air("uchida")


async def test_enter_held_down_is_one_press(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        await desk.page.get_by_test_id("plus-button").focus()
        for _ in range(3):
            await desk.page.keyboard.down("Enter")  # again while it is down: as it repeats
        await desk.page.keyboard.up("Enter")
        state = await until(desk.moderator, lambda state: state["items"][0]["length_s"] > 600)
        await desk.page.get_by_test_id("next-button").focus()
        await desk.page.keyboard.down("Enter")
        await desk.on_air("three")
        await rested(desk.page)
        await desk.page.keyboard.down("Enter")
        await desk.moderator.command("message", to="all", text="Still here")
        state = await desk.on_air("three")
        assert state["items"][0]["length_s"] == 660


async def test_keys_work_again_once_a_message_is_refused(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        field, long = desk.page.get_by_test_id("message-text"), "x" * 501
        await field.evaluate("field => field.removeAttribute('maxlength')")
        await desk.press("m")
        await field.fill(long)
        await desk.press("Enter")
        await desk.page.get_by_test_id("toast").wait_for()
        await desk.press("n")
        await desk.on_air("two")
        await expect(field).to_have_value(long)


async def test_two_quick_minutes_less_do_not_end_the_event(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        await desk.moderator.command("goto", item="uchida")
        await desk.moderator.command("extend", seconds=-500)  # leaves 1:40
        await until(desk.moderator, lambda state: state["items"][3]["length_s"] == 100)
        minus = desk.page.get_by_test_id("minus-button")
        await desk.page.wait_for_function("() => schalte.state.items[3].length_s === 100")
        await minus.evaluate("button => { button.click(); button.click(); }")
        state = await until(desk.moderator, lambda state: state["items"][3]["length_s"] < 100)
        await desk.moderator.command("message", to="all", text="Still here")
        state = await desk.on_air("uchida")
        assert (state["show"]["phase"], state["items"][3]["length_s"]) == ("running", 40)


async def test_two_quick_presses_of_undo_take_one_command_back(tmp_path: Path) -> None:
    async with keys(tmp_path) as desk:
        for length in (660, 720):
            await desk.page.get_by_test_id("plus-button").click()
            await until(desk.moderator, lambda state, s=length: state["items"][0]["length_s"] == s)
        undo = desk.page.get_by_test_id("undo-button")
        await expect(undo).to_be_enabled()
        await undo.evaluate("button => { button.click(); button.click(); }")
        await until(desk.moderator, lambda state: state["items"][0]["length_s"] == 660)
        await desk.moderator.command("message", to="all", text="Behind whatever the desk has sent")
        assert desk.moderator.state["items"][0]["length_s"] == 660

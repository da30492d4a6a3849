"""A changed agenda at the desk: seen first, then loaded."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import DESK, PLACES, SLATE_ONLY, staged
from tests.e2e.rooms import browsers, room
from tests.events import write
from tests.server.test_socket import until

CHANGED = SLATE_ONLY.replace(
    "  - {id: four, title: Four, duration: 10m, source: uchida}",
    "  - {id: five, title: Five, duration: 10m, source: osaka}",
).replace("guests:", "  osaka: {name: Osaka}\nguests:")

OSAKA = 5
"""Its place code."""


async def test_a_changed_agenda_is_seen_first_and_then_loaded(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], desk=True) as stage:
        await stage.moderator.command("start")
        desk, hall = stage.rooms[DESK], stage.rooms["krefeld"]
        await desk.shows(PLACES["krefeld"])
        negotiations = await hall.negotiations()
        page = desk.page
        faulty = write(tmp_path, CHANGED.replace("source: osaka", "source: osake"), "faulty.yaml")
        await page.get_by_test_id("reload-file").set_input_files(faulty)
        faults = page.get_by_test_id("reload-faults")
        await expect(faults).to_contain_text("faulty.yaml:")
        await expect(faults).to_contain_text("unknown source `osake`; did you mean `osaka`?")
        await expect(page.get_by_test_id("reload-apply")).to_be_disabled()
        await page.get_by_test_id("reload-cancel").click()

        changed = write(tmp_path, CHANGED)
        await page.get_by_test_id("reload-file").set_input_files(changed)
        await expect(page.get_by_test_id("reload-new")).to_contain_text("Five", use_inner_text=True)
        await expect(page.get_by_test_id("reload-gone")).to_contain_text("Four", use_inner_text=True)
        await expect(page.get_by_test_id("reload-places-new")).to_contain_text("Osaka", use_inner_text=True)
        assert stage.moderator.state is not None
        assert stage.moderator.state["items"][-1]["id"] == "four", "nothing has changed yet"
        await page.get_by_test_id("reload-apply").click()
        await until(stage.moderator, lambda s: s["items"][-1]["id"] == "five")
        await page.get_by_test_id("reload-dialog").wait_for(state="detached")
        await page.get_by_test_id("agenda-row-five").wait_for()
        await page.get_by_test_id("tile-osaka").wait_for()
        await desk.shows(PLACES["krefeld"])
        assert await hall.negotiations() == negotiations, "nothing on air was disturbed"

        async with (
            browsers() as playwright,
            room(playwright, tmp_path, stage.server.link("venue", "osaka"), "osaka", OSAKA) as osaka,
        ):
            await osaka.page.get_by_test_id("start-button").click()
            await desk.shows(OSAKA, "view-osaka")
        # The faulty file was answered by 422, of which browsers complain.
        assert [error for error in desk.errors if "422" not in error] == []

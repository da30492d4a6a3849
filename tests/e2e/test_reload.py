"""A changed agenda at the desk: seen first, then loaded."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import DESK, PLACES, SLATE_ONLY, staged
from tests.events import write
from tests.server.test_socket import until

CHANGED = SLATE_ONLY.replace(
    "  - {id: four, title: Four, duration: 10m, source: uchida}",
    "  - {id: five, title: Five, duration: 10m, source: osaka}",
).replace("guests:", "  osaka: {name: Osaka}\nguests:")


async def test_a_changed_agenda_is_seen_first_and_then_loaded(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld"], desk=True) as stage:
        await stage.moderator.command("start")
        desk = stage.rooms[DESK]
        await desk.shows(PLACES["krefeld"])
        negotiated = await desk.negotiations()
        page = desk.page
        faulty = write(tmp_path, CHANGED.replace("source: osaka", "source: osake"), "faulty.yaml")
        await page.get_by_test_id("reload-file").set_input_files(faulty)
        faults = await page.get_by_test_id("reload-faults").inner_text()
        assert "faulty.yaml:" in faults
        assert "unknown source `osake`; did you mean `osaka`?" in faults
        assert await page.get_by_test_id("reload-apply").is_disabled()
        await page.get_by_test_id("reload-cancel").click()

        changed = write(tmp_path, CHANGED, "changed.yaml")
        await page.get_by_test_id("reload-file").set_input_files(changed)
        assert "Five" in await page.get_by_test_id("reload-new").inner_text()
        assert "Four" in await page.get_by_test_id("reload-gone").inner_text()
        assert "Osaka" in await page.get_by_test_id("reload-places-new").inner_text()
        assert stage.moderator.state is not None
        assert stage.moderator.state["items"][-1]["id"] == "four", "nothing has changed yet"
        await page.get_by_test_id("reload-apply").click()
        await until(stage.moderator, lambda s: s["items"][-1]["id"] == "five")
        await page.get_by_test_id("reload-dialog").wait_for(state="detached")
        await page.get_by_test_id("agenda-row-five").wait_for()
        await page.get_by_test_id("tile-osaka").wait_for()
        await desk.shows(PLACES["krefeld"])
        assert await desk.negotiations() == negotiated, "nothing on air was disturbed"
        # The faulty file was answered by 422, of which browsers complain.
        assert [error for error in desk.errors if "422" not in error] == []

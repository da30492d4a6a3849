"""Pictures and microphones by hand, from the tiles of the desk, and what is written across it meanwhile."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.e2e.conftest import DESK, PLACES, staged
from tests.server.test_socket import until


async def test_two_pictures_and_a_microphone_are_taken_by_hand_and_released(tmp_path: Path) -> None:
    async with staged(tmp_path, ["krefeld", "berlin"], desk=True) as stage:
        await stage.moderator.command("start")
        desk, page = stage.rooms[DESK], stage.rooms[DESK].page
        await desk.shows(PLACES["krefeld"])
        for place in ("berlin", "krefeld"):
            await page.get_by_test_id(f"pick-{place}").click()
        await expect(page.get_by_test_id("picked")).to_contain_text("Berlin + Krefeld")
        await page.get_by_test_id("take-side-by-side").click()
        state = await until(stage.moderator, lambda s: s["show"]["taken"] == "berlin")
        program = state["program"]
        assert (program["source"], program["with"], program["layout"]) == (
            "berlin",
            ["krefeld"],
            "side-by-side",
        )
        await desk.shows(PLACES["berlin"])
        await desk.shows(PLACES["krefeld"], "second-video")
        await expect(page.get_by_test_id("overridden")).to_contain_text("By hand: Berlin + Krefeld.")
        await expect(page.get_by_test_id("picked")).to_have_count(0)

        before = state["sources"]["berlin"]["mic"]
        await page.get_by_test_id("mic-button-berlin").click()
        await until(stage.moderator, lambda s: s["sources"]["berlin"]["mic"] is not before)

        await page.get_by_test_id("overridden-release").click()
        await until(stage.moderator, lambda s: s["show"]["taken"] is None)
        await expect(page.get_by_test_id("overridden")).to_have_count(0)
        await desk.shows(PLACES["krefeld"])
        assert desk.errors == []

"""A hall's capture card is pulled out on air: what its page, the desk and the programme make of it, and its return."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from tests.e2e.conftest import DESK, PLACES, staged
from tests.e2e.rooms import Room, browsers, room
from tests.server.test_socket import until

_PLUGS = (Path(__file__).parent / "plugs.js").read_text("utf-8")


async def _plug(hall: Room, call: str) -> None:
    await hall.page.evaluate(f"window.plugs.{call}")


async def _sends(hall: Room, *devices: str) -> None:
    """Wait until these devices are open, and no others."""
    await hall.page.wait_for_function(
        "devices => JSON.stringify(window.plugs.live().sort()) === JSON.stringify(devices)",
        arg=sorted(devices),
    )


async def _fault(page: Page, kind: str, status: str, *says: str) -> None:
    """Wait until the page says this of a device that stands so."""
    for words in says:
        fault = page.locator(f"[data-testid='{kind}-fault'][data-fault='{status}']")
        await expect(fault).to_contain_text(words)


async def test_a_chosen_camera_that_is_pulled_out_is_missed_by_page_and_desk_and_taken_again(
    tmp_path: Path,
) -> None:
    async with staged(tmp_path, ["berlin"], desk=True) as stage, browsers() as playwright:
        desk = stage.rooms[DESK]
        opening = room(
            playwright, tmp_path, stage.link("krefeld"), "krefeld", PLACES["krefeld"], script=_PLUGS
        )
        async with opening as hall:
            page = hall.page
            # Nobody is asked before the button is pressed, and nothing is sent before Start.
            await page.get_by_test_id("allow-button").click()
            await _plug(hall, "permit('granted')")
            await page.get_by_test_id("camera-select").select_option("card")
            await _sends(hall, "card", "mixer")
            await page.get_by_test_id("speaker-select").select_option("hall")
            await page.get_by_test_id("start-button").click()
            await page.locator("audio[data-sink='hall']").first.wait_for(state="attached")
            await until(stage.moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
            await stage.moderator.command("start")
            await desk.shows(PLACES["krefeld"])

            await page.evaluate("window.first = window.schalte.call")
            await _plug(hall, "pull('card')")
            await _fault(page, "camera", "lost", "Capture card is not connected", "Use Laptop camera for now")
            await _sends(hall, "mixer")
            await until(
                stage.moderator,
                lambda s: (s["sources"]["krefeld"]["devices"] or {}).get("camera") == "lost",
            )
            alarm = desk.page.get_by_test_id("alarm-krefeld")
            await alarm.get_by_text("camera unplugged").wait_for()

            await page.get_by_test_id("camera-meanwhile").click()
            stands_in = "Capture card is not connected. Laptop camera is standing in"
            await _fault(page, "camera", "stand-in", stands_in)
            await _sends(hall, "laptop", "mixer")
            await alarm.get_by_text("stand-in camera").wait_for()

            await _plug(hall, "put('card')")
            await _sends(hall, "card", "mixer")
            await page.get_by_test_id("camera-fault").wait_for(state="detached")
            await alarm.wait_for(state="detached")
            await desk.shows(PLACES["krefeld"])
            assert await page.evaluate("window.schalte.call === window.first"), "no new connection"

            # So it is with the loudspeakers, but there the machine's own stand in.
            await _plug(hall, "pull('hall')")
            await expect(page.get_by_test_id("speaker-fault")).to_contain_text(
                "Hall loudspeakers cannot be used"
            )
            await page.locator("audio[data-sink='']").first.wait_for(state="attached")
            await _plug(hall, "put('hall')")
            await page.locator("audio[data-sink='hall']").first.wait_for(state="attached")

            # A machine that starts before its capture card does not begin with another camera.
            await _plug(hall, "pull('card')")
            await page.reload()
            await _fault(page, "camera", "missing", "Capture card is not connected")
            await _plug(hall, "put('card')")
            await _sends(hall, "card", "mixer")
            assert hall.errors == []

"""The hall screen in Firefox: the same pictures, and there again by itself after a reload."""

from __future__ import annotations

from tests.e2e.sounds import headless
from tests.e2e.test_firefox_pages import BERLIN, Hotel, hotel, pytestmark

__all__ = ["hotel", "pytestmark"]
PLAYS = """async () => {
  const screen = window.open("", "schalte-screen");
  const video = screen?.document.querySelector("[data-testid=program-video]");
  if (!video?.srcObject || screen.document.querySelector(".slate")) return false;
  const frame = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(true)));
  return Promise.race([frame, new Promise((resolve) => setTimeout(() => resolve(false), 1000))]);
}"""
"""Whether the screen shows a new frame, and no slate over it. Without a press this opens no window, but finds one."""
ATTACHED = "() => document.querySelector('[data-testid=hall-screen-status]')?.dataset.status === 'window'"


async def test_the_screen_plays_and_is_back_after_a_reload(hotel: Hotel) -> None:
    async with headless(hotel.running.link("venue", "berlin"), "berlin", BERLIN):
        await hotel.live("berlin")
        page = await hotel.browser()
        await page.goto(hotel.link("venue", "krefeld"))
        await page.click("start-button")
        await hotel.live("krefeld")
        await hotel.desk.command("take", source="berlin")
        await page.click("hall-screen-button")
        await page.until(ATTACHED)
        await page.until(PLAYS)
        await page.reload()
        await page.until(ATTACHED)
        await page.until(PLAYS)
        assert page.errors == []

"""The clock of a page that reads the server's answers late, as a busy one does."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.conftest import DESK, NO_PLACE
from tests.e2e.rooms import browser_of, browsers
from tests.e2e.test_desks import desk
from tests.events import write
from tests.server.process import server

LATE_MS = 3_000
"""So long after it began to load the page reads the welcome. By the welcome alone its time is half of that wrong."""


async def test_a_page_that_reads_the_welcome_late_has_the_right_time_with_its_first_state(
    tmp_path: Path,
) -> None:
    async with (
        server(write(tmp_path), tmp_path / "data") as running,
        browsers() as playwright,
        browser_of(playwright, tmp_path, DESK, NO_PLACE) as browser,
        desk(browser, running.link("moderator"), "en-GB", held=True) as (page, line),
    ):
        await page.wait_for_function(f"() => performance.now() > {LATE_MS}")
        line.release()
        await page.wait_for_function("() => globalThis.schalte?.state")
        ahead_ms = await page.evaluate("schalte.time - Date.now()")
        assert abs(ahead_ms) < LATE_MS / 6, ahead_ms

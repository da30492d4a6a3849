"""A booth, a listener and a hall, told apart by the pitch of tones: who hears whom, and how loud."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import expect

from signaling.client import Client
from tests.e2e.rooms import browser_of, browsers
from tests.e2e.sounds import headless, page, plays, until_at
from tests.events import SHORT, write
from tests.server.process import server
from tests.server.test_socket import until

EVENT = SHORT.replace(
    "venues:\n",
    "languages: [en, ja]\ninterpreters:\n  booth: {name: Booth 1, languages: [en, ja], seats: 2}\nvenues:\n",
).replace("tokio: {name: Tokio", "tokio: {name: Tokio, language: ja")
FLOOR, BOOTH, NOBODY = 0, 1, 5
UNDER_DB = 20
"""How much lower the floor is under an interpretation."""


async def test_a_listener_and_a_hall_hear_the_interpreter_and_the_floor_as_loud_as_they_should(
    tmp_path: Path,
) -> None:
    errors: list[str] = []
    both = [FLOOR, BOOTH]
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path, EVENT), tmp_path / "data"))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await stack.enter_async_context(headless(running.link("venue", "krefeld"), "krefeld", FLOOR))
        playwright = await stack.enter_async_context(browsers())
        browser = await stack.enter_async_context(browser_of(playwright, tmp_path, "tokio", NOBODY))
        await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
        await moderator.command("start")
        listener = await stack.enter_async_context(page(browser, running.link("viewer"), errors, lang="ja"))
        hall = await stack.enter_async_context(page(browser, running.link("venue", "tokio"), errors))
        for device in ("speaker", "interpretation"):
            sink = {"speaker": "hall", "interpretation": "infrared"}[device]
            await hall.get_by_test_id(f"{device}-select").select_option(sink)
        await hall.get_by_test_id("start-button").click()

        # The page is in Japanese, so it listens to the channel, which nobody feeds yet.
        status = listener.get_by_test_id("channel")
        await listener.locator("[data-testid='channel'][data-status='unfed']").wait_for()
        await plays(listener, "", [FLOOR], of=both)
        await until_at(listener, "", FLOOR)
        booth = headless(running.link("interpreter", "booth"), "booth/1", BOOTH, has_camera=False)
        async with booth:
            await until(
                moderator, lambda s: s["booths"]["booth"]["seats"].get("1", {}).get("state") == "live"
            )
            await moderator.command("interpret", booth="booth", seat="1", open=True)
            await expect(status).to_contain_text("Booth 1", use_inner_text=True)
            await until_at(listener, "", BOOTH)
            await until_at(listener, "", FLOOR, UNDER_DB)
            await until(moderator, lambda s: s["languages"]["ja"]["listeners"] == 2)

            # The hall's loudspeakers play the floor, its second output the channel alone.
            await plays(hall, "hall", [FLOOR], of=both)
            await plays(hall, "infrared", [BOOTH], of=both)
            await plays(hall, "", [], of=both)

            await listener.get_by_test_id("floor-level").fill("-42")
            await plays(listener, "", [BOOTH], of=both)
            await listener.get_by_test_id("channel-select").select_option("en")
            await listener.locator("[data-testid='channel'][data-status='spoken']").wait_for()
            await until_at(listener, "", FLOOR)
            await plays(listener, "", [FLOOR], of=both)
            await listener.reload()
            await listener.locator("[data-testid='channel'][data-status='spoken']").wait_for()
            await listener.get_by_test_id("channel-select").select_option("ja")
            await plays(listener, "", [BOOTH], of=both)
        # The booth's line has dropped: everybody is back on the floor, and told.
        await plays(listener, "", [FLOOR], of=both)
        await plays(hall, "infrared", [FLOOR], of=both)
        await listener.locator("[data-testid='channel'][data-status='unfed']").wait_for()
        assert errors == []

"""Talkback, flags, messages and cues between a desk and a hall: heard by its pitch in the right output alone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from signaling.client import Client
from tests.e2e.rooms import browser_of, browsers
from tests.e2e.sounds import headless, page, plays, until_at
from tests.events import SHORT, write
from tests.server.process import server
from tests.server.test_socket import until

FLOOR, DESK, HALL = 0, 3, 5
LOWERED_DB = 20


async def test_a_word_aside_is_heard_in_headphones_with_the_programme_lowered_and_nowhere_else(
    tmp_path: Path,
) -> None:
    errors: list[str] = []
    all_codes = [FLOOR, DESK, HALL]
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path, SHORT), tmp_path / "data"))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await stack.enter_async_context(headless(running.link("venue", "krefeld"), "krefeld", FLOOR))
        viewer = await stack.enter_async_context(headless(running.link("viewer")))
        playwright = await stack.enter_async_context(browsers())
        pages = {}
        for name, code, link in (
            ("desk", DESK, running.link("moderator")),
            ("hall", HALL, running.link("venue", "tokio")),
        ):
            browser = await stack.enter_async_context(browser_of(playwright, tmp_path, name, code))
            pages[name] = await stack.enter_async_context(page(browser, link, errors))
        desk, hall = pages["desk"], pages["hall"]
        await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
        await moderator.command("start")
        await hall.get_by_test_id("speaker-select").select_option("hall")
        await hall.get_by_test_id("start-button").click()
        await until(moderator, lambda s: s["sources"]["tokio"]["state"] == "live")
        await plays(hall, "hall", [FLOOR], of=all_codes)

        # Without headphones a hall sees that the desk talks, and hears nothing of it.
        await desk.get_by_test_id("talk-tokio").wait_for()
        await desk.keyboard.down("k")
        await hall.get_by_test_id("talks").get_by_text("choose headphones").wait_for()
        await plays(hall, "hall", [FLOOR], of=all_codes)
        await desk.keyboard.up("k")
        await hall.get_by_test_id("talks").get_by_text("choose headphones").wait_for(state="detached")

        await hall.get_by_test_id("devices-button").click()
        await hall.get_by_test_id("headphones-select").select_option("headset")
        microphone = hall.get_by_test_id("talk-microphone-select")
        await microphone.select_option(index=1)
        await hall.get_by_test_id("done-button").click()
        await plays(hall, "headset", [FLOOR], of=all_codes)
        await desk.get_by_test_id("tile-talk-tokio").hover()
        await desk.mouse.down()
        await desk.locator("[data-testid='tile-talk-tokio'][aria-pressed='true']").wait_for()
        await hall.get_by_test_id("talks").get_by_text("The desk is talking to you").wait_for()
        await plays(hall, "headset", [FLOOR, DESK], of=all_codes)
        await until_at(hall, "headset", FLOOR, LOWERED_DB)
        await plays(hall, "hall", [FLOOR], of=all_codes)
        # Leaving the window ends it, as the end of the press would not arrive.
        await desk.evaluate("window.dispatchEvent(new Event('blur'))")
        await until_at(hall, "headset", FLOOR)
        await plays(hall, "headset", [FLOOR], of=all_codes)
        await desk.mouse.up()

        # The hall answers. The desk's sound is off until it is switched on.
        await hall.keyboard.down("k")
        await desk.get_by_test_id("call-tokio").wait_for()
        await plays(desk, "", [], of=all_codes)
        await desk.get_by_test_id("sound-button").click()
        await plays(desk, "", [FLOOR, HALL], of=all_codes)
        await hall.keyboard.up("k")
        await desk.get_by_test_id("call-tokio").wait_for(state="detached")
        await plays(desk, "", [FLOOR], of=all_codes)
        assert {code for codes in viewer.heard.values() for code in codes} <= {FLOOR}
        assert errors == []

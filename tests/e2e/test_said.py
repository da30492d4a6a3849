"""What a screen reader says by itself: each item, fault and message once, and nothing that follows the clock."""

from __future__ import annotations

from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page

from signaling.client import Client
from tests.e2e.conftest import knows
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.e2e.sounds import headless
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

pytestmark = pytest.mark.timeout(300)  # ten seconds, and minutes on a busy machine
EVENT = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
defaults: {fallback: [slate]}
venues:
  krefeld: {name: Krefeld}
  tokio: {name: Tokio, timezone: Asia/Tokyo}
guests:
  uchida: {name: Miki Uchida, timezone: Asia/Tokyo}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: krefeld}
  - {id: two, title: Two, duration: 10m, source: tokio}
  - {id: three, title: Three, duration: 10m, source: uchida}
"""
SAID = (Path(__file__).parent / "said.js").read_text("utf-8")
POLITELY, AT_ONCE = False, True
SECONDS = 4
"""So many are watched while nothing happens."""
_SHOWN_CLOCK = "document.querySelector('.time-left-clock').textContent"


@dataclass
class Reader:
    """A page, and somebody who hears what it says."""

    name: str
    page: Page

    async def hears(self, text: str, at_once: bool) -> None:
        """Wait until this is said."""
        await self.page.wait_for_function(
            "([text, atOnce]) => said.texts.some((one) => one.text.includes(text) && one.atOnce === atOnce)",
            arg=[text, at_once],
        )

    async def heard(self) -> list[str]:
        """All that was said so far, each with its place on the page."""
        return [f"{one['where']}: {one['text']}" for one in await self.page.evaluate("said.texts")]


async def test_each_item_fault_and_message_is_said_once_and_no_clock(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(
            server(write(tmp_path, EVENT), tmp_path / "data", "--at", "10:00")
        )
        playwright = await stack.enter_async_context(browsers())
        browser = await stack.enter_async_context(browser_of(playwright, tmp_path, "krefeld", 0))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        tokio = await stack.enter_async_context(AsyncExitStack())
        await tokio.enter_async_context(headless(running.link("venue", "tokio"), "tokio", 1))

        async def reader(role: str, id_: str | None = None, join: str | None = None) -> Reader:
            page = await browser.new_page(locale="en-GB")
            page.set_default_timeout(WITHIN)
            await page.add_init_script(SAID)
            await page.goto(running.link(role, id_))
            if join:
                await page.get_by_test_id(join).click()
            # The state comes before the page is drawn from it: what it begins with is read as a whole.
            await page.wait_for_function("() => said.texts.some(({ where }) => where === 'item-said')")
            await page.evaluate("said.faults.splice(0)")
            return Reader(role, page)

        desk, stage = await reader("moderator"), await reader("stage")
        hall = await reader("venue", "krefeld", "start-button")
        guest = await reader("guest", "uchida", "join-button")
        readers = [desk, stage, hall, guest]
        await until(moderator, lambda s: all(source["state"] == "live" for source in s["sources"].values()))
        await moderator.command("start")
        for one in readers:
            await one.hears("Now: One · Next: Two", POLITELY)
        await hall.hears("On air", POLITELY)
        await hall.page.get_by_test_id("flag-button").click()
        await hall.page.get_by_test_id("flag-no-sound").click()
        await desk.hears("Krefeld", AT_ONCE)
        await hall.page.keyboard.press("Escape")
        await moderator.command("message", to="all", text="Please wait", level="urgent")
        await moderator.command("message", to="krefeld", text="Thank you")
        await moderator.command("cue", to="stage", what="louder")
        for one in (stage, hall, guest):
            await one.hears("Please wait", AT_ONCE)
        await hall.hears("Thank you", POLITELY)
        await stage.hears("Louder", AT_ONCE)
        await moderator.command("next", **{"from": "one"})
        for one in readers:
            await knows(one.page, "two")
            await one.hears("Now: Two · Next: Three", POLITELY)
        await moderator.command("take", source="slate")
        await desk.hears("By hand: ", POLITELY)
        await moderator.command("release")
        was_there = len(await desk.heard())
        await tokio.aclose()
        await desk.page.wait_for_function(
            "(from) => said.texts.slice(from).some(({ text, atOnce }) => atOnce && text.includes('Tokio'))",
            arg=was_there,
        )

        before = {one.name: len(await one.heard()) for one in readers}
        for one in readers:
            for _ in range(SECONDS):
                shown = await one.page.evaluate(_SHOWN_CLOCK)
                await one.page.wait_for_function(f"shown => {_SHOWN_CLOCK} !== shown", arg=shown)
        faults: list[str] = []
        for one in readers:
            heard = await one.heard()
            often = Counter(line.split(":")[0] for line in heard[before[one.name] :])
            assert max(often.values(), default=0) < SECONDS - 1, heard
            found = await one.page.evaluate("said.faults")
            # That a message which was just sent is not read yet needs no saying.
            faults += [f"{one.name}: {fault}" for fault in found if not fault.startswith("seen-")]
            once = Counter(line for line in heard if "Now:" in line or "Please" in line or "Thank" in line)
            assert once, heard
            assert set(once.values()) == {1}, once
        # On a busy machine its picture may have stood still before.
        since = (await desk.heard())[was_there:]
        missing = [line for line in since if line.startswith("alarms: ") and "Tokio" in line]
        assert missing
        assert len(set(missing)) == len(missing), missing
        assert faults == [], "\n".join(faults)

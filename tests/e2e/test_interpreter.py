"""A booth of two seats in real browsers, and a listener who tells them apart by the pitch of their tones."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Playwright, expect

from signaling.client import Client
from tests.e2e.rooms import Room, browsers, room
from tests.events import BOOTH, write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

ANNA, BEN, LISTENER = 1, 2, 3
SEATS = [ANNA, BEN]
BOTH_SAY = """words =>
  document.querySelector("[data-testid=handover-both]")?.textContent.includes(words)"""


@dataclass
class Kabine:
    """A server whose show has begun in German, and browsers beside it."""

    server: ServerProcess
    desk: Client
    playwright: Playwright
    folder: Path
    stack: AsyncExitStack

    async def opened(self, role: str, id_: str, code: int, language: str = "en") -> Room:
        link = self.server.link(role, id_).replace("/j#", f"/j?lang={language}#")
        opening = room(self.playwright, self.folder, link, id_, code)
        return await self.stack.enter_async_context(opening)

    async def seat(self, name: str, code: int) -> Room:
        """An interpreter who has entered the booth."""
        opened = await self.opened("interpreter", "kabine", code)
        await opened.page.get_by_test_id("seat-name").fill(name)
        await opened.page.get_by_test_id("enter-button").click()
        await until(self.desk, lambda s: s["booths"]["kabine"]["seats"].get(name, {}).get("state") == "live")
        return opened

    async def listener(self) -> Room:
        """A viewer who reads Japanese, and so listens to the Japanese channel."""
        opened = await self.opened("viewer", "viewer", LISTENER, "ja")
        await until(self.desk, lambda s: s["languages"]["ja"]["listeners"] == 1)
        return opened


@pytest_asyncio.fixture(loop_scope="session")
async def kabine(tmp_path: Path) -> AsyncIterator[Kabine]:
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path, BOOTH), tmp_path / "data"))
        playwright = await stack.enter_async_context(browsers())
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await desk.command("start")
        yield Kabine(running, desk, playwright, tmp_path, stack)


async def switch_says(seat: Room, state: str) -> None:
    await expect(seat.page.get_by_test_id("console-switch")).to_have_attribute("data-state", state)


async def test_the_switch_says_on_air_while_listeners_hear_the_seat_and_muted_while_it_coughs(
    kabine: Kabine,
) -> None:
    anna = await kabine.seat("Anna", ANNA)
    listener = await kabine.listener()
    await switch_says(anna, "off")
    await listener.hears([], of=SEATS)

    await anna.page.keyboard.press("m")
    await switch_says(anna, "on-air")
    await until(kabine.desk, lambda s: s["languages"]["ja"]["seat"] == "Anna")
    await expect(anna.page.get_by_test_id("listeners")).to_have_text("1 listener")
    await listener.hears([ANNA], of=SEATS)

    await anna.page.keyboard.down("c")
    await switch_says(anna, "muted")
    await listener.hears([], of=SEATS)
    # A key-up that another window receives does not leave the seat muted.
    await anna.page.evaluate("window.dispatchEvent(new Event('blur'))")
    await switch_says(anna, "on-air")
    await listener.hears([ANNA], of=SEATS)
    await anna.page.keyboard.up("c")

    # The floor changes to the channel's language: the channel follows.
    await kabine.desk.command("floor", language="ja")
    await expect(anna.page.get_by_test_id("direction")).to_have_text("日本語→Deutsch")
    await switch_says(anna, "on-air")
    await anna.page.keyboard.press("b")
    await switch_says(anna, "floor")
    await listener.hears([], of=SEATS)
    assert anna.errors == []


async def test_a_seat_asks_the_other_to_take_over_and_both_are_heard_for_a_moment(kabine: Kabine) -> None:
    anna, ben = await kabine.seat("Anna", ANNA), await kabine.seat("Ben", BEN)
    listener = await kabine.listener()
    await anna.page.keyboard.press("m")
    await listener.hears([ANNA], of=SEATS)
    await ben.hears([ANNA], of=SEATS)  # a closed seat hears its partner
    await anna.hears([], of=SEATS)  # nobody hears the own channel

    await anna.page.keyboard.press("h")
    await expect(ben.page.get_by_test_id("handover-asked")).to_contain_text("Anna asks you to take over")
    # Both are on for five seconds only, so the pages are watched from before.
    async with asyncio.TaskGroup() as pages:
        for seat, words in ((anna, "You go off"), (ben, "Anna goes off")):
            pages.create_task(seat.page.wait_for_function(BOTH_SAY, arg=words))
        await ben.page.keyboard.press("m")
    await switch_says(anna, "off")
    await switch_says(ben, "on-air")
    await listener.hears([BEN], of=SEATS)
    await anna.hears([BEN], of=SEATS)
    assert (anna.errors, ben.errors) == ([], [])


async def test_a_seat_that_switches_off_without_a_server_is_muted_at_once(kabine: Kabine) -> None:
    anna = await kabine.seat("Anna", ANNA)
    await anna.page.keyboard.press("m")
    await switch_says(anna, "on-air")

    await kabine.server.kill()
    await expect(anna.page.get_by_test_id("console-switch")).to_have_attribute("data-known", "no")
    await anna.page.keyboard.press("m")
    await switch_says(anna, "muted")
    await expect(anna.page.get_by_test_id("switch-late")).to_be_visible()
    # Its microphone sends silence.
    await anna.page.wait_for_function("() => !window.schalte.call.getSenders().some((s) => s.track?.enabled)")


async def test_a_third_interpreter_sees_who_fills_the_booth_and_takes_the_seat_that_gets_free(
    kabine: Kabine,
) -> None:
    await kabine.seat("Anna", ANNA)
    ben = await kabine.seat("Ben", BEN)
    third = await kabine.opened("interpreter", "kabine", LISTENER)
    note = third.page.get_by_test_id("seat-note")
    await expect(note).to_have_text("The booth is full: Anna and Ben sit here.")
    await expect(third.page.get_by_test_id("seat-name")).to_have_count(0)
    await expect(third.page.get_by_test_id("enter-button")).to_be_disabled()
    await ben.page.get_by_test_id("devices-button").click()
    await ben.page.get_by_test_id("leave-seat").click()
    await expect(note).to_have_text("In the booth: Anna")
    await third.page.get_by_test_id("enter-button").click()
    await until(kabine.desk, lambda s: s["booths"]["kabine"]["seats"].get("1", {}).get("state") == "live")

"""A preset with its flash, sound and read-back, and flags of a hall, a guest and a booth until the desk answers."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page, expect

from signaling.client import Client
from tests.e2e.rooms import browser_of, browsers
from tests.e2e.sounds import page
from tests.events import BOOTH, write
from tests.server.process import server

EVENT = BOOTH.replace("name: Tokio,", "name: Tokio, contact: 'Regie Tokio, +81 3 1234 5678',").replace(
    "{name: Krefeld}", "{name: Krefeld, contact: 02151 123456}"
)
INFO, URGENT = [660], [880, 1175, 880]
"""Pitches of the sounds in Hz."""
CLOCK = re.compile(r"✓ read \d\d:\d\d")


async def tones(of: Page, *, device: str) -> list[int]:
    """The pitches that the page has made since it was asked last. All were played on this device."""
    made = await of.evaluate("() => window.outputs.tones.splice(0)")
    assert {tone["sink"] for tone in made} <= {device}
    return [tone["hertz"] for tone in made]


async def test_messages_are_noticed_and_read_back_and_flags_stand_until_they_are_answered(
    tmp_path: Path,
) -> None:
    errors: list[str] = []
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(server(write(tmp_path, EVENT), tmp_path / "data"))
        moderator = await stack.enter_async_context(await Client.open(running.link("moderator")))
        playwright = await stack.enter_async_context(browsers())
        browser = await stack.enter_async_context(browser_of(playwright, tmp_path, "tokio", 5))
        desk, hall, guest, booth, stage = [
            await stack.enter_async_context(page(browser, running.link(role, id_), errors, lang=lang))
            for role, id_, lang in (
                ("moderator", None, "en"),
                ("venue", "tokio", "ja"),
                ("guest", "uchida", "de"),
                ("interpreter", "kabine", "en"),
                ("stage", None, "de"),
            )
        ]
        await hall.get_by_test_id("headphones-select").select_option("headset")
        await hall.get_by_test_id("start-button").click()
        await guest.get_by_test_id("join-button").click()
        await booth.get_by_test_id("enter-button").click()
        await booth.get_by_test_id("flag-button").wait_for()
        await guest.get_by_test_id("flag-button").wait_for()

        # Two presses at the desk: a place, a preset. The hall reads it in its language, and hears it in its headphones.
        await desk.get_by_test_id("to-tokio").click()
        await desk.get_by_test_id("preset-wrap-up").click()
        message = hall.get_by_test_id("message-tokio")
        await expect(message).to_contain_text("巻きでお願いします")
        await expect(hall.get_by_test_id("flash")).to_have_class("flash info")
        await hall.wait_for_function("() => window.outputs.tones.length === 1")
        assert await tones(hall, device="headset") == INFO
        read_back = desk.get_by_test_id("seen-tokio")
        await expect(read_back).to_contain_text("not read yet")
        await hall.get_by_test_id("message-away-tokio").click()
        await expect(read_back).to_have_text(CLOCK)
        await message.wait_for(state="detached")
        await expect(hall.get_by_test_id("message-done-tokio")).to_have_count(0)

        # An urgent one to all, the one sound beside an open microphone, stays in a line until the desk removes it.
        await moderator.command("mic", source="uchida", open=True)
        await guest.wait_for_function("() => schalte.state.sources.uchida.mic")
        await desk.get_by_test_id("to-uchida").click()
        await desk.get_by_test_id("preset-louder").click()
        await expect(guest.get_by_test_id("message-uchida")).to_contain_text("Bitte lauter")
        await desk.get_by_test_id("to-all").click()
        await desk.get_by_test_id("message-level").select_option("urgent")
        await desk.get_by_test_id("preset-last-question").click()
        await guest.wait_for_function("() => window.outputs.tones.length >= 3")
        assert await tones(guest, device="") == URGENT
        await expect(stage.get_by_test_id("message-all")).to_contain_text("Letzte Frage")
        await guest.get_by_test_id("message-away-all").click()
        await booth.keyboard.press("r")
        read_back = desk.get_by_test_id("seen-all")
        await expect(read_back).to_contain_text(re.compile(r"✓ read: Miki Uchida \d\d:\d\d"))
        await expect(read_back).to_contain_text(re.compile(r"Kabine 1 \d\d:\d\d"))
        await expect(read_back).to_contain_text("not read yet: Tokio")
        await expect(read_back).to_contain_text("not connected: Krefeld, Berlin")
        await guest.get_by_test_id("message-done-all").wait_for()
        await desk.get_by_test_id("standing-away-all").click()
        await guest.get_by_test_id("message-done-all").wait_for(state="detached")

        # The hall calls, and says what is wrong; the desk reads it in its own language, with whom to call.
        await hall.get_by_test_id("flag-button").click()
        await hall.get_by_test_id("flag-no-sound").click()
        flag = desk.get_by_test_id("flag-tokio")
        await expect(flag).to_contain_text("Tokio calls · No sound here")
        await expect(flag.get_by_role("link")).to_have_attribute("href", "tel:+81312345678")
        await desk.get_by_test_id("details-button-one").click()  # whose hall has not come
        away = desk.get_by_test_id("details-one").get_by_test_id("contact-krefeld")
        await expect(away.get_by_role("link")).to_have_attribute("href", "tel:02151123456")
        await desk.get_by_test_id("flag-answer-tokio").click()
        await expect(desk.get_by_test_id("message-text")).to_be_focused()
        await desk.keyboard.type("Coming")
        await desk.keyboard.press("Enter")
        await flag.wait_for(state="detached")
        await expect(message).to_contain_text("Coming")
        await expect(hall.get_by_test_id("flag-button")).to_contain_text("✓ 進行担当が確認")

        # The guest in words of their own, and the booth by its key.
        await guest.get_by_test_id("flag-button").click()
        await guest.get_by_test_id("flag-text").fill("Ich höre ein Echo")
        await guest.get_by_test_id("flag-send").click()
        await expect(desk.get_by_test_id("flag-uchida")).to_contain_text(
            "Miki Uchida calls · Ich höre ein Echo"
        )
        await booth.keyboard.press("d")
        await desk.get_by_test_id("flag-kabine").wait_for()
        for of, by in (("uchida", guest), ("kabine", booth)):
            await desk.get_by_test_id(f"flag-away-{of}").click()
            await desk.get_by_test_id(f"flag-{of}").wait_for(state="detached")
            await expect(by.get_by_test_id("flag-button")).to_contain_text("✓")
        assert errors == []

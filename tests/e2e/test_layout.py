"""Every page at the sizes of desks, hall machines and phones: clocks are whole, buttons at hand, pictures in sight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from playwright.async_api import Page

from signaling.client import Client
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.e2e.waiting import resize
from tests.events import write
from tests.server.process import ServerProcess, server

HALLS = ["krefeld", "berlin", "tokio", "osaka", "kyoto", "nagoya", "kobe", "hamburg"]
GUESTS = ["tanaka", "weber", "sato", "uchida"]
INPUTS = dict.fromkeys(["krefeld", "uchida"], "[main, slides]")
"""Of the hall and the guest whose pages are looked at."""
NOTES = "Mind the gap between the two stages. " * 12
EVENT = "\n".join(
    [
        "event: {title: Deutsch-Japanischer Wirtschaftstag in zehn Orten, date: 2026-03-14,"
        " timezone: Europe/Berlin, presets: {last-question: {de: Noch eine letzte Frage, ja: 最後の質問です}}}",
        "defaults: {fallback: [slate]}",
        "languages: [de, ja]",
        "interpreters: {kabine: {name: Kabine 1, languages: [de, ja], seats: 2}}",
        "venues:",
        *(f"  {hall}: {{name: {hall.capitalize()}, inputs: {INPUTS.get(hall, '[main]')}}}" for hall in HALLS),
        "guests:",
        *(
            f"  {guest}: {{name: {guest.capitalize()}, timezone: Asia/Tokyo, inputs: {INPUTS.get(guest, '[main]')}}}"
            for guest in GUESTS
        ),
        "agenda:",
        "  - {id: one, title: Begrüßung durch den Präsidenten der Gesellschaft, start: 10:00, duration: 1m,"
        f" source: uchida, notes: {NOTES!r}}}",
        "  - {id: two, title: 日独の企業の出会いとこれからの協力の可能性について, duration: 30m, source: sato}",
        *(f"  - {{id: {hall}, title: From {hall}, duration: 30m, source: {hall}}}" for hall in HALLS),
        "  - {id: panel, title: Podium, duration: 30m, source: krefeld, with: [berlin, tokio, uchida, weber],"
        " layout: grid}",
    ]
)
"""Fourteen sources. The guest who is last among them is on air with the camera alone, the one before is next."""
LONG = ("Please check the sound in the hall at once: there is a hum from radio link three. " * 7)[:500]
SIZES = [(1366, 768), (1440, 900), (1920, 1080), (740, 360), (390, 844), (360, 640)]
STAGE_SIZES = [(1920, 1080), (1024, 768), (768, 1024), (1080, 1920), (390, 844)]
LANGUAGES = ["de", "ja"]
PANEL_LANGUAGES = ["de", "en", "ja"]
NOTHING_COUNTED = "\N{EN DASH}:\N{EN DASH}\N{EN DASH}"
PLACES = {
    "moderator": None,
    "venue": "krefeld",
    "guest": "uchida",
    "interpreter": "kabine",
    "viewer": None,
    "stage": None,
}
JOIN = {"venue": "start-button", "guest": "join-button", "interpreter": "enter-button"}
_FAULTS, _DIALOG_FAULTS, _STAGE_FAULTS = (
    (Path(__file__).parent / name).read_text("utf-8") for name in ("layout.js", "dialog.js", "stage.js")
)


async def test_clocks_are_whole_and_buttons_at_hand_on_every_page_at_every_size(tmp_path: Path) -> None:
    event = write(tmp_path, EVENT)
    async with server(event, tmp_path / "data", "--at", "10:00") as before:
        await before.command(type="start", id="1")
    # An item of a minute has run for thirteen, in a rehearsal, which the pages say in their header.
    async with server(event, tmp_path / "data", "--at", "10:13") as running, browsers() as playwright:
        async with await Client.open(running.link("moderator")) as moderator:
            await moderator.command("message", to="all", text=LONG, level="urgent")
        async with browser_of(playwright, tmp_path, "krefeld", 0) as browser:
            faults: dict[str, list[str]] = {}
            for role in PLACES:
                page = await browser.new_page()
                page.set_default_timeout(WITHIN)
                for language in LANGUAGES:
                    await page.goto("about:blank")
                    link = running.link(role, PLACES[role])
                    await page.goto(link.replace("/j#", f"/j?lang={language}#"))
                    if role in ("guest", "interpreter") and language == LANGUAGES[0]:
                        await page.get_by_test_id(JOIN[role]).wait_for()
                        if role == "guest":
                            await page.get_by_test_id("message-all").wait_for()
                        await _look(page, f"{role} before joining, {language}", faults)
                    await _join(page, role, language)
                    await _look(page, f"{role}, {language}", faults)
                if role == "moderator":
                    await _read_notes(page)
                await page.close()
            assert faults == {}


async def test_the_panel_of_join_links_fits_at_every_size(tmp_path: Path) -> None:
    async with server(write(tmp_path, EVENT), tmp_path / "data") as running, browsers() as playwright:
        for place in ("krefeld", "hamburg"):
            running.link("venue", place)
        running.link("venue", "krefeld", 3600.0)
        async with browser_of(playwright, tmp_path, "krefeld", 0) as browser:
            faults: dict[str, list[str]] = {}
            page = await browser.new_page()
            page.set_default_timeout(WITHIN)
            async with await Client.open(running.link("venue", "krefeld")):
                for language in PANEL_LANGUAGES:
                    await page.goto("about:blank")
                    await page.goto(running.link("moderator").replace("/j#", f"/j?lang={language}#"))
                    await _look_at_panel(page, language, faults)
            assert faults == {}


async def _look_at_panel(page: Page, language: str, faults: dict[str, list[str]]) -> None:
    """Each dialog of the panel."""
    await page.get_by_test_id("joinlinks-button").click()
    await page.get_by_test_id("joinlinks-revoke-place-krefeld").wait_for()
    await _look(page, f"panel, {language}", faults, _DIALOG_FAULTS)
    hall = page.get_by_test_id("joinlinks-place-venue-hamburg")
    for open_, close in (
        (page.get_by_test_id("joinlinks-revoke-role-venue"), "joinlinks-cancel"),
        (page.get_by_test_id("joinlinks-make"), "joinlinks-cancel"),
        (page.get_by_test_id("joinlinks-print"), "joinlinks-sheets-close"),
        (hall.locator("[data-testid^=joinlink-show-]"), "joinlinks-shown-close"),
    ):
        await open_.click()
        if close == "joinlinks-shown-close":
            await page.get_by_test_id("joinlinks-url").wait_for()
        await _look(page, f"{close}, {language}", faults, _DIALOG_FAULTS)
        await page.get_by_test_id(close).click()


async def _look(
    page: Page,
    who: str,
    faults: dict[str, list[str]],
    script: str = _FAULTS,
    sizes: Sequence[tuple[int, int]] = SIZES,
) -> None:
    """Add what is wrong at any size."""
    for width, height in sizes:
        await resize(page, width, height)
        for fault in await page.evaluate(script):
            faults.setdefault(f"{who}: {fault}", []).append(f"{width}x{height}")


async def _join(page: Page, role: str, language: str) -> None:
    """The page as it is in the middle of the show."""
    if role in JOIN and language == LANGUAGES[0]:  # it comes back by itself then
        await page.get_by_test_id(JOIN[role]).click()
    # How long somebody talks over their time is not for an audience.
    clock = "–:––" if role == "viewer" else re.compile(r"\+1\d:")
    await page.locator(".time-left-clock").first.get_by_text(clock).wait_for()
    if role in ("venue", "guest", "stage"):
        await page.get_by_test_id("message-all").wait_for()
    if role == "guest":
        await page.locator("[data-testid=tally][data-tally=on-air]").wait_for()


async def _hurry(running: ServerProcess) -> None:
    """Leave the item on air a few seconds, if it has more."""
    state = await running.state()
    (item,) = (item for item in state["items"] if item["status"] == "on-air")
    begun, now = (datetime.fromisoformat(at) for at in (item["actual"]["start"], state["now"]))
    left = item["length_s"] - (now - begun).total_seconds()
    if left > 10:
        await running.command(id="hurry", type="extend", seconds=round(5 - left))


async def _read_notes(page: Page) -> None:
    """Long notes are read whole, by a click in the card and by the keyboard in the agenda."""
    await resize(page, 1366, 768)
    card = page.get_by_test_id("on-air-notes")
    whole = "e => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1"
    assert not await card.evaluate(whole)
    await card.click()
    assert await card.evaluate(whole)
    await card.click()
    assert await page.get_by_test_id("notes-one").count() == 0
    await page.get_by_test_id("details-button-one").press("Enter")
    await page.get_by_test_id("notes-one").get_by_text(NOTES.strip()).wait_for()


async def test_a_stage_display_is_whole_and_legible_in_every_state_and_without_its_server(
    tmp_path: Path,
) -> None:
    event = write(tmp_path, EVENT)
    async with server(event, tmp_path / "data", "--at", "10:00") as before:
        await before.command(type="start", id="1")
    async with server(event, tmp_path / "data", "--at", "10:00") as running, browsers() as playwright:
        async with browser_of(playwright, tmp_path, "krefeld", 0) as browser:
            faults: dict[str, list[str]] = {}
            page = await browser.new_page()
            page.set_default_timeout(WITHIN)
            await page.goto(running.link("stage").replace("/j#", "/j?lang=de#"))
            # The item of a minute, a talk with a long title, the same in the last two minutes and seconds, and over.
            commands: tuple[tuple[str, dict[str, object]], ...] = (
                ("warn", {}),
                ("calm", {"type": "goto", "item": "two"}),
                ("warn", {"type": "extend", "seconds": -1695}),
                ("danger", {"type": "extend", "seconds": -80}),
                ("over", {"type": "message", "to": "stage", "text": "Bitte zum Schluss kommen"}),
                ("over", {"type": "message", "to": "all", "text": LONG, "level": "urgent"}),
                ("over", {"type": "cue", "to": "stage", "what": "last-question"}),
                ("calm", {"type": "goto", "item": "panel"}),
                ("calm", {"type": "next", "from": "panel"}),
            )
            for number, (tone, command) in enumerate(commands):
                if tone == "over":
                    await _hurry(running)
                if command:
                    status, answer = await running.command(id=f"stage {number}", **command)
                    assert status == 200, answer
                    await page.wait_for_function("rev => schalte.revision >= rev", arg=answer["rev"])
                await page.locator(f"[data-testid=stage][data-tone={tone}]").wait_for()
                await _look(page, f"stage, {tone}, {command}", faults, _STAGE_FAULTS, STAGE_SIZES)
            assert await page.get_by_test_id("time-left").inner_text() == "Beendet"
            await running.kill()
            await page.locator(":root[data-known=no]").wait_for()
            await _look(page, "stage without its server", faults, _STAGE_FAULTS, STAGE_SIZES)
            assert faults == {}

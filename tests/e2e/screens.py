"""Takes a picture of every page, at three sizes and in three languages: `python -m tests.e2e.screens [FOLDER]`.

Runs the demo with one item on air and held. Of each page it writes one sheet to docs/screens; the single pictures
go to FOLDER, to be looked at.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from signaling.client import Client
from tests.e2e.pictures import DOCS, demo
from tests.e2e.rooms import WITHIN, browsers, launch
from tests.server.test_socket import until

SHEETS = DOCS / "screens"
LANGUAGES = ("de", "en", "ja")
SIZES = ((1920, 1080), (1366, 768), (390, 844))
ROW_HEIGHT, GAP = 540, 12
"""Of a sheet, in pixels."""
BACKGROUND = "#8a9099"
ON_AIR, NEXT = "tokio-joins", "uchida-joins"
LENGTH_S = 1_800
"""How much longer the item on air gets, so that the pages show neither an end nor an overrun."""
SETTLE_MS = 1_500
"""After another size: pictures arrive in other layers."""
HELLO = {
    "de": "Bitte etwas lauter sprechen",
    "en": "Please speak up a little",
    "ja": "もう少し大きな声でお願いします",
}


@dataclass(frozen=True)
class Screen:
    """A page in the state in which it is shown."""

    name: str
    link: str | None
    """By its name in the demo's list; None: the page that asks for a code."""
    ready: str
    """The test id of what is there once the page is ready."""
    press: tuple[str, ...] = ()
    """Test ids of buttons, each time that the page was loaded."""
    join: str | None = None
    """The test id of the button to join with. After another load the page joins by itself."""
    query: str = ""
    """Of its address, behind the language."""
    place: str | None = None
    """What it takes over from the demo's room; its camera is that place's."""


SCREENS = (
    Screen("code", None, "open-code"),
    Screen("hall-entrance", "Berlin", "start-button"),
    Screen("hall", "Berlin", "program-video", join="start-button", place="berlin"),
    Screen("guest-check", "Miki Uchida", "join-button"),
    Screen("guest", "Miki Uchida", "program-video", join="join-button", place="uchida"),
    Screen("interpreter", "Kabine 1", "program-video", join="enter-button"),
    Screen("viewer", "Viewer", "program-video"),
    Screen("agenda", "Viewer", "day", query="&page=agenda"),
    Screen("stage", "Stage display", "time-left"),
    Screen("desk", "Moderator", "program-video"),
    Screen("desk-line", "Moderator", f"details-{NEXT}", press=(f"details-button-{NEXT}",)),
    Screen("desk-edit", "Moderator", "edit-form", press=(f"details-button-{NEXT}", f"edit-{NEXT}")),
    Screen("links", "Moderator", "joinlinks-make", press=("joinlinks-button",)),
    Screen("report", "Moderator", "report-standing", query="&page=report"),
)
CODES = {"berlin": 1, "uchida": 3}
"""Of the demo's places, as their cameras show them."""


async def main(folder: Path, names: Sequence[str]) -> None:
    async with demo() as links, browsers() as playwright, await Client.open(links["Moderator"]) as moderator:
        await until(moderator, lambda s: all(each["state"] == "live" for each in s["sources"].values()))
        await moderator.command("hold")
        if moderator.state["show"]["item"] != ON_AIR:
            await moderator.command("goto", item=ON_AIR)
        await moderator.command("extend", seconds=LENGTH_S)
        for screen in SCREENS:
            if names and screen.name not in names:
                continue
            browser = await launch(playwright, folder, screen.place or "", CODES.get(screen.place or "", 4))
            try:
                shots = await _shots(screen, browser, links, moderator, folder)
            finally:
                await browser.close()
            await asyncio.to_thread(_sheet, SHEETS / f"{screen.name}.webp", shots)


async def _shots(
    screen: Screen, browser: Browser, links: dict[str, str], moderator: Client, folder: Path
) -> list[list[Path]]:
    """The pictures, a row a language."""
    page = await browser.new_page(locale="en-GB")
    page.set_default_timeout(WITHIN)
    rows = []
    for language in LANGUAGES:
        await page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        await _load(page, _address(screen, links, language))
        if screen.join is not None and language == LANGUAGES[0]:
            await page.get_by_test_id(screen.join).click()
            if screen.place is not None:
                await until(moderator, lambda state: screen.place in state["waiting"])
                await moderator.command("admit", place=screen.place)
        for button in screen.press:
            await page.get_by_test_id(button).click()
        if screen.name == "stage":
            await moderator.command("message", to="stage", text=HELLO[language], level="info")
        await page.get_by_test_id(screen.ready).first.wait_for()
        base = folder / f"{screen.name}.{language}"
        rows.append([await _shot(page, screen.ready, base, size) for size in SIZES])
    return rows


def _address(screen: Screen, links: dict[str, str], language: str) -> str:
    if screen.link is None:
        return links["Moderator"].partition("/j#")[0] + f"/?lang={language}"
    found = links[screen.link]
    return found.replace("/j#", f"/j?lang={language}{screen.query}#")


async def _load(page: Page, address: str) -> None:
    # Of another link in the same tab only the fragment differs, which alone loads nothing.
    await page.goto("about:blank")
    await page.goto(address)


async def _shot(page: Page, ready: str, base: Path, size: tuple[int, int]) -> Path:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.get_by_test_id(ready).first.scroll_into_view_if_needed()
    await page.wait_for_timeout(SETTLE_MS)
    path = base.with_name(f"{base.name}.{size[0]}x{size[1]}.png")
    await page.screenshot(path=path)
    return path


def _sheet(path: Path, rows: list[list[Path]]) -> None:
    """Join pictures to one, of equal height each."""
    path.parent.mkdir(exist_ok=True)
    scaled = [[_scaled(Image.open(each)) for each in row] for row in rows]
    width = sum(each.width + GAP for each in scaled[0]) + GAP
    sheet = Image.new("RGB", (width, len(scaled) * (ROW_HEIGHT + GAP) + GAP), BACKGROUND)
    for number, row in enumerate(scaled):
        left = GAP
        for each in row:
            sheet.paste(each, (left, GAP + number * (ROW_HEIGHT + GAP)))
            left += each.width + GAP
    sheet.save(path, quality=80, method=6)


def _scaled(picture: Image.Image) -> Image.Image:
    return picture.convert("RGB").resize(
        (round(picture.width * ROW_HEIGHT / picture.height), ROW_HEIGHT), Image.Resampling.LANCZOS
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            asyncio.run(main(Path(temporary), ()))

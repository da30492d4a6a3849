"""Takes the pictures of the README: `python -m tests.e2e.pictures`. Runs the demo and looks at each page in turn."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page

from signaling.client import Client
from tests.e2e.rooms import browsers, launch
from tests.server.test_socket import until

DOCS = Path(__file__).parent.parent.parent / "docs"
CAMERAS = {"room": 1, "guest": 3}
"""Place codes; the other pages have no camera."""
PAGES: tuple[tuple[str, str, str, tuple[str, ...], str | None], ...] = (
    ("desk", "Moderator", "tokio-joins", (), None),
    ("room", "Berlin", "tokio-joins", ("start-button",), "berlin"),
    ("guest", "Miki Uchida", "tokio-joins", ("join-button",), "uchida"),
    ("interpreter", "Kabine 1", "tokio-joins", ("seat-2", "enter-button"), None),
    ("grid", "Viewer", "all-four", (), None),
)
"""Picture, link, item on air, the buttons to press, and the place that the page takes over from the demo's agent."""


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            demo() as links,
            browsers() as playwright,
            await Client.open(links["Moderator"]) as moderator,
        ):
            await until(moderator, lambda s: all(each["state"] == "live" for each in s["sources"].values()))
            for name, who, item, buttons, place in PAGES:
                if moderator.state["show"]["item"] == item:  # its clock begins anew
                    await moderator.command("goto", item="krefeld-opens")
                await moderator.command("goto", item=item)
                browser = await launch(playwright, Path(folder), who, CAMERAS.get(name, 4))
                page = await _open(browser, links[who], buttons)
                if place is not None:
                    await until(moderator, lambda s, place=place: place in s["waiting"])
                    await moderator.command("admit", place=place)
                    await page.locator("[data-testid=admission][data-status='']").wait_for(state="attached")
                await page.wait_for_timeout(2_500)
                await page.screenshot(path=DOCS / f"{name}.png")
                await browser.close()


@asynccontextmanager
async def demo() -> AsyncIterator[dict[str, str]]:
    """A running demo; its links by what it calls them."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "signaling", "demo", "--port", "8380", "--udp-port", "8381"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield await _links(process)
    finally:
        process.terminate()
        await process.wait()


async def _links(demo: asyncio.subprocess.Process) -> dict[str, str]:
    assert demo.stdout is not None
    found: dict[str, str] = {}
    while "Stage display" not in found:
        line = (await demo.stdout.readline()).decode()
        if match := re.match(r"  (\S.*?) {2,}.* (http\S+)", line):
            found[match[1].strip()] = match[2]
    return found


async def _open(browser: Browser, link: str, buttons: tuple[str, ...]) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    await page.goto(link)
    for button in buttons:
        await page.get_by_test_id(button).click()
    await page.wait_for_function(
        "() => document.querySelector('[data-testid=\"program-video\"]')?.videoWidth > 0"
    )
    return page


if __name__ == "__main__":
    asyncio.run(main())

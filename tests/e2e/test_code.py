"""Codes as people type them on the front page, and what a page says whose link or server does not let it in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, Page, expect

from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.events import SHORT, write
from tests.server.process import server

OLD_PROTOCOL = r"""
window.WebSocket = class extends WebSocket {
  set onmessage(then) {
    super.onmessage = ({ data }) => then({ data: data.replace(/"protocol":\d+/, '"protocol":0') });
  }
};
"""
"""The server speaks another protocol than the page."""
NEVER_OPENS = "window.WebSocket = class { static OPEN = 1; readyState = 0; close() {} };"


async def _page(browser: Browser, address: str, script: str = "") -> Page:
    context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    page = await context.new_page()
    page.set_default_timeout(WITHIN)
    await page.add_init_script(script)
    await page.goto(address)
    return page


async def test_a_code_is_taken_as_people_type_it_and_a_mistake_keeps_what_was_typed(tmp_path: Path) -> None:
    async with server(write(tmp_path, SHORT), tmp_path / "data") as running, browsers() as playwright:
        link = running.link("stage")
        code = link.partition("#")[2]
        full_width = "".join(chr(ord(symbol) + 0xFEE0) for symbol in code.lower())
        async with browser_of(playwright, tmp_path, "desk", 63) as browser:
            page = await _page(browser, running.url)
            field, hint = page.get_by_test_id("code"), page.get_by_test_id("code-hint")
            await expect(field).to_be_focused()
            for name, value in {
                "autocapitalize": "characters",
                "autocorrect": "off",
                "autocomplete": "off",
                "spellcheck": "false",
                "inputmode": "email",
                "enterkeyhint": "go",
            }.items():
                await expect(field).to_have_attribute(name, value)

            await field.press("Enter")
            await expect(hint).to_have_text("Type the code first.")
            await field.fill("o" + code[1:].lower())
            await field.press("Enter")
            await expect(hint).to_contain_text("No code has O in it")
            await expect(field).to_have_value("o" + code[1:].lower())
            await expect(field).to_have_attribute("aria-invalid", "true")
            await field.fill(code[:-1])
            await field.press("Enter")
            await expect(hint).to_contain_text("this has 13")
            await expect(field).to_have_value(code[:-1])

            for typed in (
                f"{code[:5]}-{code[5:9]} {code[9:].lower()}",
                f"{full_width[:5]}ー{full_width[5:]}",
                link,
            ):
                await page.goto(running.url)
                await field.fill(typed)
                await field.press("Enter")
                await page.locator(".stage").wait_for()
                assert page.url == link

            # One that is no link of this event: it can be corrected where it is.
            wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
            await page.goto("about:blank")
            await page.goto(f"{running.url}/j#{wrong}")
            await expect(page.get_by_test_id("gate-text")).to_contain_text("Check it letter by letter")
            await expect(field).to_have_value(f"{wrong[:5]}-{wrong[5:9]}-{wrong[9:]}")
            await field.fill(code)
            await field.press("Enter")
            await page.locator(".stage").wait_for()


async def test_a_page_that_cannot_begin_says_so_and_what_to_do(tmp_path: Path) -> None:
    async with server(write(tmp_path, SHORT), tmp_path / "data") as running, browsers() as playwright:
        async with browser_of(playwright, tmp_path, "desk", 63) as browser:
            page = await _page(browser, running.link("stage"), NEVER_OPENS)
            await expect(page.get_by_test_id("waiting-hint")).to_contain_text("This page keeps trying.")

            # It has reloaded itself once.
            page = await _page(browser, running.link("stage"), OLD_PROTOCOL)
            await page.get_by_role("heading", name="This page is out of date").wait_for()
            await page.get_by_test_id("gate-reload").click()
            await page.get_by_role("heading", name="This page is out of date").wait_for()

            # A wrong code from a network that has guessed too often: the page waits, and finds out later.
            async with _guessing(running.url):
                page = await _page(browser, f"{running.url}/j#7KQ2MX9F4PT3VB")
                answer = page.get_by_test_id("gate").get_by_role("heading")
                await answer.wait_for()
                while await answer.inner_text() != "Not possible right now":
                    await page.reload()  # it came to its turn between two guesses
                    await answer.wait_for()
                await expect(page.get_by_test_id("gate-text")).to_contain_text("This page keeps trying.")
            await page.get_by_role("heading", name="This link does not work").wait_for()


@asynccontextmanager
async def _guessing(url: str) -> AsyncIterator[None]:
    """Guess codes until the server slows this network down, and go on guessing."""
    slowed = asyncio.Event()

    async def guess() -> None:
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer 7KQ2MX9F4PT3VC"}) as http:
            while True:
                async with http.get(f"{url}/api/v1/state") as answer:
                    if answer.status == 429:
                        slowed.set()
                        await asyncio.sleep(0.1)

    guessing = asyncio.create_task(guess())
    try:
        async with asyncio.timeout(WITHIN / 1000):
            await slowed.wait()
        yield
    finally:
        guessing.cancel()
        await asyncio.gather(guessing, return_exceptions=True)

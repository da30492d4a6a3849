"""The desk's panel of join links: made, shown once, used, closed, revoked, printed. And what it keeps of codes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, expect

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import Link
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.events import BOOTH, write
from tests.server.process import ServerProcess, server

TITLE = "Deutsch-Japanischer Wirtschaftstag: junge und alte Firmen in Krefeld, Berlin und Tokio"
EVENT = BOOTH.replace("title: Probe", f"title: '{TITLE}'").replace(
    "languages: [de, ja]\ninter", "languages: [de, ja, en]\ninter"
)
"""With three channels, and so with viewers of three languages."""
REFUSED = '[data-testid="gate"]'


@dataclass
class Desk:
    """A moderator's page, and other pages in the same browser."""

    server: ServerProcess
    browser: Browser
    page: Page
    link: str
    requests: list[str] = field(default_factory=list)
    """The addresses of everything that the page has asked for."""

    async def open_panel(self) -> None:
        await self.page.get_by_test_id("joinlinks-button").click()
        await self.page.get_by_test_id("joinlinks-place-venue-tokio").wait_for()

    async def make(self, whom: str) -> tuple[int, str]:
        """Make a link; its number and URL. The dialog stays open."""
        await self.page.get_by_test_id("joinlinks-make").click()
        await self.page.get_by_test_id("joinlinks-whom").select_option(whom)
        await self.page.get_by_test_id("joinlinks-make-it").click()
        url = await self.page.get_by_test_id("joinlinks-url").input_value()
        made = LinkChecker(self.server.data).rows()[-1]
        return made.number, url

    async def confirm(self) -> str:
        """What the question says; then it is answered with yes."""
        said = await self.page.get_by_test_id("joinlinks-ask").inner_text()
        await self.page.get_by_test_id("joinlinks-confirm").click()
        await self.page.get_by_test_id("joinlinks-ask").wait_for(state="detached")
        return said

    async def opened(self, link: str, locale: str) -> Page:
        """A page of somebody else, in a browser of this language."""
        context = await self.browser.new_context(locale=locale)
        context.set_default_timeout(WITHIN)
        page = await context.new_page()
        await page.goto(link)
        return page


@asynccontextmanager
async def desk(folder: Path, language: str = "en", *, read_only: bool = False) -> AsyncIterator[Desk]:
    """A desk in a new browser. The links of Krefeld, of the booth and of moderators can be shown again."""
    async with server(write(folder, EVENT), folder / "data") as running, browsers() as playwright:
        running.link("venue", "krefeld")
        running.link("interpreter", "kabine")
        running.link("viewer")
        async with browser_of(playwright, folder, "krefeld", 0) as browser:
            context = await browser.new_context(viewport={"width": 1440, "height": 900}, locale=language)
            context.set_default_timeout(WITHIN)
            page = await context.new_page()
            link = running.link("moderator")
            if read_only:
                grant = Link("moderator", "moderator", "", read_only=True)
                link = link.partition("#")[0] + "#" + LinkChecker(running.data).issue(grant)
            opened = Desk(running, browser, page, link)
            page.on("request", lambda request: opened.requests.append(request.url))
            page.on("websocket", lambda socket: opened.requests.append(socket.url))
            await page.goto(link)
            await page.get_by_test_id("joinlinks-button").wait_for()
            yield opened


async def test_a_link_is_made_at_the_desk_used_closed_and_revoked(tmp_path: Path) -> None:
    async with desk(tmp_path) as moderator:
        page = moderator.page
        await moderator.open_panel()
        number, url = await moderator.make("guest uchida")
        await expect(page.get_by_test_id("joinlinks-once")).to_contain_text("only now")
        code = url.partition("#")[2]
        drawing = page.get_by_role("img", name="QR code of the link for Miki Uchida")
        await expect(drawing.locator("rect")).to_have_attribute("fill", "#fff")
        typed = await page.get_by_test_id("joinlinks-code").inner_text()
        assert typed.replace("-", "") == code
        for tag, word in (("de", "Kopfhörern"), ("ja", "ヘッドホン"), ("en", "headphones")):
            await page.get_by_test_id("joinlinks-invitation-language").select_option(tag)
            invitation = page.get_by_test_id("joinlinks-invitation")
            await expect(invitation).to_have_value(re.compile(word))
            assert url in await invitation.input_value()
        await page.get_by_test_id("joinlinks-shown-close").click()
        row = page.get_by_test_id(f"joinlink-{number}")
        await expect(row).to_contain_text("shown once")
        for secret in (code, typed):
            gone = "secret => !document.documentElement.outerHTML.includes(secret)"
            await page.wait_for_function(gone, arg=secret, timeout=WITHIN)

        guest = await moderator.opened(url, "ja-JP")
        await guest.get_by_test_id("join-button").click()
        await expect(row).to_contain_text("sends a source")
        pages = row.get_by_role("listitem")
        await expect(pages).to_contain_text("from 127.0.0.1")
        await row.get_by_role("button", name="Close page").click()
        said = await moderator.confirm()
        assert "does not come back by itself" in said
        assert "picture and sound end" in said
        await expect(guest.locator(REFUSED)).to_contain_text("進行卓がこのページを閉じました")
        await expect(pages).to_have_count(0)

        # The link is valid: a person may open it again.
        german = await moderator.opened(url, "de-DE")
        await german.get_by_test_id("join-button").wait_for()
        assert await guest.locator(REFUSED).is_visible(), "it has not come back by itself"
        await expect(pages).to_have_count(1)
        await page.get_by_test_id(f"joinlink-revoke-{number}").click()
        assert "One open page closes" in await moderator.confirm()
        await expect(german.locator(REFUSED)).to_contain_text("Dieser Link wurde widerrufen")
        await expect(row).to_have_count(0)
        await page.get_by_test_id("joinlinks-ended").locator("summary").click()
        await expect(row).to_contain_text("revoked")

        await page.keyboard.press("Escape")
        await page.get_by_test_id("joinlinks").wait_for(state="detached")
        await expect(page.get_by_test_id("joinlinks-button")).to_be_focused()
        await _has_kept_nothing(moderator, code, typed)


async def _has_kept_nothing(moderator: Desk, code: str, typed: str) -> None:
    """Neither page, storage, title nor any address has the code, nor has the server's log."""
    own = moderator.link.partition("#")[2]
    assert len(moderator.requests) > 5
    for address in moderator.requests:
        assert code not in address
        assert own not in address.partition("#")[0]
    kept = await moderator.page.evaluate(
        "[document.documentElement.outerHTML, document.title, location.href,"
        " ...Object.values(localStorage), ...Object.values(sessionStorage)].join(' ')"
    )
    lines = repr(moderator.server.lines)
    assert "the desk makes a link" in lines
    for secret in (code, typed):
        assert secret not in kept
        assert secret not in lines


async def test_a_read_only_moderator_has_no_panel(tmp_path: Path) -> None:
    async with desk(tmp_path, read_only=True) as onlooker:
        button = onlooker.page.get_by_test_id("joinlinks-button")
        await expect(button).to_be_disabled()
        await expect(button).to_have_attribute("title", re.compile("steer"))


async def test_a_moderator_whose_own_link_is_revoked_is_said_so_with_the_panel_open(tmp_path: Path) -> None:
    async with desk(tmp_path) as moderator:
        page = moderator.page
        await moderator.open_panel()
        own = page.get_by_test_id("joinlinks-role-moderator")
        await expect(own).to_contain_text("this page")
        await own.get_by_role("button", name="Revoke link").click()
        await expect(page.get_by_test_id("joinlinks-ask")).to_contain_text(
            "This desk is open with it", use_inner_text=True
        )
        await page.get_by_test_id("joinlinks-confirm").click()
        await expect(page.locator(REFUSED)).to_contain_text("revoked")
        await expect(page.locator("dialog")).to_have_count(0)


async def test_a_key_does_nothing_under_the_panel(tmp_path: Path) -> None:
    async with desk(tmp_path) as moderator:
        page = moderator.page
        await page.get_by_test_id("start-button").click()
        await expect(page.get_by_test_id("now-title")).to_have_text("One")
        await page.locator("[data-testid='next-button']:not([aria-disabled='true']):enabled").wait_for()
        await moderator.open_panel()
        await page.keyboard.press("n")
        await page.keyboard.press("Escape")
        await page.get_by_test_id("joinlinks").wait_for(state="detached")
        state = await moderator.server.state()
        assert state["show"]["item"] == "one"


async def test_the_sheets_are_those_of_places_whose_link_can_be_shown(tmp_path: Path) -> None:
    async with desk(tmp_path) as moderator:
        page = moderator.page
        await moderator.open_panel()
        number, _ = await moderator.make("venue tokio")
        await page.get_by_test_id("joinlinks-shown-close").click()
        await page.get_by_test_id(f"joinlink-{number}").wait_for()
        await page.get_by_test_id("joinlinks-print").click()
        await expect(page.get_by_test_id("joinlinks-unprintable")).to_contain_text("Berlin, Tokio")
        await expect(page.get_by_test_id("joinlinks-print-venue-krefeld")).to_be_checked()
        await page.get_by_test_id("joinlinks-print-interpreter-kabine").check()
        await page.get_by_test_id("joinlinks-print-viewer-viewer").check()
        await expect(page.get_by_test_id("joinlinks-print-now")).to_have_text("Print 3 sheets")

        await page.emulate_media(media="print")
        await expect(page.locator(".paper")).to_have_count(3)
        assert not await page.locator("#app").is_visible()
        assert not await page.locator("dialog").first.is_visible()
        hall, booth = (
            page.get_by_test_id("paper-venue-krefeld"),
            page.get_by_test_id("paper-interpreter-kabine"),
        )
        link = moderator.server.link("venue", "krefeld")
        for text in (TITLE, "Krefeld", link, "Saalrechner"):
            await expect(hall).to_contain_text(text)
        await expect(booth).to_contain_text("Headset")
        await expect(booth).to_contain_text("ヘッドセット")
        viewers = page.get_by_test_id("paper-viewer-viewer")
        for text in ("Zuschauen", "視聴", "watch"):
            await expect(viewers).to_contain_text(text)
        for paper in (hall, booth, viewers):
            assert await paper.evaluate("e => e.scrollHeight <= e.clientHeight + 1"), (
                "all of it is on its sheet"
            )
        printed = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 3
        await page.emulate_media(media="screen")
        await page.get_by_test_id("joinlinks-sheets-close").click()
        await expect(page.locator(".paper")).to_have_count(0)


async def test_no_printed_page_has_its_own_code_in_its_margin(tmp_path: Path) -> None:
    """Browsers print the page's address there."""
    async with desk(tmp_path) as moderator:
        page = moderator.page
        during = await page.evaluate(
            "() => { dispatchEvent(new Event('beforeprint')); const at = location.href;"
            " dispatchEvent(new Event('afterprint')); return at; }"
        )
        assert during == moderator.link.partition("#")[0]
        assert page.url == moderator.link

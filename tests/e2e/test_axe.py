"""axe-core finds nothing on any page: before the show, during it, in each dialog, and without a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, FilePayload, Page

from signaling.client import Client
from tests.e2e.axe import PHONE, WIDE, Inspection
from tests.e2e.rooms import WITHIN, browser_of, browsers
from tests.events import BOOTH, write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

EVENT = (
    BOOTH.replace("{name: Krefeld}", "{name: Krefeld, inputs: [main, slides], contact: 02151 12345}")
    .replace("source: krefeld}", "source: krefeld, notes: Check the microphone.}")
    .replace("source: tokio,", "source: uchida, with: [tokio], layout: grid,")
    + "  - {id: pause, title: Pause, type: break, duration: 5m}\n"
    + "  - {id: three, title: Three, start: 10:30, duration: 10m, source: tokio, hard: true}\n"
)
CHANGED = EVENT.replace("title: Three", "title: Third").replace("duration: 5m", "duration: 6m")


@dataclass
class Visit:
    running: ServerProcess
    browser: Browser
    axe: Inspection = field(default_factory=Inspection)

    async def open(self, address: str) -> Page:
        # A colour halfway between two is no colour of the page.
        page = await self.browser.new_page(reduced_motion="reduce", locale="en-GB")
        page.set_default_timeout(WITHIN)
        await page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        await page.goto(address)
        return page


async def test_axe_finds_nothing_on_any_page(tmp_path: Path) -> None:
    async with (
        server(write(tmp_path, EVENT), tmp_path / "data", "--at", "10:00") as running,
        browsers() as playwright,
        browser_of(playwright, tmp_path, "krefeld", 0) as browser,
        await Client.open(running.link("moderator")) as moderator,
    ):
        visit = Visit(running, browser)
        look = visit.axe.look
        await _codes(visit)
        desk = await visit.open(running.link("moderator"))
        await desk.get_by_test_id("start-button").wait_for()
        await look(desk, "desk before the show")
        hall, guest, booth = [await _joined(visit, *place) for place in PLACES]
        stage, viewer = await visit.open(running.link("stage")), await visit.open(running.link("viewer"))
        await until(
            moderator, lambda s: all(s["sources"][p]["state"] == "live" for p in ("krefeld", "uchida"))
        )
        await guest.locator("[data-testid=tally][data-phase=waiting]").wait_for()
        await look(guest, "green room")

        await moderator.command("start")
        await moderator.command("message", to="all", text="Please wait", level="urgent")
        await moderator.command("message", to="krefeld", text="Louder, please", level="warn")
        await hall.get_by_test_id("message-krefeld").wait_for()
        await hall.get_by_test_id("flag-button").click()
        await hall.get_by_test_id("flag-no-sound").click()
        await look(hall, "call of the hall")
        await hall.keyboard.press("Escape")
        await _hall(visit, hall)
        for page, name in ((booth, "booth"), (viewer, "viewer"), (stage, "stage")):
            await page.locator("[data-testid=message-all], [data-testid=slot-program]").first.wait_for()
            await look(page, name)
        await viewer.close()
        await booth.get_by_test_id("keys-button").click()
        await look(booth, "keys of the booth", [WIDE])
        await booth.close()
        await desk.get_by_test_id("flag-away-krefeld").wait_for()
        await _desk(visit, desk)
        await _dialogs(visit, desk)

        await moderator.command("next", **{"from": "one"})
        await guest.locator("[data-testid=tally][data-tally=on-air]").wait_for()
        await look(guest, "guest on air")
        report = await visit.open(running.link("moderator").replace("/j#", "/j?page=report#"))
        await report.get_by_test_id("report-standing").wait_for()
        await look(report, "report")

        await running.kill()
        for page, name in (
            (desk, "desk"),
            (hall, "hall"),
            (guest, "guest"),
            (stage, "stage"),
        ):
            await page.locator(":root[data-known=no]").wait_for()
            await look(page, f"{name} without a server", [WIDE])
        assert visit.axe.faults == {}, visit.axe.report()


async def _codes(visit: Visit) -> None:
    """The entry of a code: a wrong one, and one that the server refuses."""
    page = await visit.open(visit.running.url)
    await page.get_by_test_id("code").fill("X")
    await page.get_by_test_id("open-code").click()
    await visit.axe.look(page, "code")
    await page.goto(f"{visit.running.url}/j#7KQ2MX9F4PT3VB")
    await page.get_by_test_id("gate").wait_for()
    await visit.axe.look(page, "refused code")
    await page.close()


PLACES = [
    ("venue", "krefeld", "start-button"),
    ("guest", "uchida", "join-button"),
    ("interpreter", "kabine", "enter-button"),
]


async def _joined(visit: Visit, role: str, id_: str, join: str) -> Page:
    """A page that has been looked at before it joined, and has then joined."""
    page = await visit.open(visit.running.link(role, id_))
    await page.get_by_test_id(join).wait_for()
    await visit.axe.look(page, f"entrance of the {role}")
    await page.get_by_test_id(join).click()
    await page.get_by_test_id(join).wait_for(state="detached")
    return page


async def _hall(visit: Visit, hall: Page) -> None:
    await visit.axe.look(hall, "hall on air")
    await hall.get_by_test_id("devices-button").click()
    await visit.axe.look(hall, "devices of the hall")
    await hall.get_by_test_id("done-button").click()
    async with hall.expect_popup() as opening:
        await hall.get_by_test_id("hall-screen-button").click()
    screen = await opening.value
    await screen.get_by_test_id("hall-place").wait_for()
    # A picture for an audience, with no words that a heading would head.
    await visit.axe.look(screen, "hall screen", [WIDE], without=["page-has-heading-one"])
    await screen.close()


async def _desk(visit: Visit, desk: Page) -> None:
    """The desk with everything that can be shown on it at once."""
    for button in ("details-button-one", "details-button-three", "take-slate", "pick-krefeld", "pick-uchida"):
        await desk.get_by_test_id(button).click()
    await desk.get_by_test_id("links-button").click()
    await desk.get_by_test_id("plus-5-button").click()
    await desk.get_by_test_id("outcome").wait_for()
    await desk.get_by_test_id("plus-button").hover()
    await desk.locator("[data-testid=consequence].shown").wait_for()
    await visit.axe.look(desk, "desk")
    await desk.get_by_test_id("links-button").click()


async def _dialogs(visit: Visit, desk: Page) -> None:
    look = visit.axe.look
    await desk.get_by_test_id("keys-button").click()
    await look(desk, "keys of the desk", [PHONE])
    await desk.get_by_test_id("keys-close").click()
    file = FilePayload(name="new.yaml", mimeType="text/yaml", buffer=CHANGED.encode())
    await desk.get_by_test_id("reload-file").set_input_files(file)
    await desk.get_by_test_id("reload-changed").wait_for()
    await look(desk, "reload", [PHONE])
    await desk.get_by_test_id("reload-cancel").click()
    await desk.get_by_test_id("joinlinks-button").click()
    hall = desk.get_by_test_id("joinlinks-place-venue-krefeld")
    await hall.wait_for()
    await look(desk, "join links")
    for open_, close in (
        (hall.locator("[data-testid^=joinlink-revoke-]").first, "joinlinks-cancel"),
        (desk.get_by_test_id("joinlinks-make"), "joinlinks-cancel"),
        (desk.get_by_test_id("joinlinks-print"), "joinlinks-sheets-close"),
        (hall.locator("[data-testid^=joinlink-show-]").first, "joinlinks-shown-close"),
    ):
        await open_.click()
        await desk.get_by_test_id(close).wait_for()
        await look(desk, f"join links, {close}", [PHONE])
        await desk.get_by_test_id(close).click()
    await desk.get_by_test_id("joinlinks-close").click()

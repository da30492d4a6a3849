"""Every page in Firefox: guest, viewer, desk and interpreter, what they show and what is heard. And halls whose network
lets no UDP through."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from bridge.room.tone import pitch
from signaling.client import Client
from tests.e2e.bidi import Page
from tests.e2e.firefox import FIREFOX, PULSEAUDIO, firefox
from tests.e2e.sounds import headless
from tests.events import BOOTH, write
from tests.network.namespaces import Net, Site
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

pytestmark = pytest.mark.skipif(
    not (FIREFOX and PULSEAUDIO),
    reason="not installed; on Debian: apt-get install firefox-esr pulseaudio",
)
BERLIN, OWN = 1, 4
"""Place codes of a headless hall, and of Firefox's microphone."""
WITHIN_S = 120.0
MOVES = """async (id) => {
  let video = null;
  while (!(video = document.querySelector(`[data-testid='${id}']`))) await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 6; frame++) await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
}"""
"""Returns once the picture has had six more frames."""


@dataclass
class Hotel:
    """A server, and a site from which Firefox opens pages."""

    running: ServerProcess
    inside: Site
    site: Site
    desk: Client
    folder: Path
    stack: AsyncExitStack

    def link(self, role: str, id_: str | None = None, language: str = "en") -> str:
        url = f"http://{self.site.to(self.inside)}:{self.running.port}"
        return (
            self.running.link(role, id_).replace(self.running.url, url).replace("/j#", f"/j?lang={language}#")
        )

    async def browser(self, **preferences: bool | int | str) -> Page:
        """A Firefox whose microphone sounds the pitch of `OWN`."""
        changed = {"media.navigator.audio.fake_frequency": pitch(OWN)} | preferences
        opening = firefox(self.folder, self.site, self.site.to(self.inside), changed=changed)
        return await self.stack.enter_async_context(opening)

    async def live(self, place: str) -> None:
        await until(self.desk, lambda s: s["sources"][place]["state"] == "live", WITHIN_S)


async def hears(page: Page, *codes: int, of: tuple[int, ...]) -> None:
    """Wait until, of the pitches of the places `of`, the page receives those of `codes` and no others."""
    pitches = [[code, pitch(code)] for code in of]
    await page.until(
        "async (pitches, wanted) => String(await window.probe.hears(pitches)) === String(wanted)",
        pitches,
        list(codes),
    )


@pytest_asyncio.fixture(loop_scope="session")
async def hotel(internet: Net, tmp_path: Path) -> AsyncIterator[Hotel]:
    async with AsyncExitStack() as stack:
        inside, site = internet.site("server"), internet.site("hotel")
        stack.enter_context(inside.entered())
        options = ("--host", "0.0.0.0", "--media-address", inside.v4)
        running = await stack.enter_async_context(server(write(tmp_path, BOOTH), tmp_path / "data", *options))
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        await desk.command("start")
        yield Hotel(running, inside, site, desk, tmp_path, stack)


async def test_viewer_desk_and_guest_see_and_hear_the_programme(hotel: Hotel) -> None:
    page = await hotel.browser()
    async with headless(hotel.running.link("venue", "berlin"), "berlin", BERLIN) as berlin:
        await hotel.live("berlin")
        await hotel.desk.command("take", source="berlin")
        for role in ("viewer", "moderator"):
            await page.goto(hotel.link(role))
            await page.evaluate(MOVES, "program-video")
            await hears(page, BERLIN, of=(BERLIN, OWN))
            await page.screenshot(hotel.folder / f"{role}.png")
        await page.evaluate(MOVES, "view-berlin")

        await page.goto(hotel.link("guest", "uchida"))
        await page.evaluate(MOVES, "own-preview")
        await page.click("join-button")
        await hotel.live("uchida")
        await hears(page, BERLIN, of=(BERLIN, OWN))
        await hotel.desk.command("take", source="uchida")
        await berlin.slots["mic1"].plays(OWN)
        await page.screenshot(hotel.folder / "guest.png")
        assert page.errors == []


async def test_an_interpreter_hears_the_floor_and_is_heard_in_the_channel(hotel: Hotel) -> None:
    page = await hotel.browser()
    async with (
        headless(hotel.running.link("venue", "berlin"), "berlin", BERLIN),
        headless(hotel.running.link("venue", "tokio"), "tokio") as tokio,
    ):
        await hotel.live("berlin")
        await hotel.desk.command("take", source="berlin")
        await page.goto(hotel.link("interpreter", "kabine"))
        await page.click("enter-button")
        await until(hotel.desk, lambda s: s["booths"]["kabine"]["seats"].get("1", {}).get("state") == "live")
        await hears(page, BERLIN, of=(BERLIN, OWN))
        await tokio.client.listen("ja")
        await page.press("m")
        await until(hotel.desk, lambda s: s["languages"]["ja"]["seat"] == "1")
        await tokio.slots["interpretation"].until(lambda r: bool(r.sounds) and r.sounds[-1] == (OWN,))
        await page.screenshot(hotel.folder / "interpreter.png")
        assert page.errors == []


PATH = """async () => {
  const stats = await window.schalte.call.getStats();
  const pair = [...stats.values()].find((one) => one.type === "candidate-pair" && one.selected);
  const local = pair && stats.get(pair.localCandidateId);
  return local && pair.bytesReceived > 0 && [local.candidateType, local.protocol];
}"""
"""The type and the protocol of the selected pair's local candidate."""


async def test_a_hall_without_udp_is_on_air_over_the_http_port(hotel: Hotel) -> None:
    hotel.site.block("udp")
    page = await hotel.browser()
    async with headless(hotel.running.link("venue", "berlin"), "berlin", BERLIN) as berlin:
        await page.goto(hotel.link("venue", "krefeld"))
        await page.click("start-button")
        await hotel.live("krefeld")
        assert await page.until(PATH) in (["host", "tcp"], ["prflx", "tcp"])
        await hotel.live("berlin")
        await hotel.desk.command("take", source="berlin")
        await hears(page, BERLIN, of=(BERLIN, OWN))
        await page.evaluate(MOVES, "program-video")
        await hotel.desk.command("take", source="krefeld")
        await berlin.slots["mic1"].plays(OWN)
        state = await until(hotel.desk, lambda s: s["sources"]["krefeld"]["link"])
        assert state["sources"]["krefeld"]["link"]["transport"] == "tcp"
        assert page.errors == []


async def test_a_browser_without_webrtc_says_so(hotel: Hotel) -> None:
    page = await hotel.browser(**{"media.peerconnection.enabled": False})
    await page.goto(hotel.link("viewer"))
    await page.until(
        "(words) => document.querySelector(`[data-testid='unsupported']`)?.innerText.includes(words)",
        "This browser cannot take part",
    )
    assert page.errors == []

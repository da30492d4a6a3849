"""A hall's page in Firefox: it is seen, sees every cut, and comes back after a reload, a restart and a new address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from signaling.client import Client
from tests.e2e.bidi import Page
from tests.e2e.conftest import PLACES, SLATE_ONLY
from tests.e2e.firefox import FIREFOX, firefox
from tests.e2e.rooms import SMALL, Room, browsers, room
from tests.events import write
from tests.network.namespaces import Net, Site
from tests.server import test_rooms
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

pytestmark = pytest.mark.skipif(
    FIREFOX is None, reason="Firefox is not installed; on Debian: apt-get install firefox-esr"
)
CUTS = 10
WITHIN_S = 120.0
"""For what a browser does; nothing here measures speed."""
COLOURS = """async (id) => {
  const video = document.querySelector(`[data-testid='${id}']`);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d");
  const found = new Set();
  for (;;) {
    if (video.videoWidth > 0) {
      context.drawImage(video, 0, video.videoHeight / 4, video.videoWidth, video.videoHeight / 2, 0, 0, 16, 16);
      const pixels = context.getImageData(0, 0, 16, 16).data;
      const [first, last] = [pixels.slice(0, 3), pixels.slice(-4, -1)];
      const isPlain = first.every((value, n) => Math.abs(value - last[n]) < 12);
      if (isPlain && Math.max(...first) > 100) found.add([...first].map((value) => value >> 5).join());
    }
    if (found.size > 2) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}"""
"""Returns once the picture has been plain in three colours: that of Firefox's camera changes from frame to frame."""


@dataclass
class Evening:
    """A server, and Berlin's hall in a Chromium on its machine. The show has begun."""

    running: ServerProcess
    inside: Site
    krefeld: Site
    desk: Client
    berlin: Room
    folder: Path
    stack: AsyncExitStack

    def link(self, role: str, id_: str | None = None) -> str:
        """A join link as it is opened at Krefeld."""
        url = f"http://{self.krefeld.to(self.inside)}:{self.running.port}"
        return self.running.link(role, id_).replace(self.running.url, url)

    async def hall(self) -> Page:
        """Krefeld's hall in a Firefox, after Start."""
        opening = firefox(self.folder, self.krefeld, self.krefeld.to(self.inside))
        page = await self.stack.enter_async_context(opening)
        await page.goto(self.link("venue", "krefeld"))
        await page.click("start-button")
        await self.live("krefeld", "berlin")
        return page

    async def live(self, *places: str) -> None:
        await until(self.desk, lambda s: all(s["sources"][p]["state"] == "live" for p in places), WITHIN_S)

    async def is_seen(self) -> None:
        """Krefeld's picture is on air, moves, and is seen in Chromium."""
        await self.desk.command("take", source="krefeld")
        await self.berlin.page.evaluate(f"({COLOURS})('program-video')")


@pytest_asyncio.fixture(loop_scope="session")
async def evening(internet: Net, tmp_path: Path) -> AsyncIterator[Evening]:
    async with AsyncExitStack() as stack:
        inside, krefeld = internet.site("server"), internet.site("krefeld")
        stack.enter_context(inside.entered())
        options = ("--host", "0.0.0.0", "--media-address", inside.v4)
        running = await stack.enter_async_context(
            server(write(tmp_path, SLATE_ONLY), tmp_path / "data", *options)
        )
        desk = await stack.enter_async_context(await Client.open(running.link("moderator")))
        playwright = await stack.enter_async_context(browsers())
        opening = room(
            playwright, tmp_path, running.link("venue", "berlin"), "berlin", PLACES["berlin"], SMALL
        )
        berlin = await stack.enter_async_context(opening)
        await berlin.page.get_by_test_id("start-button").click()
        await desk.command("start")
        yield Evening(running, inside, krefeld, desk, berlin, tmp_path, stack)


async def shows(page: Page, code: int) -> None:
    """Wait until the programme is the picture of the place with this code."""
    await page.until("(code) => window.probe.code('program-video') === code", code)


async def test_a_hall_in_firefox_is_seen_and_sees_every_cut(evening: Evening) -> None:
    tokio_link = evening.running.link("venue", "tokio")
    async with test_rooms.room(tokio_link):
        page = await evening.hall()
        await evening.is_seen()
        await evening.live("tokio")
        state = await until(evening.desk, lambda s: s["sources"]["krefeld"]["link"])
        source = state["sources"]["krefeld"]
        assert (source["codec"], source["link"]["transport"]) == ("VP8", "udp")
        await evening.desk.command("take", source="berlin")
        await shows(page, PLACES["berlin"])
        await page.evaluate("() => window.probe.watch()")
        before = await page.evaluate("() => window.probe.stats()")
        for cut in range(1, CUTS + 1):
            place = ("berlin", "tokio")[cut % 2]
            await evening.desk.command("take", source=place)
            await shows(page, PLACES[place])
        after = await page.evaluate("() => window.probe.stats()")
        seen = await page.evaluate("() => window.probe.seen()")
        assert seen == [PLACES[("berlin", "tokio")[cut % 2]] for cut in range(CUTS + 1)]
        assert after["pliCount"] == before["pliCount"], "no cut left it without a keyframe"
        assert after["framesDecoded"] > before["framesDecoded"]
        assert await page.evaluate("() => window.probe.negotiations()") == 1
        assert (page.errors, evening.berlin.errors) == ([], [])


async def test_a_hall_in_firefox_comes_back_by_itself(evening: Evening) -> None:
    page = await evening.hall()
    await evening.is_seen()

    await page.reload()
    await evening.desk.command("take", source="berlin")
    await shows(page, PLACES["berlin"])
    await evening.live("krefeld")
    await evening.is_seen()

    site = evening.krefeld
    site.run("ip addr del 10.77.2.2/24 dev uplink")
    site.run("ip addr add 10.77.2.9/24 dev uplink")
    site.run("ip route replace default via 10.77.2.1")
    await evening.desk.command("take", source="berlin")
    await page.until("() => window.schalte.negotiations > 1")
    await shows(page, PLACES["berlin"])
    await evening.live("krefeld")
    await evening.is_seen()

    was = evening.running
    await was.kill()
    ports = ("--port", str(was.port), "--udp-port", str(was.udp_port))
    again = server(was.event, was.data, *ports, "--host", "0.0.0.0", "--media-address", evening.inside.v4)
    evening.running = await evening.stack.enter_async_context(again)
    evening.desk = await evening.stack.enter_async_context(await Client.open(was.link("moderator")))
    await evening.live("krefeld", "berlin")
    await evening.is_seen()
    await evening.desk.command("take", source="berlin")
    await shows(page, PLACES["berlin"])

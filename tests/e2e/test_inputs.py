"""A hall sends its slides beside its camera: a shared browser tab, on air while it stands, and until it is ended."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from bridge.source.stall import SCREEN_STALL_S
from signaling.client import Client
from tests.e2e.rooms import LARGE, LOOK_INTERVAL_MS, WITHIN, browsers, room
from tests.events import write
from tests.server.process import server
from tests.server.test_socket import until

EVENT = """\
event: {title: Probe, date: 2026-03-14, timezone: Europe/Berlin}
venues:
  tokio: {name: Tokio, inputs: [main, slides]}
agenda:
  - {id: one, title: One, start: 10:00, duration: 10m, source: tokio, with: [tokio/slides], layout: pip}
  - id: two
    title: Two
    duration: 10m
    source: tokio/slides
    with: [tokio]
    layout: pip
    fallback: [tokio, slate]
"""
CAMERA, SLIDES = 3, 40
"""The codes of their pictures."""
DECK = "Slide deck"
CONNECTIONS = """window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...options) {
    super(...options);
    window.connections.push(this);
  }
};"""
"""Keeps the page's peer connections."""
DELAYS = """() => window.connections.some((connection) =>
  connection.getSenders().some(({ track }) => track?.label === "MediaStreamAudioDestinationNode"))"""
"""Whether a sound is sent that has gone through the page's delay."""


def slide(code: int) -> str:
    """A page that shows a code as a test card does, and whose heading moves while it is animated."""
    bits = [1, *(code >> n & 1 for n in range(5, -1, -1))]
    bits.append(1 - sum(bits[1:]) % 2)
    cells = "".join(f"<i style='background:{'#fff' if bit else '#000'}'></i>" for bit in [*bits, *[0] * 8])
    return f"""<title>{DECK}</title>
<style>
  body {{ margin: 0; height: 100vh; display: grid; grid-template-rows: 1fr 6vh; }}
  h1 {{ width: 10em; }}
  .moving {{ animation: move 0.5s infinite; }}
  @keyframes move {{ to {{ transform: translateX(10em); }} }}
  div {{ display: grid; grid-template-columns: repeat(16, 1fr); }}
</style>
<h1>Industrie 4.0</h1><div>{cells}</div>"""


async def _shares(hall: Page, phase: str) -> None:
    """Wait until the hall's page shows its slides in this phase."""
    await hall.locator(f"[data-testid='input-tokio/slides'][data-phase={phase}]").wait_for()


async def _shows(page: Page, video: str, code: int) -> None:
    await page.wait_for_function(
        "([video, code]) => window.probe.code(video) === code",
        arg=[video, code],
        timeout=WITHIN,
        polling=LOOK_INTERVAL_MS,
    )


def _states(state: dict[str, Any]) -> tuple[str, str]:
    return state["sources"]["tokio"]["state"], state["sources"]["tokio/slides"]["state"]


async def _stay(desk: Client, seconds: float) -> None:
    """The slides stay live and on air so long; each change of the state is looked at.

    The camera is the control: a machine that stands still stalls it first, and then the time begins anew.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    async for state in desk:
        camera, slides = _states(state)
        if camera != "live":
            end = loop.time() + seconds
            continue
        assert slides == "live"
        assert state["program"]["source"] == "tokio/slides", "they left the screen"
        if loop.time() > end:
            return


async def test_slides_are_on_air_while_they_stand_and_until_they_are_ended(tmp_path: Path) -> None:
    flags = [f"--auto-select-tab-capture-source-by-title={DECK}"]
    async with (
        server(write(tmp_path, EVENT), tmp_path / "data") as running,
        browsers() as playwright,
        await Client.open(running.link("moderator")) as desk,
        room(
            playwright, tmp_path, "about:blank", "Tokio", CAMERA, LARGE, CONNECTIONS, flags, asks=True
        ) as opened,
    ):
        hall = opened.page
        await hall.context.grant_permissions(["camera", "microphone"], origin=running.url)
        deck = await hall.context.new_page()
        await deck.set_content(slide(SLIDES))
        await hall.bring_to_front()
        await hall.goto(running.link("venue", "tokio"))
        await hall.get_by_test_id("start-button").click()
        await until(desk, lambda s: s["sources"]["tokio"]["state"] == "live")
        offers = await opened.negotiations()
        await hall.get_by_test_id("inputs-button").click()
        await hall.get_by_test_id("input-start-tokio/slides").click()
        await _shares(hall, "sending")
        await until(desk, lambda s: _states(s) == ("live", "live"))
        await desk.command("start")
        viewer = await hall.context.new_page()
        await viewer.goto(running.link("viewer"))
        await _shows(viewer, "program-video", CAMERA)
        await viewer.get_by_test_id("second-video").wait_for()

        # In the item after it they fill the screen, sharp, with the camera in the corner.
        await desk.command("next", **{"from": "one"})
        await _shows(viewer, "program-video", SLIDES)
        await _shows(viewer, "second-video", CAMERA)
        assert (
            await viewer.evaluate(
                "getComputedStyle(document.querySelector('[data-testid=program-video]')).objectFit"
            )
            == "contain"
        )

        # A film that ends on a slide: the browser sends one frame a second from then on.
        await deck.evaluate("document.querySelector('h1').className = 'moving'")
        await _stay(desk, 1.0)
        await deck.evaluate("document.querySelector('h1').className = ''")
        await _stay(desk, 2 * SCREEN_STALL_S)
        await _shows(viewer, "program-video", SLIDES)

        # Ended outside of the page, as in the browser's own bar.
        await deck.close()
        await until(desk, lambda s: s["sources"]["tokio/slides"]["state"] == "absent")
        await _shares(hall, "faulty")
        await _shows(viewer, "program-video", CAMERA)
        assert await opened.negotiations() == offers, "the camera's connection is its own"
        assert opened.errors == []

        # After a reload the camera is back by itself, and the slides after a press.
        deck = await hall.context.new_page()
        await deck.set_content(slide(SLIDES))
        await hall.bring_to_front()
        await hall.reload()
        await hall.locator("[data-testid='input-chip-tokio/slides'].again").click()
        await until(desk, lambda s: s["sources"]["tokio"]["state"] == "live")
        await hall.get_by_test_id("input-start-tokio/slides").click()
        await until(desk, lambda s: _states(s) == ("live", "live"))
        await _shows(viewer, "program-video", SLIDES)
        await hall.get_by_test_id("input-stop-tokio/slides").click()
        await until(desk, lambda s: _states(s) == ("live", "absent"))

        # The same input as a camera with a microphone, whose sound is sent later than it is captured.
        await hall.get_by_test_id("input-content-tokio/slides").select_option("camera")
        await hall.get_by_test_id("input-camera-tokio/slides").select_option(index=1)
        await hall.get_by_test_id("input-sound-tokio/slides").select_option(index=1)
        await hall.get_by_test_id("input-start-tokio/slides").click()
        await until(desk, lambda s: _states(s) == ("live", "live"))
        assert not await hall.evaluate(DELAYS)
        lip_sync = hall.get_by_test_id("lip-sync")
        await lip_sync.locator("summary").click()
        await hall.get_by_test_id("sound-delay").fill("200")
        await hall.wait_for_function(DELAYS)
        await hall.reload()
        await hall.wait_for_function(DELAYS)
        await hall.get_by_test_id("input-chip-tokio/slides").click()
        await expect(lip_sync.locator("summary")).to_contain_text("200 ms")
        assert opened.errors == []

"""The way into a hall's page: permission, devices, test tone, the check of the line, and what the page keeps."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import expect

from signaling.client import Client
from tests.e2e.conftest import PLACES, SLATE_ONLY
from tests.e2e.rooms import Room, browsers, room
from tests.events import write
from tests.network.pages import behind
from tests.network.relay import Relay, relay
from tests.server.process import server
from tests.server.test_socket import until

SENT_OPUS = r"""(async () => {
  for (const stats of (await window.schalte.call.getStats()).values())
    if (stats.type === "codec" && /opus/.test(stats.mimeType) && /stereo=1/.test(stats.sdpFmtpLine))
      for (const sent of (await window.schalte.call.getStats()).values())
        if (sent.type === "outbound-rtp" && sent.codecId === stats.id) return stats.sdpFmtpLine;
  return "";
})()"""
"""How the browser encodes the sound that it sends."""

HEARS_LOUDSPEAKERS = r"""
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
const room = new AudioContext();
const microphone = new MediaStreamAudioDestinationNode(room);
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) {
  if (this.context !== room) {
    const echo = new OscillatorNode(room, { frequency: this.frequency.value });
    echo.connect(new GainNode(room, { gain: 0.05 })).connect(microphone);
    start.call(echo);
    this.addEventListener("ended", () => echo.stop());
  }
  return start.apply(this, when);
};
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const opened = await open(wanted);
  const sound = wanted.audio ? microphone.stream.clone().getAudioTracks() : [];
  return new MediaStream([...opened.getVideoTracks(), ...sound]);
};
"""
"""The microphone hears what oscillators of the page play, and nothing else."""


NARROW_BPS = 1_000_000


@asynccontextmanager
async def hall(
    folder: Path, script: str = "", *, asks: bool = False, down_bps: int = 0
) -> AsyncIterator[tuple[Room, Client, Relay]]:
    """Krefeld's page, which has not joined, a moderator, and the line of the page."""
    async with (
        server(write(folder, SLATE_ONLY), folder / "data") as running,
        browsers() as playwright,
        await Client.open(running.link("moderator")) as moderator,
        relay(running.udp_port) as line,
    ):
        line.down.rate = down_bps
        link, code, script = running.link("venue", "krefeld"), PLACES["krefeld"], behind(line.port) + script
        async with room(playwright, folder, link, "krefeld", code, script=script, asks=asks) as opened:
            yield opened, moderator, line


async def test_the_line_is_measured_before_joining_and_the_choice_is_kept(tmp_path: Path) -> None:
    async with hall(tmp_path, down_bps=NARROW_BPS) as (krefeld, moderator, path):
        page = krefeld.page
        line = page.get_by_test_id("line-measured")
        await line.and_(page.locator("[data-verdict]:not([data-verdict='720p'])")).wait_for()
        text = await line.inner_text()
        for figure in ("round trip", "loss", "up "):
            assert figure in text
        down = re.search(r"down ([\d.]+) Mbit/s", text)
        assert down is not None, text
        # What the line lets through, and no more. The readings of a busy page are not quite a second apart.
        assert 0.5 < float(down[1]) < 1.3
        path.down.rate = 0
        assert moderator.state["sources"]["krefeld"]["state"] == "absent", "nobody is shown the test picture"

        # The browser's own fake microphone does not hear the loudspeakers.
        await page.get_by_test_id("test-main").click()
        await page.get_by_test_id("tone-main").and_(page.locator("[data-tone='not-heard']")).wait_for()

        presets = page.get_by_test_id("presets")
        await expect(presets).to_have_attribute("data-preset", "mixer")
        await page.get_by_test_id("preset-laptop").check()
        await page.reload()
        await presets.and_(page.locator("[data-preset='laptop']")).wait_for()
        await page.get_by_test_id("preset-mixer").check()

        await page.get_by_test_id("start-button").click()
        await until(moderator, lambda state: state["sources"]["krefeld"]["state"] == "live")
        sent = await page.evaluate(SENT_OPUS)
        assert "stereo=1" in sent, "a mixer is sent in stereo"


async def test_a_refused_camera_is_explained_for_this_browser_and_goes_on_once_it_is_allowed(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path, HEARS_LOUDSPEAKERS, asks=True) as (krefeld, _, _):
        page = krefeld.page
        protocol = await page.context.new_cdp_session(page)

        target = (await protocol.send("Target.getTargetInfo"))["targetInfo"]

        async def permit(setting: str) -> None:
            for name in ("camera", "microphone"):
                await protocol.send(
                    "Browser.setPermission",
                    {
                        "permission": {"name": name},
                        "setting": setting,
                        "browserContextId": target["browserContextId"],
                    },
                )

        await permit("denied")
        await page.reload()
        await page.get_by_test_id("allow-button").click()
        help_here = page.get_by_test_id("where-to-click")
        await help_here.wait_for()
        await expect(help_here).to_have_attribute("data-browser", "chrome")
        await expect(help_here).to_contain_text("to the left of the address", use_inner_text=True)
        await expect(help_here.locator("svg")).to_have_count(1)
        await page.evaluate("window.same = true")
        await permit("granted")
        await help_here.wait_for(state="detached")
        assert await page.evaluate("window.same"), "without a reload"
        await page.wait_for_function(
            "() => document.querySelector('[data-testid=setup-preview]').videoWidth > 0"
        )
        await page.get_by_test_id("test-main").click()
        await page.get_by_test_id("tone-main").and_(page.locator("[data-tone='heard']")).wait_for()


async def test_a_browser_without_webrtc_is_told_so_in_place_of_the_page(tmp_path: Path) -> None:
    async with hall(tmp_path, "delete window.RTCPeerConnection;") as (krefeld, _, _):
        said = await krefeld.page.get_by_test_id("unsupported").inner_text()
        assert "Open the same link in a current Chrome, Edge, Firefox or Safari" in said
        assert krefeld.errors == []

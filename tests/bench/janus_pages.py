"""Minimal pages for Janus in the isolated network: a publisher and a subscriber, each behind its own lossy line."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, Playwright

from tests.bench.halls import CODES, VIEWER, Hall, prepare
from tests.bench.janus import Janus
from tests.bench.netns import ADDRESS
from tests.e2e import rooms
from tests.network.process import line

URL = "http://localhost/"
"""A secure context, required for the camera. Nothing is fetched from there."""
_HTML = """<!doctype html><video data-testid="program-video" autoplay playsinline></video><script>
const pc = new RTCPeerConnection();
// Where `window.probe` looks.
window.schalte = { call: pc, slots: {} };
const stream = new MediaStream();
document.querySelector('video').srcObject = stream;
pc.ontrack = ({ track, transceiver }) => {
  stream.addTrack(track);
  window.schalte.slots[transceiver.mid] = track.kind === 'video' ? 'program' : 'mic1';
};
window.offer = async (video) => {
  const own = await navigator.mediaDevices.getUserMedia({ audio: true, video });
  own.getTracks().forEach((track) => pc.addTrack(track, own));
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};
window.answer = async (sdp) => {
  await pc.setRemoteDescription({ type: 'offer', sdp });
  await pc.setLocalDescription();
  return pc.localDescription.sdp;
};
window.accept = (sdp) => pc.setRemoteDescription({ type: 'answer', sdp });
</script>"""
_SIZE = {"width": rooms.SMALL[0], "height": rooms.SMALL[1], "frameRate": 25}
_CANDIDATE = re.compile(r"^(a=candidate:(?:\S+ ){4})\S+ (\d+)", re.MULTILINE)


@asynccontextmanager
async def sender(playwright: Playwright, folder: Path, room: Janus, *options: str) -> AsyncIterator[Hall]:
    """The publisher, over a line with these options."""
    async with _page(playwright, folder, "krefeld", CODES["krefeld"]) as page:
        answer = await room.answer(_bare(await page.evaluate("size => window.offer(size)", _SIZE)))
        async with line(_port(answer), *options, server=ADDRESS, host=ADDRESS) as path:
            await page.evaluate("sdp => window.accept(sdp)", _through(answer, path.port))
            await page.wait_for_function("() => window.schalte.call.connectionState === 'connected'")
            yield Hall(rooms.Room("krefeld", CODES["krefeld"], page, []), path, folder)


@asynccontextmanager
async def viewer(playwright: Playwright, folder: Path, room: Janus, *options: str) -> AsyncIterator[Hall]:
    """A subscriber, over a line with these options."""
    async with _page(playwright, folder, "viewer", VIEWER) as page:
        handle, offer = await room.offer()
        async with line(_port(offer), *options, server=ADDRESS, host=ADDRESS) as path:
            answer = await page.evaluate("sdp => window.answer(sdp)", _through(offer, path.port))
            await room.accept(handle, _bare(answer))
            yield Hall(rooms.Room("viewer", VIEWER, page, []), path, folder)


@asynccontextmanager
async def _page(playwright: Playwright, folder: Path, place: str, code: int) -> AsyncIterator[Page]:
    await prepare(folder, code, place)
    browser = await rooms.launch(playwright, folder, place, code)
    try:
        page = await browser.new_page(locale="en-GB")
        page.set_default_timeout(rooms.WITHIN)
        await page.add_init_script(rooms._READ)
        await page.route(URL, lambda route: route.fulfill(body=_HTML, content_type="text/html"))
        # Not "load": a video that waits for its stream delays it.
        await page.goto(URL, wait_until="domcontentloaded")
        yield page
    finally:
        await browser.close()


def _port(sdp: str) -> int:
    """The port of Janus for this connection."""
    found = _CANDIDATE.search(sdp)
    assert found is not None, sdp
    return int(found[2])


def _through(sdp: str, port: int) -> str:
    """The description with the line's `port` as its only candidate."""
    return _CANDIDATE.sub(rf"\g<1>{ADDRESS} {port}", sdp)


def _bare(sdp: str) -> str:
    """Without the page's candidates: Janus answers to the source address of a valid check."""
    return re.sub(r"^a=candidate:.*\r\n", "", sdp, flags=re.MULTILINE)

"""Headless peers that sound a pitch, and the pitches that a page plays on each of its output devices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiortc import RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from playwright.async_api import Browser, Page

from bridge.room.tone import pitch
from signaling.client import Client
from tests.e2e.rooms import WITHIN
from tests.media.rooms import Camera, Microphone, Receiver, peer_connection

TIMEOUT_S = WITHIN / 1000
"""For each wait of a test."""
HEARD_DB, SILENT_DB = -64.0, -72.0
"""A pitch is heard above the first (a floor that talkback lowers is at -57), and not at all below the second."""
FULL_DB, TOLERANCE_DB = -37.0, 3.0
"""A headless peer's tone, played in full."""
ALL_SOUNDS = 9
"""Six microphones, two for interpretation, and talkback."""
RECORDER = (Path(__file__).parent / "recorder.js").read_text("utf-8")
OUTPUTS = (Path(__file__).parent / "outputs.js").read_text("utf-8")


@dataclass
class Headless:
    """A peer without a browser."""

    client: Client
    slots: Mapping[str, Receiver]

    @property
    def heard(self) -> dict[str, set[int]]:
        """The codes of all tones so far, by slot."""
        return {slot: {code for codes in one.sounds for code in codes} for slot, one in self.slots.items()}


@asynccontextmanager
async def headless(
    link: str, source: str | None = None, code: int = 0, *, has_camera: bool = True
) -> AsyncIterator[Headless]:
    """Join with the pitch of `code` as the sound of `source`, or only to listen."""
    tracks: list[MediaStreamTrack] = []
    if source is not None:
        tracks = [*([Camera(code)] if has_camera else []), Microphone(code)]
    pc = peer_connection(tracks, 1, ALL_SOUNDS)
    receivers: dict[str, Receiver] = {}
    async with await Client.open(link) as client:
        try:
            await pc.setLocalDescription()
            answer = await client.offer(pc.localDescription.sdp, source)
            await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
            lines = {line.mid: line for line in pc.getTransceivers()}
            receivers = {slot: Receiver(lines[mid].receiver.track) for mid, slot in answer["slots"].items()}
            yield Headless(client, receivers)
        finally:
            for receiver in receivers.values():
                await receiver.stop()
            await pc.close()


@asynccontextmanager
async def page(
    browser: Browser, link: str, errors: list[str], *, lang: str = "en", is_recorded: bool = False
) -> AsyncIterator[Page]:
    """Open a link in a context of its own, with measured outputs. `errors` collects the page's complaints.

    `is_recorded`: it has `window.recorder`, whose code comes from a blob, which the server's policy forbids."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 720}, locale="en-GB", bypass_csp=is_recorded
    )
    context.set_default_timeout(TIMEOUT_S * 1000)
    await context.add_init_script(OUTPUTS)
    if is_recorded:
        await context.add_init_script(RECORDER)
    opened = await context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    address, token = link.split("#")
    await opened.goto(f"{address}?lang={lang}#{token}")
    try:
        yield opened
    finally:
        await context.close()


async def levels(page: Page, sink: str, codes: Sequence[int]) -> dict[int, float]:
    """The level of each code's pitch on a device in dB."""
    found: list[float] = await page.evaluate(
        "([sink, pitches]) => window.outputs.levels(sink, pitches)", [sink, [pitch(code) for code in codes]]
    )
    return dict(zip(codes, found, strict=True))


async def until_levels(
    page: Page, sink: str, codes: Sequence[int], reached: Callable[[dict[int, float]], bool]
) -> None:
    """Wait until the levels on a device are so."""
    found: dict[int, float] = {}
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while not reached(found := await levels(page, sink, codes)):
                await page.wait_for_timeout(50)
    except TimeoutError:
        raise AssertionError(f"on device {sink!r}: {found}") from None


async def until_at(page: Page, sink: str, code: int, lowered_db: float = 0.0) -> None:
    """Wait until a headless peer's pitch is so much lower on a device than in full."""
    wanted = FULL_DB - lowered_db
    await until_levels(page, sink, [code], lambda found: abs(found[code] - wanted) < TOLERANCE_DB)


async def plays(page: Page, sink: str, codes: Sequence[int], *, of: Sequence[int]) -> None:
    """Wait until, of the pitches `of`, a device plays those of `codes` and no others."""
    await until_levels(
        page,
        sink,
        of,
        lambda found: all(
            found[code] > HEARD_DB if code in codes else found[code] < SILENT_DB for code in found
        ),
    )

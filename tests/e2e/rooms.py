"""Real browsers as rooms: a Chromium each, whose camera shows a test card and whose microphone hums a pitch."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright

from bridge.room.testcard import TestCard
from bridge.room.tone import pitch
from tests.devices import write_wav, write_y4m
from tests.network.namespaces import is_home

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SMALL, LARGE = (320, 180), (960, 540)
"""Sizes of a camera's picture. Of the small one a browser sends a single layer, of the large one two."""
FPS = 10
WITHIN = 120_000
"""Milliseconds within which something must have happened; nothing here measures speed."""
LOOK_INTERVAL_MS = 100
"""Between two looks at a picture, each of which copies it from the decoder. A camera has ten pictures a second."""
_DISABLED_FEATURES = (
    # The address bar's popups, which no headless window shows: two pages of their own for each new window, which take
    # 0.8 s of processor time.
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # Those that Playwright disables and that matter here. Of two such flags Chromium takes the last one alone.
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
LEAN = f"--disable-features={','.join(_DISABLED_FEATURES)}"
"""Chromium without what costs processor time and is not seen here."""

_READ = (Path(__file__).parent / "read.js").read_text("utf-8")


@dataclass
class Room:
    """A page in a browser of its own."""

    place: str
    code: int
    page: Page
    errors: list[str]

    def listen(self) -> None:
        """Note what the page complains of."""
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, line: ConsoleMessage) -> None:
        # That what a button would do is refused is an answer, which browsers log as an error.
        if line.type == "error" and not line.location["url"].endswith("/api/v1/preview"):
            self.errors.append(line.text)

    async def crash(self) -> None:
        """The page is gone at once, without a goodbye to anybody."""
        crashed = asyncio.Event()
        self.page.on("crash", lambda _: crashed.set())
        protocol = await self.page.context.new_cdp_session(self.page)
        crashing = asyncio.create_task(protocol.send("Page.crash"))
        async with asyncio.timeout(WITHIN / 1000):
            await crashed.wait()
        # Who has crashed does not answer.
        crashing.cancel()
        await asyncio.gather(crashing, return_exceptions=True)

    async def reopen(self, link: str) -> None:
        """Open `link` again, on the same machine, after a crash."""
        self.page = await self.page.context.new_page()
        self.listen()
        await self.page.goto(link)

    async def shows(self, code: int | None, video: str = "program-video") -> None:
        """Wait until the picture of `video` is that of place `code`; None: until there is no readable picture."""
        await self.page.wait_for_function(
            "([video, code]) => window.probe.code(video) === code",
            arg=[video, code],
            timeout=WITHIN,
            polling=LOOK_INTERVAL_MS,
        )

    async def seen(self) -> list[int]:
        """The places that the programme has shown since `watch`, in order, each once in a row."""
        found: list[int] = await self.page.evaluate("window.probe.seen()")
        return found

    async def stats(self) -> dict[str, Any]:
        """Of the programme's video: framesDecoded, pliCount, … as the browser counts them."""
        found: dict[str, Any] = await self.page.evaluate("window.probe.stats()")
        return found

    async def stalls(self) -> int:
        """How often the page's own camera picture stood still since `watch`: the machine had no time for it."""
        return int(await self.page.evaluate("window.probe.stalls()"))

    async def hears(self, codes: list[int], *, of: list[int]) -> None:
        """Wait until, of the pitches of all the places `of`, this page receives those of `codes` and no others."""
        async with asyncio.timeout(WITHIN / 1000):
            while await self._heard(of) != codes:
                pass  # Each look listens for a while.

    async def _heard(self, places: list[int]) -> list[int]:
        pitches = [[code, pitch(code)] for code in places]
        found: list[int] = await self.page.evaluate("pitches => window.probe.hears(pitches)", pitches)
        return found

    async def negotiations(self) -> int:
        """How often the page has negotiated. ICE restarts do not count: a machine that stands still causes some."""
        return int(await self.page.evaluate("window.probe.negotiations()"))


@dataclass
class Kept:
    """Browsers that stay open for the tests that follow: a start takes 2.3 s of processor time."""

    playwright: Playwright
    folder: Path
    """For the files of their devices."""
    open: dict[tuple[int, tuple[int, int], bool], Browser] = field(default_factory=dict)


kept: Kept | None = None
"""Those of a test run. None, as in benchmarks: each browser is started and ended where it is used."""


@asynccontextmanager
async def keeping(folder: Path) -> AsyncIterator[None]:
    """Keep browsers open until the end of this context, in the event loop that runs now."""
    global kept
    async with async_playwright() as playwright:
        kept = Kept(playwright, folder)
        try:
            yield
        finally:
            browsers, kept = kept.open, None
            for browser in browsers.values():
                await browser.close()


@asynccontextmanager
async def browsers() -> AsyncIterator[Playwright]:
    if kept is not None and is_home():
        yield kept.playwright
        return
    async with async_playwright() as playwright:
        yield playwright


def device_files(folder: Path, code: int, place: str, size: tuple[int, int]) -> tuple[Path, Path]:
    """The files that a browser plays as its camera and its microphone."""
    video, audio = folder / f"{code}.y4m", folder / f"{code}.wav"
    if not video.exists():
        card = TestCard(place, code=code, zone=ZoneInfo("Europe/Berlin"), width=size[0], height=size[1])
        write_y4m(video, card, frames=64, fps=FPS)
        write_wav(audio, pitch(code), 4)
    return video, audio


async def launch(
    playwright: Playwright,
    folder: Path,
    place: str,
    code: int,
    size: tuple[int, int] = SMALL,
    flags: Sequence[str] = (),
    executable: str | Path | None = CHROMIUM,
    asks: bool = False,
) -> Browser:
    """A browser whose camera and microphone are place `code`'s; `flags` are added to its command line.

    Everything is permitted, but where it `asks`: there the test decides.
    """
    assert executable is not None
    video, audio = await asyncio.to_thread(device_files, folder, code, place, size)
    return await playwright.chromium.launch(
        executable_path=executable,
        args=[
            LEAN,
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--mute-audio",
            "--autoplay-policy=no-user-gesture-required",
            "--allow-loopback-in-peer-connection",
            *([] if asks else ["--use-fake-ui-for-media-stream"]),
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={video}",
            f"--use-file-for-fake-audio-capture={audio}",
            *flags,
        ],
    )


@asynccontextmanager
async def browser_of(
    playwright: Playwright,
    folder: Path,
    place: str,
    code: int,
    size: tuple[int, int] = SMALL,
    flags: Sequence[str] = (),
    executable: str | Path | None = CHROMIUM,
    asks: bool = False,
    own: bool = False,
) -> AsyncIterator[Browser]:
    """As `launch`, or a kept one of the same kind. What was opened in it is closed with the context.

    `own`: the test changes the files of its devices.
    """
    if kept is None or own or not is_home() or flags or executable != CHROMIUM:
        started = await launch(playwright, folder, place, code, size, flags, executable, asks)
        try:
            yield started
        finally:
            await started.close()
        return
    key = code, size, asks
    found = kept.open.get(key)
    if found is None or not found.is_connected():
        devices = kept.folder / f"{size[0]}x{size[1]}"
        devices.mkdir(exist_ok=True)
        found = kept.open[key] = await launch(playwright, devices, place, code, size, asks=asks)
    before = set(found.contexts)
    try:
        yield found
    finally:
        for context in set(found.contexts) - before:
            await context.close()


@asynccontextmanager
async def room(
    playwright: Playwright,
    folder: Path,
    link: str,
    place: str,
    code: int,
    size: tuple[int, int] = SMALL,
    script: str = "",
    flags: Sequence[str] = (),
    executable: str | Path | None = CHROMIUM,
    asks: bool = False,
    own: bool = False,
) -> AsyncIterator[Room]:
    """Open `link` in a browser whose camera and microphone are place `code`'s; `script` runs before the page's."""
    async with browser_of(playwright, folder, place, code, size, flags, executable, asks, own) as found:
        context = await found.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
        context.set_default_timeout(WITHIN)
        await context.add_init_script(_READ)
        await context.add_init_script(script)
        opened = Room(place, code, await context.new_page(), [])
        opened.listen()
        await opened.page.goto(link)
        yield opened

"""The technician's page: what it costs beside a plain page with the same pictures, and how fast it is there.

- `ratio`: CPU time of Chromium, all its processes, while a hall sends its camera (1280x720, 30 frames a second) and
  sees the programme, against a plain page with the same pictures that does nothing else (`tests.bench.plain_page`).
  Measured in turn; the ratio is of the medians of all runs. `ratio_to_one_layer`: against a plain page that sends the
  camera in one size, as pages for two do, and not in the three layers that the bridge needs. `stepped_down`: runs in
  which the machine was too slow, so that the hall sent less; then the ratio says nothing.
- `own_picture_s`: from the request for camera and microphone, granted at once, to the first frame of the preview.
- `programme_ms`: from Join to the first frame of the programme, once the line has been checked.
- `on_air_s`: from the reload of a hall that is on air until it is on air again with a picture of the new page.
- `first_page_kb`: what a hall's page loads before it can be used, gzipped, in its largest language.

It needs a machine with nothing else on it.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import Page, Playwright

from bridge.room.testcard import TestCard
from bridge.room.tone import pitch
from signaling.client import Client, endpoint
from tests.bench.plain_page import LAYERS, ONE_LAYER, join
from tests.devices import write_wav, write_y4m
from tests.e2e import rooms
from tests.events import SHORT, write
from tests.firstload import LANGUAGES, MAX_FIRST_LOAD_BYTES, first_load
from tests.server.process import ServerProcess, server
from tests.server.test_rooms import room
from tests.server.test_socket import until

GIVE_UP_S = 90.0
"""Seconds after which one page ends with an error."""
RUNS = 5
SETTLE_S, MEASURE_S = 12.0, 10.0
"""Seconds until the bit rate has grown and the page has read its devices; and seconds that are measured."""
STARTS = 5
"""Times that the page is joined and reloaded."""
SIZE, FPS = (1280, 720), 30
MAX_CPU_RATIO = 1.3
MAX_OWN_PICTURE_S, MAX_ON_AIR_S = 2.0, 2.0
MAX_PROGRAMME_MS = 300.0
PLACE, CODE = "berlin", 1
ON_AIR = SHORT.replace("host: krefeld", "host: krefeld\ndefaults: {fallback: [slate]}")
_TIMED = """
window.timed = {};
const open = navigator.mediaDevices?.getUserMedia.bind(navigator.mediaDevices);
if (open) navigator.mediaDevices.getUserMedia = (wanted) => {
  window.timed.asked ??= performance.now();
  return open(wanted);
};
// Milliseconds from `from` to the next frame that this element presents.
window.timed.frame = (id, from) => new Promise((resolve) => {
  const look = () => {
    const video = document.querySelector(`[data-testid="${id}"]`);
    if (video) video.requestVideoFrameCallback(() => resolve(performance.now() - from));
    else setTimeout(look, 5);
  };
  look();
});
"""
_IS_ON_AIR = """async (place) => {
  const state = window.schalte?.state;
  if (state?.program.source !== place || state.sources[place].state !== "live") return false;
  const found = [...(await window.schalte.call.getStats()).values()];
  return found.some((one) => one.type === "outbound-rtp" && one.framesSent > 0);
}"""
"""The page itself sends the picture that is on air: its own connection is new after a reload."""


def run() -> Iterator[dict[str, object]]:
    yield _first_page()
    yield from asyncio.run(_measure())


def _first_page() -> dict[str, object]:
    sizes = [first_load("venue", language) for language in LANGUAGES]
    largest = max(sizes, key=lambda files: sum(files.values()))
    total = sum(largest.values())
    return {
        "bench": "console",
        "first_page_kb": round(total / 1000, 1),
        "files": len(largest),
        "reached": total <= MAX_FIRST_LOAD_BYTES,
    }


async def _measure() -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await asyncio.to_thread(_devices, folder)
        async with (
            server(write(folder, ON_AIR), folder / "data") as running,
            _far_hall(running.link("venue", "krefeld")),
            await Client.open(running.link("moderator")) as desk,
            rooms.browsers() as playwright,
        ):
            await until(desk, lambda s: s["sources"]["krefeld"]["state"] == "live", 60)
            await desk.command("start")
            console = _Console(running, desk, playwright, folder)
            return [await console.starts(), await console.reloads(), await console.cpu()]


@asynccontextmanager
async def _far_hall(link: str) -> AsyncIterator[None]:
    """A headless room, whose reports are read and discarded."""
    async with room(link) as process:
        assert process.stdout is not None
        reading = asyncio.create_task(_discard(process.stdout))
        try:
            yield
        finally:
            reading.cancel()


async def _discard(lines: asyncio.StreamReader) -> None:
    while await lines.read(1 << 16):
        pass


def _devices(folder: Path) -> None:
    card = TestCard(PLACE, code=CODE, zone=ZoneInfo("Europe/Berlin"), width=SIZE[0], height=SIZE[1])
    write_y4m(folder / f"{CODE}.y4m", card, frames=64, fps=FPS)
    write_wav(folder / f"{CODE}.wav", pitch(CODE), 4)


class _Console:
    def __init__(self, running: ServerProcess, desk: Client, playwright: Playwright, folder: Path) -> None:
        self._server, self._desk, self._playwright, self._folder = running, desk, playwright, folder
        self._link = running.link("venue", PLACE)
        self._browsers = self._stepped_down = 0

    @asynccontextmanager
    async def _page(self, address: str | None = None) -> AsyncIterator[tuple[Page, str]]:
        async with asyncio.timeout(GIVE_UP_S):
            async with self._opened(address) as opened:
                yield opened
            await until(self._desk, lambda s: s["sources"][PLACE]["state"] == "absent", GIVE_UP_S)

    @asynccontextmanager
    async def _opened(self, address: str | None = None) -> AsyncIterator[tuple[Page, str]]:
        """The hall's page, or that of another address, in a new browser; and the flag that marks its processes."""
        self._browsers += 1
        flag = f"--measured-browser={os.getpid()}-{self._browsers}"
        browser = await rooms.launch(self._playwright, self._folder, PLACE, CODE, SIZE, (flag,))
        try:
            context = await browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
            context.set_default_timeout(rooms.WITHIN)
            await context.add_init_script(_TIMED)
            page = await context.new_page()
            await page.goto(address or self._link)
            yield page, flag
        finally:
            await browser.close()

    # How fast ------------------------------------------------------------------------------------

    async def starts(self) -> dict[str, object]:
        own: list[float] = []
        programme: list[float] = []
        for _ in range(STARTS):
            async with self._page() as (page, _):
                join = page.get_by_test_id("start-button")
                await page.wait_for_function("() => timed.asked !== undefined")
                own.append(await page.evaluate("timed.frame('setup-preview', timed.asked)") / 1000)
                await join.wait_for()
                await page.locator(
                    "[data-testid=path-state][aria-busy=false]"
                ).wait_for()  # the line is checked
                programme.append(
                    await join.evaluate(
                        "(button) => { const now = performance.now(); button.click();"
                        " return timed.frame('program-video', now); }"
                    )
                )
        own_s, programme_ms = statistics.median(own), statistics.median(programme)
        return {
            "bench": "console",
            "own_picture_s": round(own_s, 2),
            "own_picture_max_s": round(max(own), 2),
            "programme_ms": round(programme_ms),
            "programme_max_ms": round(max(programme)),
            "reached": own_s <= MAX_OWN_PICTURE_S and programme_ms <= MAX_PROGRAMME_MS,
        }

    async def reloads(self) -> dict[str, object]:
        took: list[float] = []
        async with self._page() as (page, _):
            await page.get_by_test_id("start-button").click()
            await until(self._desk, lambda s: s["sources"][PLACE]["state"] == "live", 60)
            await self._desk.command("take", source=PLACE)
            await page.wait_for_function(_IS_ON_AIR, arg=PLACE)
            for _ in range(STARTS):
                await asyncio.sleep(SETTLE_S / 4)
                began = time.monotonic()
                await page.reload(wait_until="commit")
                await page.wait_for_function(_IS_ON_AIR, arg=PLACE)
                took.append(time.monotonic() - began)
            await self._desk.command("release")
        return {
            "bench": "console",
            "on_air_s": round(statistics.median(took), 2),
            "on_air_max_s": round(max(took), 2),
            "reached": statistics.median(took) <= MAX_ON_AIR_S,
        }

    # What it costs -------------------------------------------------------------------------------

    async def cpu(self) -> dict[str, object]:
        pages = {"console": None, "plain": ONE_LAYER, "plain_layers": LAYERS}
        cores: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(RUNS):
            for name, layers in pages.items():
                cores[name].append(await self._cores(layers))
        used = {name: statistics.median(found) for name, found in cores.items()}
        ratio = used["console"] / used["plain_layers"]
        return {
            "bench": "console",
            "runs": RUNS,
            **{f"{name}_cores": round(found, 3) for name, found in used.items()},
            "ratio": round(ratio, 2),
            "ratio_to_one_layer": round(used["console"] / used["plain"], 2),
            "stepped_down": self._stepped_down,
            "reached": ratio <= MAX_CPU_RATIO and not self._stepped_down,
        }

    async def _cores(self, layers: list[dict[str, object]] | None) -> float:
        """CPU time for each second of one page that sends and sees the programme: the hall's, or a plain one."""
        address = None if layers is None else f"{self._server.url}/healthz"
        async with self._page(address) as (page, flag):
            if layers is None:
                await page.get_by_test_id("start-button").click()
            else:
                await join(page, endpoint(self._link)[1], PLACE, layers)
            await page.evaluate("timed.frame('program-video', 0)")
            await until(self._desk, lambda s: s["sources"][PLACE]["state"] == "live", 60)
            await asyncio.sleep(SETTLE_S)
            before, began = _cpu_s(flag), time.monotonic()
            await asyncio.sleep(MEASURE_S)
            cores = (_cpu_s(flag) - before) / (time.monotonic() - began)
            state = await self._server.state()
            self._stepped_down += bool((state["sources"][PLACE]["devices"] or {}).get("reduced"))
            return cores


def _cpu_s(flag: str) -> float:
    """CPU time of the browser with this flag and all its processes."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    root: int | None = None
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            line = (process / "stat").read_text().rpartition(")")[2].split()
            found = flag.encode() in (process / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        pid = int(process.name)
        parents[pid] = int(line[1])
        used[pid] = sum(map(int, line[11:15])) / os.sysconf("SC_CLK_TCK")  # with ended children
        if found:
            root = pid
    if root is None:
        raise RuntimeError("the browser has ended")
    tree = {root}
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return sum(used[pid] for pid in tree)

"""Talkback: from the moderator's key to the ear.

The first figures are the bridge's part: from the route until the tone is decoded at the other end, by aiortc. `page_…`
is all of it in two Chromium pages: from the key at the desk, whose microphone is open already and hears a tone, until
20 ms of that tone are what a hall's headphones play. The output's delay is included where the browser knows it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.async_api import Page

from bridge.engine import TALKBACK, Feed
from bridge.room.tone import LEVEL_DBFS, pitch
from tests.bench.halls import NO_CHROMIUM
from tests.bench.tones import RUNS, figures, ms_until_heard, switchboard
from tests.e2e import rooms
from tests.e2e.sounds import page, plays
from tests.events import write
from tests.media.rooms import room
from tests.server.process import server

LIMIT_MS = 150
HALL, DESK = 0, 1
SOUNDS = 9
"""Received m-lines for sound, the last of which is talkback."""
LOUD = 10 ** (LEVEL_DBFS / 20) / 2
"""The amplitude of a tone that is heard: half of what the desk's microphone hears."""
HEADPHONES = "headset"
PAUSE_MS = 700
"""Between two presses of the key; the tone is gone then."""
_NOTE_KEY = (
    "addEventListener('keydown', () => { window.keyAt = performance.timeOrigin + performance.now(); }, true)"
)
_HEARD = "([hertz, loud]) => window.recorder.heardAt(hertz, loud)"


def run() -> Iterator[dict[str, object]]:
    line = figures("talkback", asyncio.run(_measure()), LIMIT_MS)
    if rooms.CHROMIUM is None:
        yield line | {"page_skipped": NO_CHROMIUM}
    else:
        took = asyncio.run(_measure_pages())
        yield line | {"page_median_ms": round(median(took), 1), "page_worst_ms": round(max(took), 1)}


async def _measure_pages() -> list[float]:
    errors: list[str] = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        running = await stack.enter_async_context(server(write(folder), folder / "data"))
        playwright = await stack.enter_async_context(rooms.browsers())
        opened: dict[str, Page] = {}
        for name, code, link in (
            ("desk", DESK, running.link("moderator")),
            ("hall", HALL, running.link("venue", "tokio")),
        ):
            browser = await rooms.launch(playwright, folder, name, code)
            stack.push_async_callback(browser.close)
            opened[name] = await stack.enter_async_context(page(browser, link, errors, is_recorded=True))
        desk, hall = opened["desk"], opened["hall"]
        await hall.get_by_test_id("headphones-select").select_option(HEADPHONES)
        await hall.get_by_test_id("start-button").click()
        await desk.get_by_test_id("talk-tokio").wait_for()
        await desk.evaluate(_NOTE_KEY)
        took = [await _ms_from_key(desk, hall) for _ in range(RUNS + 1)]
        if errors:
            raise RuntimeError(f"a page complained: {errors}")
        return took[1:]  # the first press opens the microphone


async def _ms_from_key(desk: Page, hall: Page) -> float:
    """Milliseconds from one press of the talk key until the hall's headphones play the tone."""
    await hall.evaluate("window.recorder.start()")
    await desk.keyboard.down("k")
    await plays(hall, HEADPHONES, [DESK], of=[DESK])
    await desk.keyboard.up("k")
    pressed = float(await desk.evaluate("window.keyAt"))
    heard = await hall.evaluate(_HEARD, [pitch(DESK), LOUD])
    await plays(hall, HEADPHONES, [], of=[DESK])
    await hall.wait_for_timeout(PAUSE_MS)
    if heard is None:
        raise RuntimeError("the tone was never as loud as it was sent")
    return float(heard) - pressed


async def _measure() -> list[float]:
    took = []
    async with switchboard() as board:
        async with (
            room(board, "desk", talk=DESK, video=0, audio=SOUNDS),
            room(board, "hall", source="krefeld", code=HALL, video=0, audio=SOUNDS) as hall,
        ):
            talking = {"hall": Feed("slate", talkback="talk:desk")}
            for _ in range(RUNS):
                board.route({"hall": Feed("slate")})
                await asyncio.sleep(1.0)
                hall.slots[TALKBACK].sounds.clear()
                took.append(await ms_until_heard(hall, [TALKBACK], DESK, lambda: board.route(talking)))
    return took

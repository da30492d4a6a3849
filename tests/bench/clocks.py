"""How far the clocks of pages are from the server's and from each other, from the first second on.

A page of each role loads at the same time, which is when a page is busiest. Server and browser are on one machine, so
its clock is the reference. What is compared is the time that a page has: how late a busy page draws it is not in it.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.async_api import Browser

from tests.bench.figures import percentile
from tests.e2e.rooms import browser_of, browsers
from tests.events import BOOTH, write
from tests.server.process import ServerProcess, server

ROLES = {
    "viewer": None,
    "stage": None,
    "moderator": None,
    "venue": "berlin",
    "guest": "uchida",
    "interpreter": "kabine",
}
SLOWED = (1, 4)
"""Factors by which the pages' processor is slowed down."""
FIRST_S, WATCHED_S = 1.0, 5.0
ROUNDS = 3

_WATCH = f"""() => {{
  window.errors = [];
  const look = () => {{
    if (window.schalte?.state) {{
      const before = performance.now();
      const ahead = window.schalte.time - performance.timeOrigin;
      const after = performance.now();
      window.began ??= before;
      window.errors.push([(before - window.began) / 1000, ahead - Math.min(Math.max(ahead, before), after)]);
    }}
    if (!(window.errors.at(-1)?.[0] > {WATCHED_S})) setTimeout(look, 10);
  }};
  look();
}}"""
"""Notes, from the first state on, how long after it and by how many milliseconds the page's time is ahead.

It may be interrupted while it reads: the two readings before and after it are as good.
"""


def run() -> Iterator[dict[str, object]]:
    for slowed in SLOWED:
        yield asyncio.run(_measure(slowed))


async def _measure(slowed: int) -> dict[str, object]:
    first: list[float] = []
    later: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        async with (
            server(write(Path(folder), BOOTH), Path(folder) / "data") as running,
            browsers() as playwright,
        ):
            async with browser_of(playwright, Path(folder), "krefeld", 0) as browser:
                for _ in range(ROUNDS):
                    pages = await asyncio.gather(
                        *(_errors(browser, running, role, id, slowed) for role, id in ROLES.items())
                    )
                    found = [each for errors in pages for each in errors]
                    first += [error for at, error in found if at <= FIRST_S]
                    later += [error for at, error in found if at > FIRST_S]
    return {
        "bench": "clocks",
        "cpu_slowed": slowed,
        "pages": len(ROLES) * ROUNDS,
        "first_second_p50_ms": round(percentile([abs(error) for error in first], 50), 1),
        "first_second_worst_ms": round(max(map(abs, first)), 1),
        "later_worst_ms": round(max(map(abs, later)), 1),
        "apart_worst_ms": round(max(first + later) - min(first + later), 1),
    }


async def _errors(
    browser: Browser, running: ServerProcess, role: str, id: str | None, slowed: int
) -> list[tuple[float, float]]:
    """Seconds since its first state, and by how many milliseconds its time is ahead then."""
    async with await browser.new_context() as context:
        page = await context.new_page()
        protocol = await context.new_cdp_session(page)
        await protocol.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        await page.add_init_script(f"({_WATCH})()")
        await page.goto(running.link(role, id))
        await page.wait_for_function(f"() => window.errors.at(-1)?.[0] > {WATCHED_S}", timeout=60_000)
        return [(at, error) for at, error in await page.evaluate("window.errors")]

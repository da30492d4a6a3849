"""The time of a restart: from the start of the process to the rebuilt show, after a day of some thousand log entries.

The show core makes the log: 500 items, and a command or a source report each second. The server is killed and started
several times; `page_s` is when a page that retries ten times a second has its state again. `cpu_s` is the CPU time of
the process until then: on a busy machine it is the most reliable figure. `drain_s` is how long the last one takes to
end by SIGTERM, with a page that is told.
"""

from __future__ import annotations

import asyncio
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp

from config.model import Event
from config.times import Instant, plus, seconds
from config.yamlfile import parse
from signaling.client import Client, ClientError
from signaling.show import core
from signaling.show.core import Show
from signaling.show.facts import Fact, to_json
from signaling.show.wire.commands import COMMAND
from signaling.showlog.filelog import NAME, FileLog, entry_fields
from signaling.showlog.interface import LogEntry
from signaling.showlog.lines import encode
from tests.bench.figures import percentile
from tests.bench.state import VENUES, long_day
from tests.events import write
from tests.server.process import ServerProcess, server

ENTRIES = 5_000
RESTARTS = 5
PORT = 18_089
"""Fixed, so that the page can reconnect."""


def run() -> Iterator[dict[str, object]]:
    yield asyncio.run(_measure())


async def _measure() -> dict[str, object]:
    healthy: list[float] = []
    shown: list[float] = []
    back: list[float] = []
    cpu: list[float] = []
    drained = 0.0
    text = long_day()
    with tempfile.TemporaryDirectory() as folder:
        event, data = write(Path(folder), text), Path(folder) / "data"
        item = _fill(data, parse(text, "the long day"), text)
        pace = ("--at", "08:00", "--port", str(PORT))
        async with server(event, data, *pace) as running:
            link = running.link("moderator")
            await running.kill()
        for n in range(RESTARTS):
            began = time.perf_counter()
            page = asyncio.create_task(_page(link, item))
            async with server(event, data, *pace) as running:
                async with aiohttp.ClientSession() as http, http.get(f"{running.url}/healthz") as answer:
                    answer.raise_for_status()
                healthy.append(time.perf_counter() - began)
                if (await running.state())["show"]["item"] != item:
                    raise RuntimeError("another item is on air than before")
                shown.append(time.perf_counter() - began)
                back.append(await page - began)
                cpu.append(time.clock_gettime(~running.process.pid << 3 | 2))
                await running.command(id=f"hold-{n}", type="hold" if n % 2 else "resume")
                if n + 1 < RESTARTS:
                    await running.kill()
                else:
                    drained = await _drain(running, link)
    return {
        "bench": "restart",
        "entries": ENTRIES,
        "healthy_s": round(percentile(healthy, 50), 2),
        "shown_s": round(percentile(shown, 50), 2),
        "shown_max_s": round(max(shown), 2),
        "page_s": round(percentile(back, 50), 2),
        "drain_s": round(drained, 2),
        "cpu_s": round(percentile(cpu, 50), 2),
    }


async def _drain(running: ServerProcess, link: str) -> float:
    """End it by SIGTERM. Returns how long that took."""
    async with await Client.open(link):
        began = time.perf_counter()
        running.process.send_signal(signal.SIGTERM)
        await running.process.wait()
        return time.perf_counter() - began


async def _page(link: str, item: str) -> float:
    """When a page that retries has its state."""
    while True:
        try:
            async with await Client.open(link) as page:
                if page.state["show"]["item"] == item:
                    return time.perf_counter()
        except ClientError:
            await asyncio.sleep(0.1)


def _fill(data: Path, event: Event, text: str) -> str:
    """Write the log of a long day. Returns the item that is on air at its end."""
    show, at = core.begin(event), event.agenda[0].planned.start
    lines: list[bytes] = []
    for n in range(ENTRIES):
        facts = _facts(show, n, at := plus(at, seconds(1)))
        show = core.replay(show, *facts)
        command = None if n % 4 == 2 else f"command-{n}"
        by = "media" if command is None else "moderator:desk"
        entry = LogEntry(at, by, command, n + 1, [to_json(fact) for fact in facts])
        lines.append(encode(n + 1, entry_fields(entry)))
    FileLog.open(data, text).close()
    with (data / NAME).open("ab") as file:
        file.writelines(lines)
    assert show.on_air is not None
    return show.on_air


def _facts(show: Show, n: int, at: Instant) -> Sequence[Fact]:
    """The facts of the `n`th second: items advance every 20 s and change their lengths, and halls come and go."""
    hall = f"hall-{n % VENUES}"
    wanted: dict[str, object]
    match n % 4:
        case 0 if n % 20 == 0:
            wanted = {"type": "next", "from": show.on_air} if n else {"type": "start"}
        case 2:
            is_live = show.sources[hall].state == "live"
            return core.report(show, {hall: ("stalled", "silent") if is_live else ("live", "flows")}, at)
        case other:
            wanted = {"type": "extend", "seconds": 1 if other else -1}
    return core.apply(show, COMMAND.validate_python({"id": str(n), **wanted}), at)

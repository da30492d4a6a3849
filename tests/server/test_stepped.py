"""The machine's clock is stepped during the show (by NTP or by hand): the agenda does not move.
The machine is suspended during the show: afterwards the agenda is where it would be without that.

The server is a real one. `stepped.c` shifts the clocks that it sees.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from signaling.client import Client, RequestRefused
from tests.events import write
from tests.server.process import run, server

LENGTH = 2.0
"""Seconds of each item."""
ITEMS = ("a", "b", "c")
EVENT = """\
event: {title: Stepped, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}}
defaults: {advance: auto}
agenda:
  - {id: a, title: A, start: 10:00, duration: 2s, source: krefeld}
  - {id: b, title: B, duration: 2s, source: krefeld}
  - {id: c, title: C, duration: 2s, source: krefeld}
  - {id: e, title: E, duration: 10m, source: krefeld, advance: manual}
"""
MAX_JITTER_S = 1.5
"""Seconds that a cut may be off on a busy machine. A cut that followed the stepped clock would come at once or an hour
later. The benchmark `schedule` measures the jitter."""

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None, reason="there is no C compiler to build the clock with"
)


class World:
    """The system clock as the server sees it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "seconds"
        self._stepped = self._slept = 0
        self._write()
        library = folder / "stepped.so"
        source = Path(__file__).with_name("stepped.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.before = ("env", f"LD_PRELOAD={library}", f"STEPPED_BY={self._file}")

    def step(self, seconds: int) -> None:
        """Shift it by so many seconds from now on."""
        self._stepped = seconds
        self._write()

    def suspend(self, seconds: int) -> None:
        """As after a suspension of so many seconds."""
        self._slept += seconds
        self._write()

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._stepped} {self._slept}")
        new.replace(self._file)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def test_a_stepped_clock_moves_no_planned_cut(
    tmp_path: Path,
) -> None:
    event, data, world = write(tmp_path, EVENT), tmp_path / "data", World(tmp_path)
    seen: list[tuple[str, float]] = []
    async with server(event, data, before=world.before) as running:
        async with await Client.open(running.link("moderator")) as moderator:
            await moderator.command("start")
            async for state in moderator:
                if not seen or seen[-1][0] != state["show"]["item"]:
                    seen.append((state["show"]["item"], time.monotonic()))
                    world.step({"a": 3_600, "b": -3_600}.get(seen[-1][0], 0))
                    with suppress(RequestRefused):
                        await moderator.command("start")  # is in the server's log, with the time
                if seen[-1][0] == "e":
                    break
        said = [at(line["timestamp"]) for line in running.lines]
    assert max(said) - min(said) > 7_000, "the server sees the clock that is stepped"
    assert [item for item, _ in seen] == [*ITEMS, "e"]
    for n, (_, when) in enumerate(seen):
        assert n * LENGTH - MAX_JITTER_S < when - seen[0][1] < n * LENGTH + MAX_JITTER_S
    _, out, _ = await run("report", str(data), "--format", "json")
    items = json.loads(out)["items"]
    assert [item["times_on_air"] for item in items] == [1, 1, 1, 1]
    starts = [at(item["actual_start"]) for item in items]
    assert [round(start - starts[0], 3) for start in starts] == [0, LENGTH, 2 * LENGTH, 3 * LENGTH]


async def test_the_show_goes_on_when_the_clock_was_set_back_during_a_restart(tmp_path: Path) -> None:
    event, data, world = write(tmp_path, EVENT), tmp_path / "data", World(tmp_path)
    async with server(event, data, before=world.before) as first:
        assert (await first.command(id="1", type="start"))[0] == 200
        before = await first.state()
        await first.kill()
    world.step(-3_600)
    async with server(event, data, before=world.before) as second:
        assert any("clock is behind the show log" in line["event"] for line in second.lines)
        began = time.monotonic()
        async with await Client.open(second.link("moderator")) as moderator:
            async for state in moderator:
                if state["show"]["item"] == "e":
                    break
        assert time.monotonic() - began < 60, "not an hour later"
        starts = [at(item["actual"]["start"]) for item in state["items"]]
        assert starts[0] <= at(before["now"]) < starts[-1]
        assert [round(start - starts[0], 3) for start in starts] == [0, LENGTH, 2 * LENGTH, 3 * LENGTH]


SLEEPER = """\
event: {title: Asleep, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}}
agenda:
  - {id: a, title: A, start: 10:00, duration: 5m, source: krefeld, advance: auto}
  - {id: b, title: B, duration: 1h, source: krefeld}
  - {id: c, title: C, start: 10:08, duration: 1h, source: krefeld, hard: true}
"""
BEGIN, HARD_START = "2026-03-14T10:00:00+01:00", "2026-03-14T10:08:00+01:00"
MAX_WAKE_S = 20.0
"""Seconds until changes that were due are seen on a busy machine. By the timer they would take minutes."""


async def test_changes_due_during_a_suspension_come_after_it_with_their_own_times(
    tmp_path: Path,
) -> None:
    event, data, world = write(tmp_path, SLEEPER), tmp_path / "data", World(tmp_path)
    async with server(event, data, "--at", BEGIN, before=world.before) as running:
        async with await Client.open(running.link("moderator")) as moderator:
            await moderator.command("start")
            assert (await running.state())["show"]["item"] == "a"
            world.suspend(600)
            async with asyncio.timeout(MAX_WAKE_S):
                async for state in moderator:
                    if state["show"]["item"] == "c":
                        break
        now = at((await running.state())["now"])
    assert 600 <= now - at(BEGIN) < 660
    a, b, c = state["items"]
    assert at(b["actual"]["start"]) - at(a["actual"]["start"]) == 300
    assert at(b["actual"]["end"]) == at(c["actual"]["start"]) == at(HARD_START)


async def test_a_show_due_to_begin_during_a_suspension_begins_after_it(tmp_path: Path) -> None:
    event, data, world = write(tmp_path, SLEEPER), tmp_path / "data", World(tmp_path)
    before = "2026-03-14T09:58:00+01:00"
    async with server(event, data, "--at", before, "--auto-start", before=world.before) as running:
        async with await Client.open(running.link("moderator")) as moderator:
            assert moderator.state["show"]["phase"] == "before"
            world.suspend(240)
            async with asyncio.timeout(MAX_WAKE_S):
                async for state in moderator:
                    if state["show"]["item"] == "a":
                        break
    begun = at(state["items"][0]["actual"]["start"])
    assert 240 <= begun - at(before) < 300, "with its first item, since nobody has seen it begin"

"""The machine's clock is stepped in mid-show (a late NTP answer, a hand): the agenda goes on as though nothing were.
The machine is suspended in mid-show: on waking the agenda is where it would be without that.

The server is a real one that sees the world's clock through `stepped.c`, off by as much as the test says.
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
OFF = 1.5
"""Seconds that a cut may seem off on a busy machine: enough to tell it from one that followed the stepped clock, which
comes at once or an hour later. The benchmark `schedule` measures how late it is."""

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None, reason="there is no C compiler to build the clock with"
)


class World:
    """The world's clock as the server sees it."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "seconds"
        self._stepped = self._slept = 0
        self._write()
        library = folder / "stepped.so"
        source = Path(__file__).with_name("stepped.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.before = ("env", f"LD_PRELOAD={library}", f"STEPPED_BY={self._file}")

    def step(self, seconds: int) -> None:
        """Let it be off by so much, from now on."""
        self._stepped = seconds
        self._write()

    def suspend(self, seconds: int) -> None:
        """Let the machine have been suspended for so long."""
        self._slept += seconds
        self._write()

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"{self._stepped} {self._slept}")
        new.replace(self._file)


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


async def test_a_cut_planned_for_a_second_comes_then_and_once_after_the_clock_was_stepped(
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
        assert n * LENGTH - OFF < when - seen[0][1] < n * LENGTH + OFF
    _, out, _ = await run("report", str(data), "--format", "json")
    items = json.loads(out)["items"]
    assert [item["times_on_air"] for item in items] == [1, 1, 1, 1]
    starts = [at(item["actual_start"]) for item in items]
    assert [round(start - starts[0], 3) for start in starts] == [0, LENGTH, 2 * LENGTH, 3 * LENGTH]


async def test_the_show_goes_on_when_the_clock_was_set_back_while_the_server_was_down(tmp_path: Path) -> None:
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
AT_ONCE = 20.0
"""Seconds for what is due on waking to be seen on a busy machine. Its timer would need minutes."""


async def test_what_was_due_while_the_machine_slept_happens_on_waking_with_its_own_time(
    tmp_path: Path,
) -> None:
    event, data, world = write(tmp_path, SLEEPER), tmp_path / "data", World(tmp_path)
    async with server(event, data, "--at", BEGIN, before=world.before) as running:
        async with await Client.open(running.link("moderator")) as moderator:
            await moderator.command("start")
            assert (await running.state())["show"]["item"] == "a"
            world.suspend(600)
            async with asyncio.timeout(AT_ONCE):
                async for state in moderator:
                    if state["show"]["item"] == "c":
                        break
        now = at((await running.state())["now"])
    assert 600 <= now - at(BEGIN) < 660
    a, b, c = state["items"]
    assert at(b["actual"]["start"]) - at(a["actual"]["start"]) == 300
    assert at(b["actual"]["end"]) == at(c["actual"]["start"]) == at(HARD_START)


async def test_a_show_that_should_have_begun_while_the_machine_slept_begins_on_waking(tmp_path: Path) -> None:
    event, data, world = write(tmp_path, SLEEPER), tmp_path / "data", World(tmp_path)
    before = "2026-03-14T09:58:00+01:00"
    async with server(event, data, "--at", before, "--auto-start", before=world.before) as running:
        async with await Client.open(running.link("moderator")) as moderator:
            assert moderator.state["show"]["phase"] == "before"
            world.suspend(240)
            async with asyncio.timeout(AT_ONCE):
                async for state in moderator:
                    if state["show"]["item"] == "a":
                        break
    begun = at(state["items"][0]["actual"]["start"])
    assert 240 <= begun - at(before) < 300, "with its first item, since nobody has seen it begin"

"""The machine's clock is stepped in mid-show (a late NTP answer, a hand): the agenda goes on as though nothing were.

The server is a real one that sees the world's clock through `stepped.c`, off by as much as the test says.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from signaling.client import Client, Refusal
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
        self.step(0)
        library = folder / "stepped.so"
        source = Path(__file__).with_name("stepped.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.before = ("env", f"LD_PRELOAD={library}", f"STEPPED_BY={self._file}")

    def step(self, seconds: int) -> None:
        """Let it be off by so much, from now on."""
        new = self._file.with_suffix(".new")
        new.write_text(str(seconds))
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
                    with suppress(Refusal):
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

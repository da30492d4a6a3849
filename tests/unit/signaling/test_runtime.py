"""The single writer: decided, on disk, then acted upon."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.times import Instant
from config.yamlfile import parse
from signaling.clock import ShowClock
from signaling.media import NoMedia
from signaling.runtime import Destination, NotWritten, Runtime
from signaling.show.messages import Hold, Next, Start
from signaling.show.routing import Sight
from signaling.show.state import Refused
from signaling.store import Record, Store, StoreError
from tests.events import SHORT

TEN = Instant(1_773_478_800_000)
"""10:00 in Berlin on the day of the event."""

TOKIO = Destination("tokio", "venue", "Tokio")
DESK = Destination("moderator:moderator", "moderator", "Moderator")

AUTO = """\
event: {title: Auto, date: 2026-03-14, timezone: Europe/Berlin}
venues: {krefeld: {}, berlin: {}}
defaults: {advance: auto}
agenda:
  - {id: one, title: One, start: 10:00, duration: 1s, source: krefeld}
  - {id: two, title: Two, duration: 2s, source: berlin}
  - {id: three, title: Three, duration: 1s, source: krefeld}
"""


class Recorder(NoMedia):
    """A media plane that notes what it is told."""

    def __init__(self) -> None:
        self.routed: list[Mapping[str, Sight]] = []

    def route(self, sights: Mapping[str, Sight]) -> None:
        self.routed.append(sights)


@asynccontextmanager
async def running(
    data: Path,
    text: str = SHORT,
    speed: float = 1.0,
    media: NoMedia | None = None,
    begin: Instant = TEN,
) -> AsyncIterator[tuple[Runtime, Store]]:
    store = Store.open(data)
    runtime = Runtime(parse(text, "event.yaml"), store, ShowClock(begin, speed), media or NoMedia())
    task = asyncio.create_task(runtime.run())
    try:
        yield runtime, store
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        store.close()


async def until(runtime: Runtime, item: str | None, phase: str) -> None:
    listener = runtime.publisher.listen("now", None, None)
    while (runtime.show.on_air, runtime.show.phase) != (item, phase):
        await listener.get()


async def test_a_command_is_on_disk_when_it_is_acknowledged(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, store):
        applied = await runtime.submit(Start(id="c", type="start"), "moderator:moderator")
        (record,) = [r for r in store.records() if r.command == "c"]
        assert record.rev == applied.rev
        assert record.by == "moderator:moderator"
        assert {fact["kind"] for fact in record.facts} >= {"started"}


async def test_the_show_goes_on_by_itself_at_the_planned_seconds(tmp_path: Path) -> None:
    async with running(tmp_path, AUTO, speed=20) as (runtime, _):
        await runtime.submit(Start(id="c", type="start"), "clock")
        begun = runtime.show.runs["one"].start
        await until(runtime, None, "ended")
        starts = [runtime.show.runs[item].start - begun for item in ("one", "two", "three")]
        assert starts == [0, 1_000, 3_000]


async def test_what_was_decided_is_there_after_a_restart(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        before = runtime.show
    async with running(tmp_path) as (runtime, _):
        assert runtime.show == before
        again = await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        assert again.rev <= runtime.publisher.rev
        assert runtime.show == before


async def test_a_source_that_was_live_before_a_restart_is_absent_until_it_is_back(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        runtime.report("tokio", "live")
        await runtime.submit(Hold(id="a", type="hold"), "moderator:moderator")
        assert runtime.show.sources["tokio"] == "live"
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")
        assert runtime.show.sources["tokio"] == "absent"


async def test_nothing_is_done_that_cannot_be_written(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, store):
        store.close()  # As after a disk that went away: every write fails from here on.
        with pytest.raises(NotWritten, match="nothing was done"):
            await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert runtime.show.phase == "before"


async def test_a_refused_command_leaves_no_trace_in_the_log(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, store):
        with pytest.raises(Refused):
            await runtime.submit(Next(id="a", type="next", from_="one"), "moderator:moderator")
        assert [r for r in store.records() if r.command is not None] == []


async def test_a_peer_is_routed_what_its_destination_sees(tmp_path: Path) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        runtime.connect("c1", "p1", TOKIO)
        runtime.receive("p1", TOKIO)
        for source in ("krefeld", "berlin", "tokio"):
            runtime.report(source, "live")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert media.routed[-1] == {"p1": Sight("krefeld", None, ("krefeld",))}
        runtime.peer_left("p1")
        await runtime.submit(Next(id="b", type="next", from_="one"), "moderator:moderator")
        assert media.routed[-1] == {}


async def test_a_page_that_lost_its_socket_goes_on_receiving_through_a_cut(tmp_path: Path) -> None:
    media = Recorder()
    async with running(tmp_path, media=media) as (runtime, _):
        runtime.connect("c1", "p1", DESK)
        runtime.receive("p1", DESK)
        runtime.report("krefeld", "live")
        runtime.disconnect("c1")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        assert media.routed[-1]["p1"].program == "krefeld"
        assert runtime.receives("p1") == DESK


async def test_a_plan_that_cannot_be_moved_any_more_is_refused_and_the_show_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        with pytest.raises(Refused, match="has begun"):
            await runtime.move(TEN)
        await runtime.submit(Next(id="b", type="next", from_="one"), "moderator:moderator")
        assert runtime.show.on_air == "two"


async def test_what_became_of_a_source_is_not_lost_when_it_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(tmp_path) as (runtime, store):
        append, failures = store.append, iter([True])

        def full_once(*record: Any) -> Record:
            if next(failures, False):
                raise StoreError("the disk is full")
            return append(*record)

        # A disk that is full for a moment cannot be had without one; all else is real.
        monkeypatch.setattr(store, "append", full_once)
        runtime.report("tokio", "live")
        listener = runtime.publisher.listen("now", None, None)
        while runtime.show.sources["tokio"] != "live":
            await listener.get()


async def test_what_was_due_while_the_server_was_down_happened_at_its_own_time(tmp_path: Path) -> None:
    text = AUTO.replace("1s", "20s").replace("2s", "20s")
    async with running(tmp_path, text) as (runtime, _):
        runtime.report("krefeld", "live")
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
        begun = runtime.show.runs["one"].start
    async with running(tmp_path, text, begin=Instant(TEN + 50_000)) as (runtime, _):
        await until(runtime, "three", "running")
        listener = runtime.publisher.listen("now", None, None)
        while runtime.show.sources["krefeld"] != "absent":
            await listener.get()
        assert [runtime.show.runs[item].start - begun for item in ("one", "two", "three")] == [
            0,
            20_000,
            40_000,
        ]


async def test_who_asks_when_the_server_stops_is_answered(tmp_path: Path) -> None:
    async with running(tmp_path) as (runtime, _):
        await runtime.submit(Start(id="a", type="start"), "moderator:moderator")
    with pytest.raises(NotWritten, match="stops"):
        await runtime.submit(Hold(id="b", type="hold"), "moderator:moderator")

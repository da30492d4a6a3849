"""What a command would change, asked of a server: as the state is right after the command, and nothing happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from config.times import Instant
from signaling.client import endpoint
from signaling.clock import ShowClock
from signaling.runtime import MAX_WAITING_PREVIEWS
from signaling.showlog.filelog import FileLog
from tests.events import BOOTH, SHORT
from tests.server.localserver import LocalServer, local_server

TEN = Instant(1_773_478_800_000)
"""10:00 in Berlin on the day of the event."""
LONGER = SHORT.replace("id: two, title: Two, duration: 10m", "id: two, title: Two, duration: 20m")
STEPS: tuple[dict[str, Any], ...] = (
    {"type": "start"},
    {"type": "extend", "seconds": 300},
    {"type": "delay", "item": "three", "seconds": 600},
    {"type": "skip", "item": "three"},
    {"type": "arm", "item": "four"},
    {"type": "take", "source": "berlin"},
    {"type": "edit", "base": 0, "changes": [{"do": "set", "item": "two", "fields": {"duration": "15m"}}]},
    {"type": "reload", "yaml": LONGER},
    {"type": "undo"},
    {"type": "next", "from": "one"},
    {"type": "previous", "from": "four"},
    {"type": "goto", "item": "one"},
    {"type": "unskip", "item": "three"},
    {"type": "hold"},
    {"type": "message", "to": "all", "text": "Hello"},
    {"type": "extend", "seconds": -3600},
)
REFUSED: tuple[tuple[int, dict[str, Any]], ...] = (
    (422, {"type": "start"}),
    (422, {"type": "next"}),
    (409, {"type": "next", "from": "two"}),
    (422, {"type": "goto", "item": "five"}),
    (422, {"type": "goto", "item": "one"}),
    (422, {"type": "admit", "place": "tokio"}),
    (422, {"type": "reload", "yaml": SHORT.replace("tokio}", "tokyo}")}),
    (422, {"type": "reload", "yaml": SHORT.replace("krefeld", "essen")}),
    (409, {"type": "edit", "base": 1_000_000, "changes": [{"do": "remove", "item": "four"}]}),
    (422, {"type": "edit", "base": 0, "changes": [{"do": "remove", "item": "one"}]}),
)
MALFORMED: tuple[tuple[int, dict[str, Any]], ...] = (
    (422, {"type": "dance"}),
    (422, {"type": "extend", "seconds": 90_000}),
)
"""No commands: neither is logged as one."""


class Crew:
    """A link's requests, at a server whose clock stands still."""

    def __init__(self, running: LocalServer, http: aiohttp.ClientSession) -> None:
        self.running = running
        self.http = http

    async def post(self, path: str, command: dict[str, Any]) -> tuple[int, Any]:
        async with self.http.post(f"{self.running.url}/api/v1/{path}", json=command) as answer:
            return answer.status, await answer.json()

    async def state(self) -> dict[str, Any]:
        async with self.http.get(f"{self.running.url}/api/v1/state") as answer:
            return dict(await answer.json())


@asynccontextmanager
async def opened(data: Path, text: str = SHORT) -> AsyncIterator[Crew]:
    """A moderator at a server at ten o'clock."""
    clock = ShowClock(TEN, 1e-9)
    async with local_server(data, text=text, clock=clock) as running, asked(running) as desk:
        yield desk


@asynccontextmanager
async def asked(running: LocalServer, link: str | None = None) -> AsyncIterator[Crew]:
    headers = {"Authorization": f"Bearer {endpoint(link or running.link('moderator'))[1]}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        yield Crew(running, http)


def numbered(commands: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    return ((str(number), command) for number, command in enumerate(commands))


async def test_a_preview_is_the_state_right_after_the_command_and_leaves_no_trace(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        for id_, command in numbered(STEPS):
            before = await desk.state()
            status, told = await desk.post("preview", {"id": id_, **command})
            assert (status, await desk.state()) == (200, before), command
            # With the same id: a preview is no use of it.
            status, applied = await desk.post("commands", {"id": id_, **command})
            assert (status, applied["rev"]) == (200, before["rev"] + 1), command
            after = await desk.state()
            dropped = told.pop("dropped")
            assert told == {
                "items": {
                    item["id"]: {name: item[name] for name in ("status", "expected")}
                    for item in after["items"]
                },
                "program": {name: after["program"][name] for name in ("source", "reason")},
                "offset_s": after["show"]["offset_s"],
                "ends": after["show"]["ends"],
            }, command
            gone = {item["id"] for item in after["items"] if item["status"] == "skipped"}
            assert dropped == [
                item["id"]
                for item in before["items"]
                if item["status"] in ("next", "coming") and item["id"] in gone
            ]
        repeated, other = {"id": "0", "type": "start"}, {"id": "0", "type": "hold"}
        _, told = await desk.post("preview", repeated)
        assert [item["status"] for item in told["items"].values()] == [
            item["status"] for item in (await desk.state())["items"]
        ]
        assert await desk.post("preview", other) == await desk.post("commands", other)
    entries = list(FileLog.view(tmp_path).read_from(1))
    assert [entry.command for entry in entries] == [id_ for id_, _ in numbered(STEPS)]


async def test_a_preview_is_refused_as_the_command_is_and_the_refusal_is_not_logged(tmp_path: Path) -> None:
    async with opened(tmp_path) as desk:
        await desk.post("commands", {"id": "start", "type": "start"})
        for id_, (status, said) in numbered((*REFUSED, *MALFORMED)):
            command = {"id": id_, **said}
            refusal = await desk.post("preview", command)
            assert refusal[0] == status, command
            assert refusal == await desk.post("commands", command)
    logged = [refusal.type for refusal in FileLog.view(tmp_path).refusals()]
    assert logged == [said["type"] for _, said in REFUSED]


async def test_a_booth_has_previews_and_each_counts_as_one_of_its_commands(tmp_path: Path) -> None:
    async with opened(tmp_path, BOOTH) as desk:
        await desk.post("commands", {"id": "start", "type": "start"})
        async with asked(desk.running, desk.running.link("interpreter", "kabine")) as booth:
            floor = {"id": "1", "type": "floor", "language": "ja"}
            status, told = await booth.post("preview", floor)
            assert (status, told["items"]["one"]["status"]) == (200, "on-air")
            async with asyncio.timeout(60):
                while (answer := await booth.post("preview", floor))[0] == 200:
                    pass
            assert (answer[0], answer[1]["reason"]) == (429, "commands-often")
            assert (await booth.post("commands", floor))[0] == 429


async def test_previews_are_made_one_at_a_time_and_few_wait(tmp_path: Path) -> None:
    """Of a day of 100 items and 20 sources, with the command that changes most of it."""
    venues = "\n".join(f"  v{n}: {{}}" for n in range(20))
    agenda = "\n".join(f"  - {{title: I{n}, duration: 5m, source: v{n % 20}}}" for n in range(1, 100))
    text = (
        "event: {title: Long, date: 2026-03-14, timezone: Europe/Berlin}\n"
        f"venues:\n{venues}\nagenda:\n"
        f"  - {{title: I0, start: 10:00, duration: 5m, source: v0}}\n{agenda}\n"
    )
    async with opened(tmp_path, text) as desk:
        await desk.post("commands", {"id": "start", "type": "start"})
        status, told = await desk.post("preview", {"id": "1", "type": "goto", "item": "i98"})
        assert (status, len(told["dropped"]), len(told["items"])) == (200, 97, 100)
        flood = 3 * MAX_WAITING_PREVIEWS
        ask = {"id": "1", "type": "goto", "item": "i98"}
        answers = await asyncio.gather(*(desk.post("preview", ask) for _ in range(flood)))
        statuses = sorted(status for status, _ in answers)
        assert statuses.count(200) >= MAX_WAITING_PREVIEWS
        assert {answer["reason"] for status, answer in answers if status == 429} <= {"previews-often"}
        assert set(statuses) <= {200, 429}
        assert (await desk.post("preview", ask))[0] == 200

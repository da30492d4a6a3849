"""The agenda for other programs, from a real server and from the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import icalendar
import pytest

from config.times import from_datetime
from config.yamlfile import load
from signaling.client import endpoint
from tests.events import write
from tests.server.process import ServerProcess, run, server

LEAVES_IT = pytest.mark.asyncio(loop_scope="module")
"""The test does not change the show, so such tests share a server."""

CALENDAR, SCHEDULE = "/api/v1/agenda.ics", "/api/v1/schedule.json"


async def get(running: ServerProcess, path: str, **options: Any) -> tuple[int, str, str]:
    """Status, type and body."""
    async with aiohttp.ClientSession() as http:
        async with http.get(running.url + path, **options) as answer:
            return answer.status, answer.content_type, await answer.text()


def token(running: ServerProcess, role: str) -> str:
    return str(endpoint(running.link(role))[1])


@LEAVES_IT
async def test_every_link_gives_the_agenda(idle: ServerProcess) -> None:
    planned = [item.planned.start for item in load(idle.event).agenda]
    for role in ("viewer", "moderator"):
        status, kind, text = await get(idle, CALENDAR, headers=idle.headers(role))
        assert (status, kind) == (200, "text/calendar")
        made: Any = icalendar.Calendar.from_ical(text)
        assert [str(found["summary"]) for found in made.events] == ["One", "Two", "Three", "Four"]
        # 10:00 in Krefeld has passed or is to come: nobody starts a show by looking at it.
        starts = [from_datetime(found.start) for found in made.events]
        assert starts == sorted(starts)
        assert all(start >= at for start, at in zip(starts, planned, strict=True))
        status, kind, text = await get(idle, SCHEDULE, headers=idle.headers(role))
        assert (status, kind) == (200, "application/json")
        assert json.loads(text)["schedule"]["conference"]["title"] == "Probe"


@LEAVES_IT
async def test_without_a_link_there_is_no_agenda(idle: ServerProcess) -> None:
    for path in (CALENDAR, SCHEDULE):
        for asked in ("", "?token=", "?token=nonsense"):
            status, _, text = await get(idle, path + asked)
            assert (status, json.loads(text)["code"]) == (401, "unauthorized")


@LEAVES_IT
async def test_a_calendar_subscribes_with_a_viewers_token_in_the_url(idle: ServerProcess) -> None:
    for path in (CALENDAR, SCHEDULE):
        for role in ("viewer", "stage"):
            assert (await get(idle, f"{path}?token={token(idle, role)}"))[0] == 200
        status, _, text = await get(idle, f"{path}?token={token(idle, 'moderator')}")
        assert (status, json.loads(text)["code"]) == (403, "forbidden")
        assert "viewer" in json.loads(text)["message"]


@LEAVES_IT
async def test_only_calendars_accept_a_token_in_the_url(idle: ServerProcess) -> None:
    for path in ("/api/v1/state", "/metrics"):
        assert (await get(idle, f"{path}?token={token(idle, 'viewer')}"))[0] == 401


@LEAVES_IT
async def test_a_hall_gets_its_own_time_zone(idle: ServerProcess) -> None:
    headers = idle.headers("viewer")
    _, _, home = await get(idle, CALENDAR, headers=headers)
    _, _, away = await get(idle, f"{CALENDAR}?zone=tokio", headers=headers)
    assert "DTSTART;TZID=Europe/Berlin" in home
    assert "DTSTART;TZID=Asia/Tokyo" in away
    assert "BEGIN:VTIMEZONE" in away
    status, _, text = await get(idle, f"{CALENDAR}?zone=tokyo", headers=headers)
    assert (status, json.loads(text)["code"]) == (422, "invalid")
    assert "did you mean `tokio`" in json.loads(text)["message"]


async def test_the_calendar_follows_the_show(serving: ServerProcess) -> None:
    await serving.command(id="1", type="start")
    await serving.command(id="2", type="extend", seconds=1200)
    state = await serving.state()
    _, _, text = await get(serving, CALENDAR, headers=serving.headers("viewer"))
    made: Any = icalendar.Calendar.from_ical(text)
    expected = [item["expected"]["start"][:19] for item in state["items"]]
    assert [found.start.isoformat()[:19] for found in made.events] == expected


def revisions(text: str) -> dict[str, tuple[int, Any, Any]]:
    """Sequence, last change and start of each item in a calendar, by its UID."""
    made: Any = icalendar.Calendar.from_ical(text)
    return {
        str(found["uid"]): (int(found["sequence"]), found["last-modified"].dt, found.start)
        for found in made.events
    }


async def test_a_subscribed_calendar_gets_changes_also_after_a_restart(
    tmp_path: Path,
) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as running:
        await running.command(id="1", type="start")
        before = revisions((await get(running, CALENDAR, headers=running.headers("viewer")))[2])
        await running.command(id="2", type="extend", seconds=1200)
        # By other clocks, since a document is kept for some seconds.
        tokio = f"{CALENDAR}?zone=tokio"
        after = revisions((await get(running, tokio, headers=running.headers("viewer")))[2])
    assert after.keys() == before.keys()
    moved = [uid for uid in before if after[uid][2] != before[uid][2]]
    assert len(moved) == 3
    for uid in moved:
        assert after[uid][0] > before[uid][0]
        assert after[uid][1] > before[uid][1]
    async with server(event, data) as running:
        assert revisions((await get(running, tokio, headers=running.headers("viewer")))[2]) == after


def numbers(schedule: str) -> dict[str, int]:
    """The number of each talk, by its item."""
    days = json.loads(schedule)["schedule"]["conference"]["days"]
    return {talk["slug"]: talk["id"] for day in days for talks in day["rooms"].values() for talk in talks}


async def test_talk_numbers_stay_the_same_when_a_talk_is_skipped(serving: ServerProcess) -> None:
    code, planned, _ = await run("agenda", str(serving.event), "--as", "schedule")
    assert code == 0
    await serving.command(id="1", type="skip", item="two")
    _, _, text = await get(serving, SCHEDULE, headers=serving.headers("viewer"))
    assert numbers(text) == {item: number for item, number in numbers(planned).items() if item != "two"}


@LEAVES_IT
async def test_many_requests_at_once_are_answered(idle: ServerProcess) -> None:
    address = f"{CALENDAR}?token={token(idle, 'viewer')}"
    answers = await asyncio.gather(*(get(idle, address) for _ in range(8)))
    assert {status for status, _, _ in answers} == {200}
    assert len({text for _, _, text in answers}) == 1


async def test_the_command_line_writes_a_schedule_and_imports_it(tmp_path: Path) -> None:
    event = write(tmp_path)
    code, out, err = await run("agenda", str(event), "--as", "schedule")
    assert (code, err) == (0, "")
    schedule = write(tmp_path, out.replace('"track": null', '"track": "Ethics"', 1), "schedule.json")
    code, out, err = await run("import", str(schedule))
    assert code == 0
    assert err.startswith(f"{schedule}:")
    assert err.endswith("an item has no `track`; left out\n")
    begun = write(tmp_path, out, "begun.yaml")
    code, out, _ = await run("check", str(begun))
    assert (code, out.endswith("No faults.\n")) == (0, True)
    assert [item.planned for item in load(begun).agenda] == [item.planned for item in load(event).agenda]


async def test_the_command_line_writes_a_calendar_in_the_zone_of_a_hall(tmp_path: Path) -> None:
    code, out, err = await run("agenda", str(write(tmp_path)), "--zone", "tokio")
    assert (code, err) == (0, "")
    assert "DTSTART;TZID=Asia/Tokyo:20260314T180000" in out
    code, out, err = await run("agenda", str(write(tmp_path)), "--zone", "tokyo")
    assert (code, out) == (1, "")
    assert "did you mean `tokio`" in err


async def test_a_file_that_cannot_be_imported_is_reported(tmp_path: Path) -> None:
    for name in (str(tmp_path / "none.json"), str(tmp_path), str(write(tmp_path))):
        code, out, err = await run("import", name)
        assert (code, out) == (1, "")
        assert err.startswith(f"{name}:")
        assert "Traceback" not in err

"""The HTTP API of a real server process."""

from __future__ import annotations

import asyncio
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from signaling.access.linkchecker import LinkChecker
from signaling.access.links import METRICS, Grant
from signaling.client import Client, ClientError
from tests.events import write
from tests.server.process import ServerProcess, server

LEAVES_IT = pytest.mark.asyncio(loop_scope="module")
"""For tests that leave the show as it is: they share a server."""


async def get(url: str, **options: Any) -> tuple[int, Any]:
    async with aiohttp.ClientSession() as http:
        async with http.get(url, **options) as answer:
            json = answer.content_type == "application/json"
            return answer.status, await answer.json() if json else await answer.text()


@LEAVES_IT
async def test_without_a_link_only_the_health_check_and_the_page_are_served(idle: ServerProcess) -> None:
    assert (await get(f"{idle.url}/healthz"))[0] == 200
    for page in ("/", "/j", "/join", "/screen"):
        status, text = await get(idle.url + page)
        assert status == 200
        assert "<!doctype html>" in text.lower()
    for closed in ("/api/v1/state", "/metrics"):
        assert (await get(idle.url + closed))[0] == 401
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{idle.url}/api/v1/commands", json={"id": "a", "type": "start"}) as answer:
            assert answer.status == 401
            assert (await answer.json())["code"] == "unauthorized"


@LEAVES_IT
async def test_an_invalid_link_is_refused_with_a_remedy(idle: ServerProcess) -> None:
    status, problem = await get(f"{idle.url}/api/v1/state", headers={"Authorization": "Bearer nonsense"})
    assert (status, problem["code"]) == (401, "unauthorized")
    assert "Ask the organiser" in problem["message"]


async def test_the_agenda_follows_commands(serving: ServerProcess) -> None:
    before = await serving.state()
    assert (before["show"]["phase"], before["program"]["source"]) == ("before", "slate")
    status, applied = await serving.command(id="1", type="start")
    assert (status, applied["applied"]) == (200, True)
    state = await serving.state()
    assert state["rev"] >= applied["rev"]
    assert (state["show"]["phase"], state["show"]["item"]) == ("running", "one")
    assert [item["status"] for item in state["items"]] == ["on-air", "next", "coming", "coming"]
    assert (await serving.command(id="2", type="next", **{"from": "one"}))[0] == 200
    state = await serving.state()
    assert [item["status"] for item in state["items"]] == ["done", "on-air", "next", "coming"]


async def test_two_moderators_who_press_next_at_once_advance_once(serving: ServerProcess) -> None:
    await serving.command(id="1", type="start")
    answers = await asyncio.gather(
        serving.command(id="anna", type="next", **{"from": "one"}),
        serving.command(id="ben", type="next", **{"from": "one"}),
    )
    assert sorted(status for status, _ in answers) == [200, 409]
    (refused,) = (body for status, body in answers if status == 409)
    assert refused["code"] == "stale"
    assert refused["message"]
    assert (await serving.state())["show"]["item"] == "two"


async def test_a_repeated_command_gets_the_same_answer_and_is_applied_once(serving: ServerProcess) -> None:
    await serving.command(id="1", type="start")
    first = await serving.command(id="2", type="next", **{"from": "one"})
    again = await serving.command(id="2", type="next", **{"from": "one"})
    assert first == again
    assert (await serving.state())["show"]["item"] == "two"


async def test_two_senders_may_use_the_same_id_even_after_a_restart(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        async with await Client.open(first.link("venue", "tokio")) as tokio:
            assert (await first.command(id="1", type="flag", text="desk"))[0] == 200
            await tokio.command("flag", id="1", text="tokio")
        assert set((await first.state())["flags"]) == {"desk", "tokio"}
        await first.kill()
    async with server(event, data) as second, await Client.open(second.link("venue", "tokio")) as tokio:
        await tokio.command("flag", id="2", text=None)
        await tokio.command("flag", id="1", text="tokio")
        assert set((await second.state())["flags"]) == {"desk"}, "the repeated one is not applied again"


async def test_a_reused_id_is_refused_even_after_a_restart(tmp_path: Path) -> None:
    """With the answer to the first command, the second would look applied."""
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        await first.command(id="1", type="start")
        status, body = await first.command(id="1", type="hold")
        assert (status, body["code"]) == (422, "invalid")
        assert "`start`" in body["message"]
        await first.kill()
    async with server(event, data) as second:
        assert (await second.command(id="1", type="hold"))[0] == 422
        assert (await second.command(id="1", type="start"))[0] == 200
        assert (await second.state())["show"]["held"] is False


@LEAVES_IT
@pytest.mark.parametrize(
    "command",
    [
        {"type": "start"},
        {"id": "x", "type": "explode"},
        {"id": "x", "type": "goto"},
        {"id": "x", "type": "goto", "item": "nowhere"},
        {"id": "x", "type": "take", "source": "tokyo"},
        {"id": "x", "type": "extend", "seconds": "long"},
        {"id": "x", "type": "start", "extra": 1},
        {"id": "x" * 65, "type": "start"},
    ],
    ids=str,
)
async def test_an_invalid_command_changes_nothing(idle: ServerProcess, command: dict[str, Any]) -> None:
    before = await idle.state()
    status, problem = await idle.command(**command)
    assert (status, problem["code"]) == (422, "invalid")
    after = await idle.state()
    assert after["show"]["phase"] == before["show"]["phase"] == "before"
    assert [item["actual"] for item in after["items"]] == [item["actual"] for item in before["items"]]


@LEAVES_IT
async def test_only_moderators_may_send_commands(idle: ServerProcess) -> None:
    async with aiohttp.ClientSession() as http:
        for role, who in (("venue", "berlin"), ("guest", "uchida"), ("viewer", None), ("stage", None)):
            async with http.post(
                f"{idle.url}/api/v1/commands",
                json={"id": role, "type": "start"},
                headers=idle.headers(role, who),
            ) as answer:
                assert answer.status == 403
                assert (await answer.json())["code"] == "forbidden"


async def test_the_requests_of_one_link_are_limited(serving: ServerProcess) -> None:
    headers = serving.headers("viewer")
    async with aiohttp.ClientSession() as http:

        async def ask() -> int:
            async with http.get(f"{serving.url}/api/v1/state", headers=headers) as answer:
                return answer.status

        statuses = {status for _ in range(20) for status in await asyncio.gather(*(ask() for _ in range(20)))}
    assert statuses == {200, 429}
    assert (await serving.state())["rev"]


@LEAVES_IT
async def test_metrics_are_in_prometheus_format_with_units(idle: ServerProcess) -> None:
    status, text = await get(f"{idle.url}/metrics", headers=idle.headers())
    assert status == 200
    assert 'schalte_source_state{source="tokio",state="absent"} 1.0' in text
    assert "# TYPE schalte_show_late_seconds gauge" in text
    assert 'schalte_http_connections{share="strangers"}' in text


@LEAVES_IT
async def test_the_metrics_token_opens_only_the_metrics(idle: ServerProcess) -> None:
    token = LinkChecker(idle.data).issue(Grant(METRICS, METRICS, ""))
    headers = {"Authorization": f"Bearer {token}"}
    assert (await get(f"{idle.url}/metrics", headers=headers))[0] == 200
    for role, who in (("viewer", None), ("venue", "tokio"), ("guest", "uchida"), ("stage", None)):
        status, problem = await get(f"{idle.url}/metrics", headers=idle.headers(role, who))
        assert status == 403
        assert "--role metrics" in problem["message"]
    for closed in ("state", "report", "agenda.ics", "schedule.json"):
        assert (await get(f"{idle.url}/api/v1/{closed}", headers=headers))[0] == 403
        assert (await get(f"{idle.url}/api/v1/{closed}?token={token}"))[0] in (401, 403)
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{idle.url}/api/v1/commands", json={}, headers=headers) as answer:
            assert answer.status == 403
    with pytest.raises(ClientError, match="opens the metrics alone"):
        await Client.open(f"{idle.url}/j#{token}")


@LEAVES_IT
async def test_a_body_that_is_too_large_or_no_json_is_refused(idle: ServerProcess) -> None:
    async with aiohttp.ClientSession() as http:
        for body, status in ((b" " * 2_000_000, 413), (b"\xff\xfe", 422), (b"[" * 100_000, 422), (b"", 422)):
            async with http.post(
                f"{idle.url}/api/v1/commands", data=BytesIO(body), headers=idle.headers()
            ) as answer:
                assert answer.status == status
                assert (await answer.json())["message"]
        async with http.get(f"{idle.url}/api/v1/nothing") as answer:
            assert answer.status == 404
            assert (await answer.json())["code"]

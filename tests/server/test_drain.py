"""A server that ends by SIGTERM tells its pages, and they come back by themselves to the next process."""

from __future__ import annotations

import asyncio
import signal
import threading
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from signaling.client import Client, ClientError, endpoint
from signaling.showlog.interface import LogEntry
from tests.events import write
from tests.server.localserver import local_server
from tests.server.process import server
from tests.server.test_rooms import room, says
from tests.server.test_socket import until


def check_log(lines: list[dict[str, Any]]) -> None:
    """One line for each coming and going of a page, with the session's id, which its peer's lines have, too."""
    coming, going = (
        {line["session"]: line for line in lines if line["event"] == event}
        for event in ("page connected", "page disconnected")
    )
    assert coming.keys() == going.keys()
    assert sorted(line["role"] for line in coming.values()) == ["moderator", "moderator", "venue"]
    assert all(line["address"] == "127.0.0.1" and line["peer"] for line in coming.values())
    (hall,) = [line for line in going.values() if line["role"] == "venue"]
    desks = {line["why"] for line in going.values() if line["role"] == "moderator"}
    assert hall["why"] == "the server restarts"
    assert desks == {"the server restarts", "the page closed it (1000)"}
    (joined,) = [line for line in lines if line["event"] == "peer joined"]
    (connected,) = [line for line in lines if line["event"] == "peer connected"]
    assert joined["session"] == connected["session"] == hall["session"]
    assert joined["peer"] == hall["peer"]


async def close_code(page: aiohttp.ClientWebSocketResponse) -> int | None:
    async for _ in page:
        pass
    return page.close_code


async def test_all_come_back_to_the_next_process_with_the_same_show(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as first:
        ports = ("--port", str(first.port), "--udp-port", str(first.udp_port))
        link, address = first.link("venue", "krefeld"), first.link("moderator")
        async with room(link) as krefeld, aiohttp.ClientSession() as http:
            page = await http.ws_connect(endpoint(address)[0])
            await page.send_json({"type": "hello", "token": endpoint(address)[1]})
            stranger = await http.ws_connect(endpoint(address)[0])
            async with await Client.open(address) as moderator:
                await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
                await moderator.command("start")
                await says(krefeld, lambda r: r["connection"] == "connected")
            first.process.send_signal(signal.SIGTERM)
            assert [*await asyncio.gather(close_code(page), close_code(stranger))] == [1012, 1012]
            async with asyncio.timeout(60):
                assert await first.process.wait() == 0
            check_log(first.lines)
            async with server(event, data, *ports) as second:
                back = await says(krefeld, lambda r: r["connections"] == 2 and r["connection"] == "connected")
                assert back["fault"] is None
                async with await Client.open(second.link("moderator")) as moderator:
                    state = await until(moderator, lambda s: s["sources"]["krefeld"]["state"] == "live")
                    assert state["show"]["item"] == "one"
                    assert state["program"]["source"] == "krefeld"


async def test_requests_are_refused_while_the_server_ends(tmp_path: Path) -> None:
    async with local_server(tmp_path) as local, aiohttp.ClientSession() as http:
        async with http.get(f"{local.url}/readyz") as answer:
            assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": []})
        await local.server.drain()
        async with http.get(f"{local.url}/readyz") as answer:
            reasons = [{"code": "draining", "message": "The server restarts."}]
            assert (answer.status, await answer.json()) == (503, {"ready": False, "reasons": reasons})
        for path in ("/healthz", "/", "/api/v1/ws", "/api/v1/state"):
            async with http.get(local.url + path) as answer:
                assert answer.status == 503
                assert answer.headers["Retry-After"] == "1"
                assert answer.headers["Connection"] == "close"


async def test_a_command_that_is_being_written_is_answered_before_its_page_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    async with local_server(tmp_path) as local, await Client.open(local.link("moderator")) as desk:
        append = local.show_log.append

        def slow(entry: LogEntry, expected_number: int) -> None:
            loop.call_soon_threadsafe(begun.set)
            assert may_end.wait(30)
            append(entry, expected_number)

        monkeypatch.setattr(local.show_log, "append", slow)
        monkeypatch.setattr("signaling.http.server.DRAIN_TIMEOUT_S", 30.0)
        answer = asyncio.create_task(desk.command("start"))
        await begun.wait()
        draining = asyncio.create_task(local.server.drain())
        while not local.server.is_draining:  # noqa: ASYNC110 - its first step
            await asyncio.sleep(0)
        may_end.set()
        assert await answer > 0
        await draining
        with pytest.raises(ClientError, match="the server restarts"):
            async for _ in desk:
                pass

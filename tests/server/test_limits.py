"""Each limit of a link or a session, exceeded at a real server: the answer is as documented, and others are served."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.exceptions import ConnectionClosed
from websockets.uri import parse_uri

from signaling.cli.room import RETRY_MAX_S
from signaling.client import Client, ClientError, endpoint
from signaling.http import authenticator
from signaling.show.policy import MAX_PAGES
from signaling.show.terms import Role
from tests.events import write
from tests.server.localserver import LocalServer, local_server
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until
from tests.server.test_strangers import statuses

ROLES: tuple[Role, ...] = ("viewer", "viewer", "moderator")
TEST_TIMEOUT_S = 60.0
"""Seconds; a test fails after them."""


async def page(link: str) -> ClientConnection:
    """A page that has sent its hello."""
    address, token = endpoint(link)
    connection = await connect(address)
    await connection.send(json.dumps({"type": "hello", "token": token, "protocol": 1}))
    return connection


async def ending(connection: ClientConnection) -> tuple[dict[str, Any], int | None, str | None]:
    """The last message before the server closes, the close code and its reason."""
    last: dict[str, Any] = {}
    with suppress(ConnectionClosed):
        async with asyncio.timeout(TEST_TIMEOUT_S):
            while True:
                last = json.loads(await connection.recv())
    return last, connection.close_code, connection.close_reason


async def turned_away(serving: ServerProcess, kind: str) -> float:
    """How many connections and requests the server has refused or closed, of this kind."""
    async with aiohttp.ClientSession(headers=serving.headers()) as http:
        async with http.get(f"{serving.url}/metrics") as answer:
            text = await answer.text()
    name = f'schalte_http_turned_away_total{{kind="{kind}"'
    return sum(float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name))


def bearer(link: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {endpoint(link)[1]}"}


# Pages of one link --------------------------------------------------------------------------------------------------


async def test_a_halls_link_with_too_many_pages_closes_its_oldest_and_no_others(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as serving, AsyncExitStack() as stack:
        other = await stack.enter_async_context(await Client.open(serving.link("venue", "berlin")))
        desk = await stack.enter_async_context(await Client.open(serving.link("moderator")))
        link = serving.link("venue", "tokio")
        pages = []
        for _ in range(MAX_PAGES["venue"]):
            # Its age counts from its welcome. A hello with a code that may be new waits for a look at the files, so a
            # later one can be welcomed first.
            pages.append(await stack.enter_async_context(await page(link)))
            assert json.loads(await pages[-1].recv())["type"] == "welcome"
        newest = await stack.enter_async_context(await Client.open(link))
        error, code, why = await ending(pages[0])
        assert (code, why) == (1013, "too many pages of this link")
        assert (error["type"], error["code"], error["reason"]) == ("error", "busy", "pages-full")
        assert error["retry_after_s"] == 10
        await desk.command("start")
        for client in (other, newest):
            await until(client, lambda s: s["show"]["phase"] == "running")
        assert [one.close_code for one in pages[1:]] == [None] * (MAX_PAGES["venue"] - 1)
        assert await turned_away(serving, "too many pages of a link") == 1


async def test_one_viewer_too_many_is_refused_with_a_delay_and_the_others_watch_on(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MAX_PAGES, "viewer", 3)
    link = local.link("viewer")
    async with AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(await Client.open(link)) for _ in range(3)]
        with pytest.raises(ClientError, match="Too many pages are open by this link") as refusal:
            await Client.open(link)
        assert refusal.value.retry_after_s == 10
        assert refusal.value.retry_after_s > RETRY_MAX_S, "a room waits longer than after a loss"
        error, code, _ = await ending(await page(link))
        assert (code, error["reason"], error["retry_after_s"]) == (1013, "pages-full", 10)
        # Another link of the same role has places of its own, and so has the one whose page comes back.
        await stack.enter_async_context(await Client.open(local.link("viewer", lifetime=3600)))
        back = await Client.open(link, peer=str(viewers[0].welcome["peer"]))
        await back.close()
        async with local.desk() as desk:
            await desk.command("start")
            for viewer in viewers[1:]:
                await until(viewer, lambda s: s["show"]["phase"] == "running")


# Messages -----------------------------------------------------------------------------------------------------------


async def test_a_page_that_sends_too_much_is_told_how_long_to_stay_away(serving: ServerProcess) -> None:
    link = serving.link("venue", "tokio")
    loud = await page(link)
    async with await Client.open(serving.link("venue", "berlin")) as other:
        with suppress(ConnectionClosed):
            for n in range(130):
                await loud.send(json.dumps({"type": "clock", "sent": n}))
        error, code, why = await ending(loud)
        assert (code, error["reason"], error["retry_after_s"]) == (4429, "messages-often", 5), why
        assert (await serving.command(id="1", type="start"))[0] == 200
        await until(other, lambda s: s["show"]["phase"] == "running")


# Bytes that wait ----------------------------------------------------------------------------------------------------


class Deaf:
    """A page that sends and reads nothing after its welcome."""

    def __init__(self, link: str, port: int) -> None:
        address, self._token = endpoint(link)
        self._sock = socket.socket()
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._sock.connect(("127.0.0.1", port))
        self._sock.setblocking(False)
        self._protocol = ClientProtocol(parse_uri(address))
        self.port = int(self._sock.getsockname()[1])

    async def connect(self) -> None:
        self._protocol.send_request(self._protocol.connect())
        await self._flush()
        self._protocol.receive_data(await asyncio.get_running_loop().sock_recv(self._sock, 4096))
        await self.send({"type": "hello", "token": self._token, "protocol": 1})

    async def send(self, message: dict[str, Any]) -> None:
        self._protocol.send_text(json.dumps(message).encode())
        await self._flush()

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            await asyncio.get_running_loop().sock_sendall(self._sock, data)

    def close(self) -> None:
        self._sock.close()


async def test_a_page_that_reads_no_answers_is_dropped_and_leaves_nothing_behind(
    local: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answers to its commands alone fill what may wait: the state does not change."""
    monkeypatch.setattr("signaling.http.pagesocket.SEND_TIMEOUT_S", 0.5)
    monkeypatch.setattr("signaling.http.pagesocket.MESSAGES_BURST", 10_000.0)
    port = int(local.url.rpartition(":")[2])
    deaf = Deaf(local.link("venue", "tokio"), port)
    await deaf.connect()
    async with local.desk() as desk, asyncio.timeout(TEST_TIMEOUT_S):
        while len(local.server.connections.crew) < 2:  # noqa: ASYNC110 - its hello
            await asyncio.sleep(0.01)
        (tracked,) = [t for t in local.server.connections.crew if t.socket.getpeername()[1] == deaf.port]
        tracked.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        connection = tracked.connection
        assert connection is not None
        most = sent = 0
        with suppress(ConnectionError):
            while (transport := connection.transport) is not None and not transport.is_closing():
                most = max(most, transport.get_write_buffer_size())
                if connection.reads > sent // 2:  # no more than two messages in one read
                    await deaf.send({"type": "no such command", "id": str(sent := sent + 1)})
                await asyncio.sleep(0)
        while len(local.server.connections.crew) > 1:  # noqa: ASYNC110 - what it was sent is discarded
            await asyncio.sleep(0.01)
        assert 64 * 1024 <= most <= 96 * 1024
        assert local.server.connections.counts["page too slow"] == 1
        await desk.command("start")
        await until(desk, lambda s: s["show"]["phase"] == "running")
    deaf.close()


# Requests of one link -----------------------------------------------------------------------------------------------


async def test_requests_by_one_link_from_many_addresses_are_limited_and_other_links_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authenticator, "LINK_REQUESTS_PER_S", 0.001)
    monkeypatch.setattr(authenticator, "LINK_REQUESTS_BURST", 20.0)
    async with local_server(tmp_path) as local:
        spread, other, desk = (bearer(local.link(role, lifetime=n)) for n, role in enumerate(ROLES, 3600))
        found = [
            answer for n in range(1, 6) for answer in await statuses(local.url, 8, f"127.0.0.{n}", spread)
        ]
        assert found.count((200, None)) == 20
        assert found.count((429, "1")) == 20
        for free in (other, desk):
            assert await statuses(local.url, 8, "127.0.0.1", free) == [(200, None)] * 8

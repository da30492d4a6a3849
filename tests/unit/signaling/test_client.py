"""The Python client fails every pending request, however the connection ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from signaling.client import Client, ClientError, LinkRefused

Script = Callable[[ServerConnection], Awaitable[None]]

DOES_NOT_FIT = {"type": "patch", "base": 1, "rev": 2, "changes": [{"path": ["show", "gone"], "drop": True}]}
"""A patch of a path that the state does not have."""


@asynccontextmanager
async def scripted_server(script: Script) -> AsyncIterator[str]:
    """The link to a server that receives a hello, runs `script` and waits for the client to close."""

    async def connected(connection: ServerConnection) -> None:
        await connection.recv()
        await script(connection)
        await connection.wait_closed()

    async with serve(connected, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}/j#token"


async def send(connection: ServerConnection, *messages: dict[str, Any]) -> None:
    for message in messages:
        await connection.send(json.dumps(message))


async def welcome(connection: ServerConnection) -> None:
    await send(connection, {"type": "welcome"}, {"type": "snapshot", "state": {"rev": 1, "show": {}}})


async def test_an_impossible_patch_fails_the_iteration_and_all_requests() -> None:
    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        await connection.recv()
        await send(connection, DOES_NOT_FIT)

    async with scripted_server(script) as link, await Client.open(link) as client, asyncio.timeout(60):
        states = aiter(client)
        assert (await anext(states))["rev"] == 1
        asking = asyncio.create_task(client.request({"type": "hold"}))
        with pytest.raises(ClientError, match=r"could not be processed \(KeyError"):
            await anext(states)
        with pytest.raises(ClientError, match="could not be processed"):
            await asking
        with pytest.raises(ClientError, match="could not be processed"):
            await client.request({"type": "hold"})


async def test_an_iteration_after_the_end_fails_too() -> None:
    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        await connection.close()

    async with scripted_server(script) as link, await Client.open(link) as client, asyncio.timeout(60):
        with pytest.raises(ClientError):
            await client.request({"type": "hold"})
        states = aiter(client)
        assert (await anext(states))["rev"] == 1
        with pytest.raises(ClientError, match="has ended"):
            await anext(states)


async def test_closing_the_client_fails_a_waiting_iteration() -> None:
    async with scripted_server(welcome) as link, asyncio.timeout(60):
        client = await Client.open(link)
        states = aiter(client)
        await anext(states)
        waiting = asyncio.ensure_future(anext(states))
        await asyncio.sleep(0)
        await client.close()
        with pytest.raises(ClientError, match="has been closed"):
            await waiting


@pytest.mark.parametrize(("code", "is_link_refused"), [("unauthorized", True), ("failed", False)])
async def test_an_invalid_link_is_distinguished_from_a_failed_server(
    code: str, is_link_refused: bool
) -> None:
    async def script(connection: ServerConnection) -> None:
        await send(connection, {"type": "error", "code": code, "message": "Ask the organiser."})

    async with scripted_server(script) as link, asyncio.timeout(60):
        with pytest.raises(ClientError, match="Ask the organiser") as fault:
            await Client.open(link)
        assert isinstance(fault.value, LinkRefused) == is_link_refused


async def test_a_silent_server_is_given_up_after_the_servers_own_timeout(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("signaling.client.PING_AFTER_S", 0.2)
    monkeypatch.setattr("signaling.client.PONG_WITHIN_S", 0.5)

    silent: list[ServerConnection] = []

    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        connection.transport.pause_reading()
        silent.append(connection)

    async with scripted_server(script) as link, await Client.open(link) as client:
        states = aiter(client)
        await anext(states)
        async with asyncio.timeout(60):
            with pytest.raises(ClientError, match="has ended"):
                await anext(states)
        silent[0].transport.abort()

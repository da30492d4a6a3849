"""The WebSocket of a real server process."""

from __future__ import annotations

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from signaling.client import Client, ClientError, RequestRefused, endpoint
from tests.events import SHORT, write
from tests.server.process import ServerProcess, run, server

LEAVES_IT = pytest.mark.asyncio(loop_scope="module")
"""For tests that leave the show as it is: they share a server."""


async def until(client: Client, condition: Any, within_s: float = 120) -> dict[str, Any]:
    """The first state that fulfils `condition`."""
    async with asyncio.timeout(within_s):
        async for state in client:
            if condition(state):
                return state
    raise AssertionError("the states have ended")


async def raw(serving: ServerProcess, **hello: Any) -> tuple[ClientConnection, list[dict[str, Any]]]:
    """A connection that has said hello, and the first two messages it got."""
    address, token = endpoint(serving.link("viewer"))
    connection = await connect(address)
    await connection.send(json.dumps({"type": "hello", "token": token, **hello}))
    async with asyncio.timeout(60):
        return connection, [json.loads(await connection.recv()) for _ in range(2)]


async def test_a_snapshot_and_its_patches_make_the_same_state(
    serving: ServerProcess,
) -> None:
    async with (
        await Client.open(serving.link("moderator")) as moderator,
        await Client.open(serving.link("viewer")) as viewer,
    ):
        assert viewer.welcome["role"] == "viewer"
        rev = await moderator.command("start")
        await moderator.command("next", **{"from": "one"})
        state = await until(viewer, lambda s: s["show"]["item"] == "two")
        assert state["rev"] > rev
        whole = await serving.state("viewer")
        patched = await until(viewer, lambda s: s["rev"] >= whole["rev"])
        if patched["rev"] == whole["rev"]:
            assert patched | {"now": None} == whole | {"now": None}


async def test_a_message_reaches_a_venue_and_is_removed_again(serving: ServerProcess) -> None:
    async with (
        await Client.open(serving.link("moderator")) as moderator,
        await Client.open(serving.link("venue", "tokio")) as room,
    ):
        await moderator.command("message", to="tokio", text="Louder, please", level="warn")
        messages = (await until(room, lambda s: s["messages"]))["messages"]
        assert {to: (message["text"], message["level"]) for to, message in messages.items()} == {
            "tokio": ("Louder, please", "warn")
        }
        await moderator.command("message", to="tokio", text="")
        await until(room, lambda s: not s["messages"])
        with pytest.raises(RequestRefused, match="did you mean `tokio`"):
            await moderator.command("message", to="tokyo", text="Louder, please")


async def test_a_page_that_reconnects_gets_the_patches_it_missed(serving: ServerProcess) -> None:
    connection, (welcome, snapshot) = await raw(serving)
    assert [welcome["type"], snapshot["type"]] == ["welcome", "snapshot"]
    await connection.close()
    await serving.command(id="1", type="start")
    connection, (_, first) = await raw(serving, boot=welcome["boot"], rev=snapshot["state"]["rev"])
    assert (first["type"], first["base"]) == ("patch", snapshot["state"]["rev"])
    await connection.close()


@LEAVES_IT
@pytest.mark.parametrize(("boot", "rev"), [("another", None), (None, 1_000_000), (None, -5), ("", 0)])
async def test_a_page_with_an_unknown_revision_gets_a_snapshot(
    idle: ServerProcess, boot: str | None, rev: int | None
) -> None:
    connection, (welcome, _) = await raw(idle)
    await connection.close()
    connection, (_, first) = await raw(idle, boot=boot or welcome["boot"], rev=1 if rev is None else rev)
    assert first["type"] == "snapshot"
    await connection.close()


@LEAVES_IT
async def test_an_invalid_link_is_refused_with_a_remedy_and_closed(idle: ServerProcess) -> None:
    with pytest.raises(ClientError, match="Ask the organiser"):
        await Client.open(f"{idle.url}/j#nonsense")


@LEAVES_IT
async def test_an_expired_link_is_refused_with_its_reason(idle: ServerProcess) -> None:
    with pytest.raises(ClientError, match="expired"):
        await Client.open(idle.link("viewer", lifetime=-60))


async def test_revoking_a_link_closes_its_page(serving: ServerProcess) -> None:
    async with await Client.open(serving.link("viewer")) as viewer:
        code, _, _ = await run("links", str(serving.event), "--data", str(serving.data), "--revoke", "viewer")
        assert code == 0
        with pytest.raises(ClientError):
            await until(viewer, lambda s: False)


async def opens(link: str) -> bool:
    """Whether a link is not refused as revoked yet."""
    try:
        await (await Client.open(link)).close()
    except ClientError as fault:
        return "revoked" not in str(fault)
    return True


async def test_a_damaged_table_of_links_closes_no_page_and_admits_no_revoked_link(
    serving: ServerProcess,
) -> None:
    """The server keeps the table that it read before, and logs a remedy once."""
    table, revoked = serving.data / "links.json", serving.link("stage")
    code, _, _ = await run("links", str(serving.event), "--data", str(serving.data), "--revoke", "stage")
    assert code == 0
    async with asyncio.timeout(60):
        while await opens(revoked):  # until the server knows that it is revoked
            pass
    valid = serving.link("viewer")
    async with await Client.open(serving.link("moderator")) as moderator:
        table.write_text("{")
        await serving.line("a file of the links cannot be read; the last good one stays in force")
        async with await Client.open(valid):
            pass
        with pytest.raises(ClientError, match="revoked"):
            await Client.open(revoked)
        await moderator.command("start")
        await until(moderator, lambda s: s["show"]["phase"] == "running")
    faults = [line["fault"] for line in serving.lines if "file of the links" in line["event"]]
    assert len(faults) == 1
    assert str(table) in faults[0]


@LEAVES_IT
@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        '"hello"',
        "{}",
        '{"type": 5}',
        '{"type": "nothing"}',
        '{"type": "clock"}',
        "[" * 5000,
    ],
    ids=lambda text: text[:20],
)
async def test_a_malformed_message_is_answered_and_the_connection_stays(
    idle: ServerProcess, text: str
) -> None:
    connection, _ = await raw(idle)
    await connection.send(text)
    async with asyncio.timeout(60):
        while (message := json.loads(await connection.recv()))["type"] != "error":
            pass
        assert message["code"] == "invalid"
        await connection.send(json.dumps({"type": "clock", "sent": 1.5}))
        while (message := json.loads(await connection.recv()))["type"] != "clock":
            pass
    assert message["sent"] == 1.5
    await connection.close()


@LEAVES_IT
async def test_binary_messages_are_answered_and_the_connection_stays(idle: ServerProcess) -> None:
    connection, _ = await raw(idle)
    await connection.send(b"\x00\xff")
    async with asyncio.timeout(60):
        while (message := json.loads(await connection.recv()))["type"] != "error":
            pass
    assert message["code"] == "invalid"
    await connection.close()


@pytest.mark.parametrize("message", ['{"type": "clock", "sent": 0}', b"\x00"], ids=["text", "binary"])
async def test_a_page_that_floods_is_disconnected_and_others_are_not(
    serving: ServerProcess, message: str | bytes
) -> None:
    connection, _ = await raw(serving)

    async def flood() -> None:
        for _ in range(2_000):
            await connection.send(message)
        async with asyncio.timeout(60):
            while True:
                await connection.recv()

    with pytest.raises(ConnectionClosed):
        await flood()
    assert connection.close_code == 4429
    async with await Client.open(serving.link("moderator")) as moderator:
        await moderator.command("start")


@LEAVES_IT
async def test_a_command_over_the_socket_is_refused_with_its_code(idle: ServerProcess) -> None:
    async with await Client.open(idle.link("moderator")) as moderator:
        with pytest.raises(RequestRefused) as refusal:
            await moderator.command("take", source="tokyo")
        assert refusal.value.code == "invalid"
        assert "tokio" in str(refusal.value)
    async with await Client.open(idle.link("venue", "berlin")) as venue:
        with pytest.raises(RequestRefused) as refusal:
            await venue.command("start")
        assert refusal.value.code == "forbidden"


@LEAVES_IT
async def test_an_invalid_offer_is_answered(idle: ServerProcess) -> None:
    async with await Client.open(idle.link("venue", "berlin")) as venue:
        with pytest.raises(RequestRefused) as refusal:
            await venue.offer("v=0\r\n", "berlin")
        assert refusal.value.code == "offer"
        with pytest.raises(RequestRefused) as refusal:
            await venue.offer("v=0\r\n", "tokio")
        assert refusal.value.code == "forbidden"


@LEAVES_IT
async def test_only_a_hello_is_accepted_first(idle: ServerProcess) -> None:
    connection = await connect(endpoint(idle.link("viewer"))[0])
    await connection.send(json.dumps({"id": "1", "type": "start"}))
    async with asyncio.timeout(60):
        assert json.loads(await connection.recv())["code"] == "unauthorized"
    await connection.close()
    assert (await idle.state())["show"]["phase"] == "before"


async def test_a_page_that_does_not_read_is_disconnected_and_others_are_served(tmp_path: Path) -> None:
    more = "".join(f"  - {{title: Item {n}, duration: 1m, source: krefeld}}\n" for n in range(400))
    async with server(write(tmp_path, SHORT + more), tmp_path / "data") as running:
        async with await Client.open(running.link("moderator")) as moderator:
            address, token = endpoint(running.link("viewer"))
            with socket.socket() as small:
                small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                small.connect(("127.0.0.1", running.port))
                page = await connect(address, sock=small)
                page.transport.pause_reading()
                await page.send(json.dumps({"type": "hello", "token": token}))
                await until(moderator, lambda s: "viewer:viewer" in s["destinations"])
                await moderator.command("start")
                await until(moderator, lambda s: "viewer:viewer" not in s["destinations"])
                await moderator.command("next", **{"from": "one"})
                page.transport.abort()

"""Attacks on a real server: they are bounded, and do not affect others."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import resource
import signal
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from signaling.client import Client, endpoint
from signaling.show.policy import MAX_OFFER_CHARS
from tests.events import write
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until

LEAVES_IT = pytest.mark.asyncio(loop_scope="module")
"""The test does not change the show, so such tests share a server."""
TOKEN = "7KQ2MX9F4PT3VB"
UPGRADE = (
    b"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
TEST_TIMEOUT_S = 60.0
"""Seconds; a test fails after them."""


async def tcp(port: int, text: bytes = b"", host: str = "127.0.0.1") -> tuple[asyncio.StreamReader, Any]:
    """A TCP connection on which `text` was sent."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(text)
    return reader, writer


async def rest_of(reader: asyncio.StreamReader) -> bytes:
    """All data until the server closes the connection."""
    try:
        async with asyncio.timeout(TEST_TIMEOUT_S):
            return await reader.read()
    except ConnectionResetError:
        return b""


async def raw(serving: ServerProcess, request: bytes) -> bytes:
    """The server's whole answer to these bytes."""
    reader, writer = await tcp(serving.port, request)
    answer = await rest_of(reader)
    writer.close()
    return answer


async def closed_with(page: ClientConnection) -> int | None:
    """The close code of a WebSocket."""
    try:
        async with asyncio.timeout(TEST_TIMEOUT_S):
            while True:
                await page.recv()
    except ConnectionClosed:
        return page.close_code


@asynccontextmanager
async def many(port: int, count: int, text: bytes = b"") -> AsyncIterator[list[socket.socket]]:
    """This many TCP connections at once, on each of which `text` was sent."""
    loop = asyncio.get_running_loop()
    held: list[socket.socket] = []
    try:
        for _ in range(count):
            sock = socket.socket()
            sock.setblocking(False)
            held.append(sock)
            await loop.sock_connect(sock, ("127.0.0.1", port))
            if text:
                await loop.sock_sendall(sock, text)
        yield held
    finally:
        for sock in held:
            sock.close()


def lines_of(serving: ServerProcess, event: str) -> list[dict[str, Any]]:
    return [line for line in serving.lines if line["event"] == event]


# Messages ---------------------------------------------------------------------------------------------------


HELLOS = {
    "keys": '{"type":"hello",' + ",".join(f'"k{n}":0' for n in range(116_000)) + "}",
    "token": json.dumps({"type": "hello", "token": "x" * 1_000_000}),
    "lists": '{"a":' + "[[]," * 250_000,
}


@LEAVES_IT
@pytest.mark.parametrize("message", HELLOS.values(), ids=HELLOS)
async def test_a_stranger_is_disconnected_before_a_large_message_has_arrived(
    idle: ServerProcess, message: str
) -> None:
    page = await connect(endpoint(idle.link("viewer"))[0])
    with suppress(ConnectionClosed):
        for _ in range(12):
            await page.send(message)
    assert await closed_with(page) == 1009
    assert await idle.state()


@LEAVES_IT
async def test_a_hello_of_8_kib_is_accepted_and_a_larger_one_is_not(idle: ServerProcess) -> None:
    for size, code in ((8 * 1024, 4401), (8 * 1024 + 1, 1009)):
        page = await connect(endpoint(idle.link("viewer"))[0])
        hello = {"type": "hello", "token": "x", "boot": ""}
        hello["boot"] = "x" * (size - len(json.dumps(hello)))
        await page.send(json.dumps(hello))
        assert await closed_with(page) == code


@LEAVES_IT
async def test_the_limits_of_a_page_are_those_of_its_role(idle: ServerProcess) -> None:
    for role, size, stays in (
        ("viewer", MAX_OFFER_CHARS - 1_000, True),
        ("viewer", MAX_OFFER_CHARS + 1_000, False),
        ("moderator", 200_000, True),
    ):
        address, token = endpoint(idle.link(role))
        page = await connect(address)
        await page.send(json.dumps({"type": "hello", "token": token}))
        assert json.loads(await page.recv())["type"] == "welcome"
        await page.send(json.dumps({"type": "offer", "id": "1", "sdp": "x" * size}))
        if stays:
            while (answer := json.loads(await page.recv()))["type"] != "error":
                pass
            assert (answer["id"], answer["code"]) == ("1", "offer")
            await page.close()
        else:
            assert await closed_with(page) == 1009


async def test_a_handshake_that_is_reset_at_once_causes_no_traceback(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as serving:
        for _ in range(20):
            with socket.create_connection(("127.0.0.1", serving.port)) as stranger:
                stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST
                stranger.sendall(UPGRADE)
        await serving.state()  # accepted after the others
    assert [line for line in serving.lines if "exception" in line] == []


@LEAVES_IT
async def test_a_body_that_the_role_may_not_send_is_refused_before_it_is_read(idle: ServerProcess) -> None:
    for path, from_a_hall in (("/api/v1/commands", 413), ("/api/v1/difference", 403)):
        for headers, status in (
            (idle.headers("viewer"), 403),
            (idle.headers("venue", "tokio"), from_a_hall),  # it may send some commands, but no event file
            ({"Authorization": f"Bearer {TOKEN}"}, 401),
            ({}, 401),
        ):
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            request = f"POST {path} HTTP/1.1\r\nHost: localhost\r\n{head}Content-Length: 1000000\r\n\r\n"
            reader, writer = await tcp(idle.port, request.encode())
            async with asyncio.timeout(TEST_TIMEOUT_S):  # not a byte of the body has been sent
                assert f" {status} " in (await reader.readline()).decode()
            writer.close()


@LEAVES_IT
async def test_a_compressed_body_is_not_decompressed(idle: ServerProcess) -> None:
    bomb = gzip.compress(b" " * 100_000_000)
    async with aiohttp.ClientSession() as http:
        async with http.post(
            f"{idle.url}/api/v1/commands",
            data=bomb,
            headers=idle.headers() | {"Content-Encoding": "gzip"},
        ) as answer:
            assert answer.status == 422


@LEAVES_IT
async def test_a_body_larger_than_any_command_is_refused_by_its_length(idle: ServerProcess) -> None:
    request = (
        "POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\n"
        "Content-Length: 1048577\r\n\r\n"
    )
    reader, writer = await tcp(idle.port, request.format(idle.headers()["Authorization"]).encode())
    async with asyncio.timeout(TEST_TIMEOUT_S):
        assert b" 413 " in await reader.readline()
    writer.close()


# Pages of other sites -----------------------------------------------------------------------------------------


@LEAVES_IT
async def test_a_name_of_another_site_that_leads_here_is_refused(idle: ServerProcess) -> None:
    headers = idle.headers() | {"Host": f"evil.example:{idle.port}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        for path in ("/", "/j", "/api/v1/state", "/api/v1/ws"):
            async with http.get(idle.url + path) as answer:
                problem = await answer.json()
                assert (answer.status, problem["code"]) == (421, "invalid")
                assert "--public-url" in problem["message"]
        async with http.get(f"{idle.url}/healthz") as answer:
            assert answer.status == 200


@LEAVES_IT
async def test_a_page_of_another_site_opens_no_websocket_and_sends_no_command(idle: ServerProcess) -> None:
    for origin in ("https://evil.example", "null", f"http://localhost:{idle.port + 1}"):
        async with aiohttp.ClientSession(headers=idle.headers() | {"Origin": origin}) as http:
            async with http.get(f"{idle.url}/api/v1/ws") as answer:
                assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")
            async with http.post(f"{idle.url}/api/v1/commands", json={"type": "start", "id": "1"}) as answer:
                assert answer.status == 403
    assert (await idle.state())["show"]["phase"] == "before"
    address, token = endpoint(idle.link("viewer"))
    async with connect(address, origin=idle.url) as own:  # type: ignore[arg-type]
        await own.send(json.dumps({"type": "hello", "token": token}))
        assert json.loads(await own.recv())["type"] == "welcome"


@LEAVES_IT
async def test_no_browser_is_bound_to_https_where_there_is_none(idle: ServerProcess) -> None:
    async with aiohttp.ClientSession() as http, http.get(idle.url) as answer:
        assert "Strict-Transport-Security" not in answer.headers
        policy = dict(
            part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";")
        )
    assert policy["default-src"] == "'self'"
    assert "script-src" not in policy  # as `default-src`: no inline script, and none from elsewhere


# Bytes that are no HTTP ---------------------------------------------------------------------------------------


@LEAVES_IT
@pytest.mark.parametrize(
    "request_",
    [
        f"GET /api/v1/state HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nbroken\x01header\r\n\r\n",
        f"GET /api/v1/state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n folded\r\n\r\n",
        f"GE\x00T /?{TOKEN} HTTP/1.1\r\n\r\n",
        f"GET /?token={TOKEN} HTTP/9.9\r\nHost: localhost\r\n\r\n",
        f"POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
        f"GET /api/v1/state HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n\r\n",
        f"GET /api/v1/agenda.ics?token={TOKEN} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\n" + f"X-Long: {TOKEN * 400}\r\n\r\n",
    ],
    ids=range(8),
)
async def test_a_malformed_request_logs_no_token_and_no_traceback(idle: ServerProcess, request_: str) -> None:
    before = len(idle.lines)
    reader, writer = await tcp(idle.port, request_.encode("latin-1"))
    async with asyncio.timeout(TEST_TIMEOUT_S):
        answer = await reader.read(100_000)
    writer.close()
    assert answer.split(b" ", 2)[1] in (b"400", b"401", b"422")
    assert TOKEN.encode() not in answer
    await idle.command(id="x", type="nothing")  # whatever is logged of it has been by now
    for line in idle.lines[before:]:
        assert TOKEN not in json.dumps(line)
        assert "exception" not in line


@LEAVES_IT
async def test_a_body_of_http_1_0_cannot_hide_a_second_request(idle: ServerProcess) -> None:
    answer = await raw(
        idle,
        b"POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
        b"0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    assert answer.count(b"Date: ") == 1
    assert b" 400 " in answer.splitlines()[0]


async def test_wrong_logins_are_counted_and_each_page_is_logged_once_with_its_address(
    serving: ServerProcess,
) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(400):
            async with http.get(
                f"{serving.url}/api/v1/state", headers={"Authorization": f"Bearer {TOKEN}"}
            ) as answer:
                assert answer.status in (401, 429)
        async with await Client.open(serving.link("venue", "tokio")):
            pass
        async with http.get(f"{serving.url}/metrics", headers=serving.headers()) as answer:
            assert 'schalte_http_turned_away_total{kind="link refused"} 400.0' in await answer.text()
    (page,) = lines_of(serving, "page connected")
    assert (page["role"], page["id"], page["address"]) == ("venue", "tokio", "127.0.0.1")
    refused = lines_of(serving, "link refused")
    assert 0 < len(refused) < 400
    assert refused[0]["address"] == "127.0.0.1"


# Connections --------------------------------------------------------------------------------------------------


async def test_1100_idle_connections_do_not_affect_the_pages(tmp_path: Path) -> None:
    """The process may open 1024 files, systemd's default, and cannot raise that."""
    limited = ("prlimit", "--nofile=1024:1024")
    async with server(write(tmp_path), tmp_path / "data", before=limited) as serving:
        async with (
            await Client.open(serving.link("moderator")) as desk,
            await Client.open(serving.link("venue", "tokio")) as hall,
            many(serving.port, 1_100),
        ):
            await desk.command("start")
            await until(hall, lambda s: s["show"]["phase"] == "running")
            async with await Client.open(serving.link("venue", "berlin")) as late:
                assert late.welcome["id"] == "berlin"
            assert (await serving.state())["show"]["phase"] == "running"
            descriptors = len(os.listdir(f"/proc/{serving.process.pid}/fd"))
            assert descriptors < 1_024 - 64
        assert len(serving.lines) < 400


async def test_the_soft_limit_of_open_files_is_raised(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data", before=("prlimit", "--nofile=512:4096")) as serving:
        soft, _ = resource.prlimit(serving.process.pid, resource.RLIMIT_NOFILE)
    assert soft == 4096


async def test_2000_upgrades_without_a_hello_do_not_block_a_moderator(serving: ServerProcess) -> None:
    async with (
        await Client.open(serving.link("venue", "tokio")) as hall,
        many(serving.port, 2_000, UPGRADE),
        await Client.open(serving.link("moderator")) as desk,
    ):
        await desk.command("start")
        await until(hall, lambda s: s["show"]["phase"] == "running")


async def test_incomplete_input_is_closed_after_a_timeout(serving: ServerProcess) -> None:
    """All in one test, since each takes ten seconds."""
    half = {
        "nothing": b"",
        "half a head": b"GET /healthz HTTP/1.1\r\nHos",
        "no body": b"POST /api/v1/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
        + serving.headers()["Authorization"].encode()
        + b"\r\nContent-Length: 10\r\n\r\n{",
        "idle after a request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    }

    async def unfinished() -> int | None:
        address, token = endpoint(serving.link("viewer"))
        page = await connect(address)
        await page.send(json.dumps({"type": "hello", "token": token}))
        page.transport.write(bytes((0x01, 0xFE, 0, 200)) + b"\0\0\0\0" + b"x" * 100)
        return await closed_with(page)

    unfinished_message = asyncio.create_task(unfinished())
    answers = await asyncio.gather(*(raw(serving, text) for text in half.values()))
    assert [answer.split(b" ", 2)[1:2] for answer in answers] == [[], [], [b"408"], [b"200"]]
    await unfinished_message


async def test_a_server_on_all_addresses_is_reached_over_ipv4_and_ipv6(tmp_path: Path) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    async with server(write(tmp_path), tmp_path / "data", "--host", "::") as serving:
        for host in ("127.0.0.1", "::1"):
            reader, writer = await tcp(serving.port, b"GET /healthz HTTP/1.0\r\n\r\n", host)
            async with asyncio.timeout(TEST_TIMEOUT_S):
                assert b" 200 " in await reader.readline()
            writer.close()


async def test_a_terminal_that_closes_does_not_end_the_show(serving: ServerProcess) -> None:
    serving.process.send_signal(signal.SIGHUP)
    assert (await serving.state())["show"]["phase"] == "before"
    assert serving.process.returncode is None


# Who shares what ----------------------------------------------------------------------------------------------


async def statuses(
    url: str, count: int, address: str, headers: dict[str, str], path: str = "/api/v1/state"
) -> list[tuple[int, str | None]]:
    """Status and Retry-After of this many requests at once from a local address."""
    connector = aiohttp.TCPConnector(local_addr=(address, 0), limit=50)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def ask() -> tuple[int, str | None]:
            async with http.get(url + path, headers=headers) as answer:
                return answer.status, answer.headers.get("Retry-After")

        return list(await asyncio.gather(*(ask() for _ in range(count))))


async def test_a_flood_by_one_calendar_does_not_affect_others_with_the_same_link(
    serving: ServerProcess,
) -> None:
    viewer = serving.headers("viewer")
    flood = await statuses(serving.url, 300, "127.0.0.1", viewer, "/api/v1/agenda.ics")
    assert {status for status, _ in flood} == {200, 429}
    assert {retry for status, retry in flood if status == 429} == {"1"}
    assert await statuses(serving.url, 3, "127.0.0.2", viewer) == [(200, None)] * 3


async def test_a_flood_with_another_link_does_not_refuse_a_moderators_command(serving: ServerProcess) -> None:
    flood = await statuses(serving.url, 300, "127.0.0.1", serving.headers())
    assert flood
    status, _ = await serving.command(id="1", type="start")
    assert status == 200


async def test_clients_behind_a_proxy_are_limited_separately(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data", "--behind", "127.0.0.1") as serving:
        viewer = serving.headers("viewer")
        loud, quiet = ({**viewer, "X-Forwarded-For": f"1.2.3.4, 203.0.113.{n}"} for n in (1, 2))
        assert 429 in {status for status, _ in await statuses(serving.url, 300, "127.0.0.1", loud)}
        assert await statuses(serving.url, 3, "127.0.0.1", quiet) == [(200, None)] * 3
        # Who is no proxy of ours cannot make itself others.
        assert 429 in {status for status, _ in await statuses(serving.url, 300, "127.0.0.2", quiet)}
        assert 429 in {status for status, _ in await statuses(serving.url, 300, "127.0.0.2", loud)}

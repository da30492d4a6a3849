"""HTTP, TLS and media on one port, told apart by their first bytes."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiortc import RTCSessionDescription

from bridge.engine import Feed
from bridge.net.framing import frame
from bridge.net.ice import new_credentials
from bridge.sdp.answer import Candidate
from bridge.switchboard import Switchboard
from signaling.cli.tls import tls_context
from signaling.client import Client
from signaling.listener.listener import Listener
from signaling.listener.table import ConnectionTable, ShareSizes
from tests.certificates import certificate
from tests.events import write
from tests.media.overtcp import gather_tcp
from tests.media.rooms import Camera, Microphone, peer_connection, room
from tests.server.process import ServerProcess, server
from tests.server.test_socket import until
from tests.server.test_strangers import TEST_TIMEOUT_S, many, rest_of, tcp
from tests.unit.bridge.stun import check

STRANGERS_CHECK = frame(check(new_credentials()))
"""Signed, but for no peer."""


class OnePort:
    """A listener for pages and for the media of a switchboard."""

    def __init__(
        self, switchboard: Switchboard, connections: ConnectionTable, port: int, scheme: str
    ) -> None:
        self.switchboard = switchboard
        self.connections = connections
        self.port = port
        self._url = f"{scheme}://127.0.0.1:{port}/"
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    async def page(self) -> str:
        async with aiohttp.ClientSession() as http, http.get(self._url, ssl=self._tls) as answer:
            return await answer.text()


@asynccontextmanager
async def one_port(tls: ssl.SSLContext | None) -> AsyncIterator[OnePort]:
    async def page(request: web.Request) -> web.Response:
        return web.Response(text="a page")

    switchboard = await Switchboard.open("127.0.0.1", 0, ["127.0.0.1"])
    connections = ConnectionTable(ShareSizes(16, 16, 16), asyncio.get_running_loop())
    app = web.Application()
    app.add_routes([web.get("/", page)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listener = await Listener.open(runner.server, connections, "127.0.0.1", 0, tls, adopt=switchboard.adopt)
    switchboard.offer_tcp([Candidate("tcp", "127.0.0.1", listener.port)])
    try:
        yield OnePort(switchboard, connections, listener.port, "http" if tls is None else "https")
    finally:
        await listener.close()
        await runner.cleanup()
        await switchboard.close()
        assert len(connections.crew) == len(connections.strangers) == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_pages_and_media_share_a_port(tmp_path: Path, scheme: str) -> None:
    tls = tls_context(*certificate(tmp_path)) if scheme == "https" else None
    async with one_port(tls) as shared:
        board, table = shared.switchboard, shared.connections
        async with (
            room(board, "hall", source="krefeld", code=0, tcp=shared.port),
            room(board, "viewer", audio=1, tcp=shared.port) as viewer,
        ):
            board.route({"viewer": Feed("krefeld", mics=("krefeld",))})
            await viewer.slots["program"].shows(0)
            assert await shared.page() == "a page"
            assert len(table.crew) == 2
            for n in range(40):  # more than the strangers' share
                _, writer = await tcp(shared.port, STRANGERS_CHECK if n % 2 else b"G")
                writer.close()
            await viewer.slots["program"].more(10)
            assert await shared.page() == "a page"
            assert len(table.crew) == 2


async def test_strangers_that_send_checks_do_not_keep_others_out() -> None:
    async with one_port(None) as shared:
        async with many(shared.port, 100, STRANGERS_CHECK):
            assert await shared.page() == "a page"
            assert len(shared.connections.strangers) <= shared.connections.strangers.limit


async def test_what_looks_like_media_and_is_not_is_an_http_error_and_half_of_it_is_closed() -> None:
    async with one_port(None) as shared:
        reader, writer = await tcp(shared.port, frame(b"\x00\x01" + bytes(30)))
        assert b" 400 " in await rest_of(reader)
        writer.close()
        reader, writer = await tcp(shared.port, STRANGERS_CHECK[:6])
        writer.write_eof()
        assert await rest_of(reader) == b""
        writer.close()
        assert shared.connections.counts["no request"] == 1


# The command line ---------------------------------------------------------------------------------------------


def serving_line(running: ServerProcess) -> dict[str, Any]:
    return next(line for line in running.lines if line["event"] == "serving")


def has_a_path(state: dict[str, Any]) -> bool:
    tokio = state["sources"]["tokio"]
    return tokio["state"] == "live" and bool(tokio["link"]) and tokio["link"]["transport"] is not None


async def join_over_tcp(running: ServerProcess, port: int) -> tuple[str, dict[str, Any]]:
    """Tokio joins by `port` without UDP. Returns the answer's SDP and the source's state."""
    pc = peer_connection([Camera(0), Microphone(0)], 1, 0)
    gather_tcp(pc, port)
    async with await Client.open(running.link("venue", "tokio"), browser="hall's") as page:
        try:
            await pc.setLocalDescription()
            answer = await page.offer(pc.localDescription.sdp, "tokio")
            await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
            found = await until(page, has_a_path)
            return answer["sdp"], found["sources"]["tokio"]
        finally:
            await pc.close()


async def test_a_server_offers_its_http_port_and_a_port_for_media_alone(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data", "--tcp-port", "0") as running:
        media_port = serving_line(running)["tcp_port"]
        for port in (running.port, media_port):
            sdp, source = await join_over_tcp(running, port)
            assert source["link"]["transport"] == "tcp"
            offered = re.findall(
                r"a=candidate:\d 1 (\w+) \d+ 127.0.0.1 (\d+) typ host", sdp.partition("end-of")[0]
            )
            assert [(kind, int(number)) for kind, number in offered] == [
                ("udp", running.udp_port),
                ("tcp", running.port),
                ("tcp", media_port),
            ]
        reader, writer = await tcp(media_port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert await rest_of(reader) == b""
        writer.close()


async def test_behind_a_proxy_only_the_port_for_media_is_offered(tmp_path: Path) -> None:
    options = ("--behind", "127.0.0.1", "--tcp-port", "0")
    async with server(write(tmp_path), tmp_path / "data", *options) as running:
        media_port = serving_line(running)["tcp_port"]
        sdp, source = await join_over_tcp(running, media_port)
        assert source["link"]["transport"] == "tcp"
        assert set(re.findall(r" tcp \d+ 127.0.0.1 (\d+) ", sdp)) == {str(media_port)}


async def test_a_taken_port_for_media_is_an_error_with_its_remedy(tmp_path: Path) -> None:
    async with server(write(tmp_path), tmp_path / "data") as running:
        options = ("--tcp-port", str(running.port))
        with pytest.raises(AssertionError, match=r"TCP port \d+ is in use.* choose another with --tcp-port"):
            async with asyncio.timeout(TEST_TIMEOUT_S), server(write(tmp_path), tmp_path / "other", *options):
                pass

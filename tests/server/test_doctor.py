"""`schalte doctor` against real servers, clocks and ports."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from signaling.cli.doctor.ntp import UNIX_EPOCH_S
from tests.certificates import certificate
from tests.events import write
from tests.server.process import run, server

NO_CLOCK = ("--ntp", "127.0.0.1:9")
"""Nothing listens there, so that no test asks a time server elsewhere."""


async def doctor(event: Path, data: Path, *options: str) -> tuple[int, dict[str, list[str]], str]:
    """Exit code, the lines by the name of their check, and the whole output."""
    code, out, err = await run("doctor", str(event), "--data", str(data), *NO_CLOCK, *options)
    assert err == ""
    found: dict[str, list[str]] = {}
    for line in out.splitlines():
        found.setdefault(line[9:24].strip(), []).append(line)
    return code, found, out


async def test_before_the_start_it_checks_the_machine_and_says_what_it_left_out(tmp_path: Path) -> None:
    code, found, _ = await doctor(write(tmp_path), tmp_path / "data", "--port", "0", "--udp-port", "0")
    assert code == 0
    assert found["event"][0].startswith("ok")
    assert "GiB free" in found["disk"][0]
    assert found["clock"][0].startswith("unknown")
    assert found["browser"][0].startswith("unknown")
    assert not (tmp_path / "data").exists()


async def test_of_a_running_server_it_reaches_every_page_and_port(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data, "--tcp-port", "0") as running:
        tcp = next(line["tcp_port"] for line in running.lines if line["event"] == "serving")
        ports = ("--port", str(running.port), "--udp-port", str(running.udp_port), "--tcp-port", str(tcp))
        code, found, out = await doctor(event, data, *ports)
    assert code == 0, out
    for check in ("pages", "server", "websocket", "proxy"):
        assert [line[:2] for line in found[check]] == ["ok"], out
    assert len(found["ports"]) == 3
    reached = [line for line in found["media"] if "answers within" in line]
    assert {line.split()[2] for line in reached} == {"UDP", "TCP"}
    assert len(reached) == 3


async def test_a_media_port_that_nobody_reaches_is_a_fault_with_its_remedy(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    # A datagram to a closed port of this machine is refused at once.
    options = ("--media-address", "127.0.0.2", "--media-host", "127.0.0.1")
    async with server(event, data, *options) as running:
        code, found, out = await doctor(
            event, data, "--port", str(running.port), "--udp-port", str(running.udp_port), *options
        )
    assert code == 1, out
    assert "Open it in the firewall" in found["media"][0]


async def test_a_server_that_is_not_schalte_gets_no_token(tmp_path: Path) -> None:
    asked = list[str]()

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(text="It works!")

    other = web.Application()
    other.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(other)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        link = f"http://127.0.0.1:{runner.addresses[0][1]}/j#7KQ2MX9F4PT3VB"
        ports = ("--port", "0", "--udp-port", "0")
        code, found, out = await doctor(write(tmp_path), tmp_path / "data", *ports, "--link", link)
    finally:
        await runner.cleanup()
    assert code == 1
    assert "not as Schalte" in found["pages"][0], out
    assert [line.split()[0] for line in found["websocket"]] == ["unknown"]
    assert asked == ["/healthz"]


async def test_a_port_that_another_program_uses_is_a_fault(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        code, found, _ = await doctor(
            write(tmp_path), tmp_path / "data", "--udp-port", "0", "--port", str(other.getsockname()[1])
        )
    assert code == 1
    assert "used by another program" in found["ports"][0]


async def test_a_certificate_for_another_host_is_a_fault(tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    options = ("--tls-cert", str(cert), "--tls-key", str(key), "--public-url", "https://schalte.example.org")
    code, found, _ = await doctor(
        *(write(tmp_path), tmp_path / "data", "--host", "0.0.0.0", "--port", "0", "--udp-port", "0"), *options
    )
    assert code == 1
    assert "schalte.example.org" in found["certificate"][0]


async def test_a_faulty_event_is_told_as_check_tells_it(tmp_path: Path) -> None:
    path = write(tmp_path, "event: {}\n")
    assert await run("doctor", str(path)) == await run("check", str(path))


async def test_contradictory_options_end_with_2(tmp_path: Path) -> None:
    code, _, err = await run("doctor", str(write(tmp_path)), "--tls-cert", "x")
    assert code == 2
    assert "--tls-key" in err


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "code"), [(0.0, "ok", 0), (2.0, "warning", 0), (-60.0, "FAULT", 1)]
)
async def test_the_clock_is_compared_with_a_time_server(
    tmp_path: Path, ahead_s: float, verdict: str, code: int
) -> None:
    async with time_server(ahead_s) as port:
        found = await run(
            *("doctor", str(write(tmp_path)), "--data", str(tmp_path / "data"), "--port", "0"),
            *("--udp-port", "0", "--ntp", f"127.0.0.1:{port}"),
        )
    clock = next(line for line in found[1].splitlines() if " clock " in line)
    assert (found[0], clock.split()[0]) == (code, verdict), found


@asynccontextmanager
async def time_server(ahead_s: float) -> AsyncIterator[int]:
    """A time server whose clock is ahead by so many seconds; yields its port."""
    transports: list[asyncio.DatagramTransport] = []

    class Server(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
            now = time.time() + ahead_s + UNIX_EPOCH_S
            stamp = struct.pack("!II", int(now), int(now % 1 * 2**32))
            transports[0].sendto(b"\x24\x01" + bytes(30) + stamp + stamp, address)

    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        Server, local_addr=("127.0.0.1", 0)
    )
    transports.append(transport)
    try:
        yield transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


async def test_a_link_with_a_path_prefix_is_a_fault_with_its_remedy(tmp_path: Path) -> None:
    event, data = write(tmp_path), tmp_path / "data"
    async with server(event, data) as running:
        link = running.link("viewer").replace("/j#", "/live/j#")
        ports = ("--port", str(running.port), "--udp-port", str(running.udp_port))
        code, found, out = await doctor(event, data, *ports, "--link", link)
    assert code == 1
    assert "has the path /live/j" in found["pages"][0], out
    assert "without a path prefix" in found["pages"][0]
